package dev.reliability.core.link;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One link, on its control strand: which state it is in, and the one timer that it waits for.
 *
 * <p>A timer that comes more than a second late was held up, because the process stood still: then
 * nothing is given up before what came meanwhile had a chance to be seen, and whoever waited to
 * connect again waits a little longer, by chance, so that many links do not do so at once.
 */
final class LinkTask {
  private static final long LATE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long GRACE_NANOS = Duration.ofSeconds(5).toNanos();

  private final LinkPolicy policy;
  private final LinkTeller teller;
  private final LinkAdapter adapter;
  private final ReliabilityRuntime runtime;
  private final Strand control;
  private final RandomGenerator random;
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  // all on the control strand
  private LinkState state = LinkState.IDLE;
  private LinkHistory history = LinkHistory.NONE;
  private long generation;
  private @Nullable Connection current;
  private LinkInput.@Nullable Stop stopping;
  private LinkInput.@Nullable Start startAgain;
  private boolean isClosed;
  private long timer = Scheduler.NO_TIMER;
  private long timerSerial;
  private long dueNanos;
  private long leftToConnectNanos; // when pairing began
  private boolean hadGrace;

  LinkTask(String name, LinkPolicy policy, LinkTeller teller, LinkAdapter adapter) {
    this.policy = policy;
    this.teller = teller;
    this.adapter = adapter;
    runtime = teller.runtime();
    control = runtime.strand(Strand.Kind.CONTROL, "link " + name);
    random = runtime.randomness().stream("link", name);
  }

  void post(LinkInput input) {
    control.execute(() -> take(input));
  }

  /** Stops for good; done when the connection is closed, or given up. */
  CompletableFuture<Void> close(LinkInput.Stop why) {
    control.execute(
        () -> {
          isClosed = true;
          if (state != LinkState.IDLE) {
            stop(why);
          }
          if (current == null) {
            over.complete(null);
          }
        });
    return over;
  }

  private void take(LinkInput input) {
    if (input instanceof LinkInput.Opened it && it.connection() == current) {
      opened(it.connection());
    } else if (input instanceof LinkInput.Pairing it && it.connection() == current) {
      pairing(it.connection(), it.waits());
    } else if (input instanceof LinkInput.Closed it && it.connection() == current) {
      closed(it.connection(), it.reason());
    } else if (input instanceof LinkInput.Probed it && it.connection() == current) {
      probed(it.connection(), it.asked());
    } else if (input instanceof LinkInput.Start it) {
      start(it);
    } else if (input instanceof LinkInput.Stop it) {
      stop(it);
    }
  }

  // ---- what the host wants ----

  private void start(LinkInput.Start input) {
    if (isClosed || (input.first() && state != LinkState.IDLE)) {
      return;
    }
    if (state == LinkState.IDLE || state == LinkState.STOPPED) {
      teller.started(input);
      LinkPolicy.Step step = policy.resumed(history, now());
      history = step.history();
      act(step.decision());
    } else if (stopping != null) {
      startAgain = input; // once it is closed
    }
  }

  private void stop(LinkInput.Stop input) {
    startAgain = null;
    if (state == LinkState.STOPPED) {
      return;
    }
    Connection connection = current;
    if (connection == null) {
      stopped(local(input), input.actor());
    } else {
      stopping = input;
      if (state != LinkState.CLOSING) {
        close(connection, local(input));
      }
    }
  }

  private static CloseReason local(LinkInput.Stop input) {
    return CloseReason.of(CloseClass.LOCAL, "", input.reason());
  }

  // ---- what the link tells ----

  private void connect() {
    Connection connection = new Connection(++generation, runtime.time(), this::post);
    current = connection;
    enter(LinkState.CONNECTING, null);
    teller.connecting(generation, history.attempt());
    hadGrace = false;
    arm(policy.connectDeadline(), this::connectDeadlinePassed);
    if (!isClosed) {
      adapter.connect(connection);
    }
  }

  private void pairing(Connection connection, boolean waits) {
    if (waits && state == LinkState.CONNECTING) {
      leftToConnectNanos = dueNanos - now();
      enter(LinkState.PAIRING, null);
      teller.pairing(connection.generation, true);
      watch(connection);
    } else if (!waits && state == LinkState.PAIRING) {
      enter(LinkState.CONNECTING, null);
      teller.pairing(connection.generation, false);
      hadGrace = false;
      arm(Math.max(leftToConnectNanos, GRACE_NANOS), this::connectDeadlinePassed);
    }
  }

  private void opened(Connection connection) {
    if (state == LinkState.CONNECTING || state == LinkState.PAIRING) {
      history = policy.opened(history, now());
      connection.wasOpen = true;
      enter(LinkState.OPEN, null);
      teller.opened(connection.generation, now() - connection.begunNanos);
      connection.probing = false;
      watch(connection);
    }
  }

  private void closed(Connection connection, CloseReason told) {
    CloseReason reason = connection.why(told);
    current = null;
    LinkPolicy.Step step = policy.closed(history, reason, now(), random);
    history = step.history();
    teller.closed(connection, reason, policy.closesInWindow(history, now()));
    LinkInput.Stop wanted = stopping;
    if (wanted == null) {
      act(step.decision());
      return;
    }
    stopping = null;
    stopped(local(wanted), wanted.actor());
    if (isClosed) {
      over.complete(null);
    } else if (startAgain != null) {
      LinkInput.Start again = startAgain;
      startAgain = null;
      start(again);
    }
  }

