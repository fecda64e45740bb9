package dev.reliability.testkit.link;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.Link;
import dev.reliability.core.link.LinkListener;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A link whose connections do what a {@link LinkPlan} says, on the simulated world or on the real
 * clock. It passes {@link LinkContract}, and it counts what a supervisor must not do. Thread-safe.
 */
public final class FakeLink implements Link {
  private final ReliabilityRuntime runtime;
  private final Strand strand;
  private final AtomicLong connects = new AtomicLong();
  private final AtomicLong probes = new AtomicLong();
  private final AtomicLong overlaps = new AtomicLong();
  private final AtomicInteger open = new AtomicInteger();
  private volatile LongFunction<LinkPlan> plans;
  private volatile BiConsumer<Long, Long> watcher = (generation, nanos) -> {};
  private volatile @Nullable Played current;

  private FakeLink(ReliabilityRuntime runtime, LongFunction<LinkPlan> plans) {
    this.runtime = Objects.requireNonNull(runtime, "runtime");
    this.plans = Objects.requireNonNull(plans, "plans");
    strand = runtime.strand(Strand.Kind.DELIVERY, "fake link");
  }

  /** Every connection does the same, until {@link #play} says otherwise. */
  public static FakeLink playing(ReliabilityRuntime runtime, LinkPlan plan) {
    Objects.requireNonNull(plan, "plan");
    return new FakeLink(runtime, generation -> plan);
  }

  /** Each connection does what is chosen for it by its generation. */
  public static FakeLink choosing(ReliabilityRuntime runtime, LongFunction<LinkPlan> plans) {
    return new FakeLink(runtime, plans);
  }

  /** From the next connection on, each does this. */
  public void play(LinkPlan plan) {
    Objects.requireNonNull(plan, "plan");
    plans = generation -> plan;
  }

  /** Told of each connection when it begins, with its generation and the monotonic time. */
  public void onConnect(BiConsumer<Long, Long> value) {
    watcher = Objects.requireNonNull(value, "watcher");
  }

  /** The other side closes the connection that there is, if there is one. */
  public void drop(CloseReason reason) {
    Objects.requireNonNull(reason, "reason");
    Played played = current;
    if (played != null) {
      strand.execute(() -> played.close(reason));
    }
  }

  /** Something comes from the other side, if a connection is open. */
  public void speak() {
    Played played = current;
    if (played != null) {
      strand.execute(played::speak);
    }
  }

  /** How often it was connected. */
  public long connects() {
    return connects.get();
  }

  /** How often it was probed. */
  public long probes() {
    return probes.get();
  }

  /** How often it was connected although the connection before had not closed nor was asked to. */
  public long overlaps() {
    return overlaps.get();
  }

  /** How many connections are open. */
  public int open() {
    return open.get();
  }

  @Override
  public void connect(long generation, LinkListener listener) {
    Objects.requireNonNull(listener, "listener");
    connects.incrementAndGet();
    watcher.accept(generation, runtime.time().nanos());
    Played before = current;
    if (before != null && !before.isOver && !before.wasAskedToClose) {
      overlaps.incrementAndGet();
    }
    LinkPlan plan = plans.apply(generation);
    if (plan.answer() == LinkPlan.Answer.THROWS) {
      throw new IllegalStateException("the link throws, as its plan says");
    }
    Played played = new Played(generation, plan, listener);
    current = played;
    strand.execute(
        () -> {
          if (before != null) {
            before.isOver = true; // thrown away, without a word
            before.leaveOpen();
          }
          played.begin();
        });
  }

  @Override
  public void close(long generation) {
    Played played = current;
    if (played != null && played.generation == generation) {
      played.wasAskedToClose = true;
      if (!played.plan.ignoresClose()) {
        strand.execute(() -> played.close(CloseReason.of(CloseClass.LOCAL, "", "closed as asked")));
      }
    }
  }

  @Override
  public boolean probe(long generation) {
    Played played = current;
    if (played == null || played.generation != generation || played.isOver) {
      return false;
    }
    probes.incrementAndGet();
    if (!played.plan.isDeaf()) {
      strand.execute(played::speak);
    }
    return true;
  }

  /** One connection; what is not final is touched on the strand only, but for what is volatile. */
  private final class Played {
    private final long generation;
    private final LinkPlan plan;
    private final LinkListener listener;
    private volatile boolean isOver;
    private volatile boolean wasAskedToClose;
    private boolean isOpen;
    private boolean isPairing;

    Played(long generation, LinkPlan plan, LinkListener listener) {
      this.generation = generation;
      this.plan = plan;
      this.listener = listener;
    }

    void begin() {
      Duration pairs = plan.pairs();
      if (pairs == null) {
        later(plan.after(), this::answer);
      } else {
        isPairing = true;
        tell(() -> listener.pairing(true));
        later(
            pairs,
            () -> {
              isPairing = false;
              tell(() -> listener.pairing(false));
              later(plan.after(), this::answer);
            });
      }
    }

    void answer() {
      if (plan.answer() == LinkPlan.Answer.REFUSED) {
        close(reason());
      } else if (plan.answer() == LinkPlan.Answer.OPENS) {
        isOpen = true;
        open.incrementAndGet();
        tell(listener::opened);
        Duration livesFor = plan.livesFor();
        if (livesFor != null) {
          later(livesFor, () -> close(reason()));
        }
      }
    }

    void speak() {
      if (isOpen || isPairing) {
        tell(listener::activity);
      }
    }

    void close(CloseReason reason) {
      if (!isOver) {
        isOver = true;
        leaveOpen();
        try {
          listener.closed(reason);
        } catch (RuntimeException e) {
          // the listener's own trouble
        }
      }
    }

    void leaveOpen() {
      if (isOpen) {
        isOpen = false;
        open.decrementAndGet();
      }
    }

    private CloseReason reason() {
      return Objects.requireNonNull(plan.reason(), "reason");
    }

    private void tell(Runnable call) {
      if (!isOver) {
        try {
          call.run();
        } catch (RuntimeException e) {
          // the listener's own trouble
        }
      }
    }

    private void later(Duration delay, Runnable task) {
      runtime
          .scheduler()
          .schedule(
              strand,
              Durations.saturatedNanos(delay),
              () -> {
                if (!isOver) {
                  task.run();
                }
              });
    }
  }
}