  // ---- what follows ----

  private void act(LinkDecision decision) {
    if (decision instanceof LinkDecision.RetryIn it) {
      enter(LinkState.WAITING, it.delay());
      teller.retryScheduled(it);
      await(it.delay());
    } else if (decision instanceof LinkDecision.CoolDown it) {
      enter(LinkState.COOLDOWN, it.time());
      teller.coolingDown(it, policy.closesInWindow(history, now()));
      await(it.time());
    } else if (decision instanceof LinkDecision.Stop it) {
      stopped(it.reason(), null);
    } else {
      connect();
    }
  }

  private void await(Duration delay) {
    long nanos = Durations.saturatedNanos(delay);
    arm(
        nanos,
        late -> {
          if (late <= LATE_NANOS) {
            connect();
          } else {
            long more = random.nextLong(Math.min(late, nanos) + 1);
            arm(more, stillLate -> connect());
          }
        });
  }

  private void stopped(CloseReason reason, @Nullable String actor) {
    disarm();
    enter(LinkState.STOPPED, null);
    teller.stopped(reason, actor);
  }

  /** The view that everybody sees is changed first, so that whoever hears of it finds it so. */
  private void enter(LinkState next, @Nullable Duration untilNextAttempt) {
    state = next;
    teller.view(next, history.attempt(), untilNextAttempt, policy.closesInWindow(history, now()));
  }

  // ---- what this side gives up ----

  private void connectDeadlinePassed(long late) {
    if (!grace(late, this::connectDeadlinePassed)) {
      giveUp("it was not open within " + policy.connectDeadline() + adapter.hangs());
    }
  }

  /** Nothing is asked of a link that was heard within the time in which it may be quiet. */
  private void watch(Connection connection) {
    long quiet = now() - connection.activeNanos();
    arm(Durations.saturatedNanos(policy.probeAfter()) - quiet, late -> look(connection, late));
  }

  private void look(Connection connection, long late) {
    long now = now();
    long quiet = now - connection.activeNanos();
    boolean answered = connection.probing && connection.activeNanos() - connection.probedNanos >= 0;
    if (answered || quiet < Durations.saturatedNanos(policy.probeAfter())) {
      connection.probing = false;
      watch(connection);
    } else if (!connection.probing) {
      connection.probing = true;
      connection.probedNanos = now;
      hadGrace = false;
      arm(policy.probeTimeout(), stillLate -> look(connection, stillLate));
      adapter.probe(connection, asked -> post(new LinkInput.Probed(connection, asked)));
    } else if (!grace(late, stillLate -> look(connection, stillLate))) {
      giveUp("nothing came for " + Duration.ofNanos(quiet) + ", and no answer to a probe");
    }
  }

  private void probed(Connection connection, boolean asked) {
    if (!asked && connection.probing) {
      connection.probing = false;
      arm(policy.probeAfter(), late -> look(connection, late));
    }
  }

  private void giveUp(String why) {
    Connection connection = current;
    if (connection != null) {
      close(connection, CloseReason.of(CloseClass.RETRY, "", why));
    }
  }

  private void close(Connection connection, CloseReason reason) {
    connection.ownReason = reason;
    enter(LinkState.CLOSING, null);
    hadGrace = false;
    arm(policy.closeTimeout(), late -> closeTimeoutPassed(connection, late));
    adapter.close(connection);
  }

  private void closeTimeoutPassed(Connection connection, long late) {
    if (!grace(late, stillLate -> closeTimeoutPassed(connection, stillLate))) {
      CloseReason own = connection.ownReason;
      String why =
          (own == null ? "" : own.detail() + "; ") + "it did not close in time" + adapter.hangs();
      CloseClass kind = own == null ? CloseClass.RETRY : own.kind();
      connection.ownReason = null;
      closed(connection, CloseReason.of(kind, "", why));
    }
  }

  // ---- the timer ----

  /** Whether a timer was held up for so long that what it waited for gets a little more time. */
  private boolean grace(long late, LongConsumer again) {
    if (late <= LATE_NANOS || hadGrace) {
      return false;
    }
    hadGrace = true;
    arm(GRACE_NANOS, again);
    return true;
  }

  private void arm(Duration delay, LongConsumer task) {
    arm(Durations.saturatedNanos(delay), task);
  }

  private void arm(long delayNanos, LongConsumer task) {
    disarm();
    long serial = timerSerial;
    long delay = Math.max(0, delayNanos);
    long due = now() + Math.min(delay, Long.MAX_VALUE / 2);
    dueNanos = due;
    try {
      timer =
          runtime
              .scheduler()
              .schedule(
                  control,
                  delay,
                  () -> {
                    if (serial == timerSerial) {
                      task.accept(now() - due);
                    }
                  });
    } catch (RejectedExecutionException runtimeClosed) {
      isClosed = true; // no deadline would ever pass: nobody may wait for one
      over.complete(null);
    }
  }

  private void disarm() {
    timerSerial++;
    runtime.scheduler().cancel(timer);
  }

  private long now() {
    return runtime.time().nanos();
  }
}
