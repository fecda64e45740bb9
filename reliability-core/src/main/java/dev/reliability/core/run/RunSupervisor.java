package dev.reliability.core.run;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.lane.RemediationHook;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs workers, and ends every run with a reason.
 *
 * <pre>{@code
 * try (RunSupervisor supervisor = RunSupervisor.builder().policy(policy).events(journal).build()) {
 *   RunOutcome outcome = supervisor.run(Work.of("andy-developer", "issue-42"), worker).join();
 * }
 * }</pre>
 *
 * <p>A run stays {@code queued} until its worker is confirmed to be alive and its handle is
 * registered; from then on it has a no-output, an idle and a hard time-out, and ends in exactly one
 * terminal state with exactly one {@code run.ended} event. Workers, stores, listeners, cursors and
 * sinks may hang or throw: that delays no end and loses none.
 *
 * <p>Thread-safe. What {@link #builder()} does not set has a default: {@link
 * RunPolicy#ofDefaults()}, runs in memory, the real clock, 30 s to drain.
 */
public final class RunSupervisor implements AutoCloseable {
  private final ReliabilityRuntime runtime;
  private final boolean ownsRuntime;
  private final EventBus bus;
  private final boolean ownsBus;
  private final RunPolicy policy;
  private final RunStore store;
  private final List<RunListener> listeners;
  private final @Nullable InputCursor cursor;
  private final @Nullable Claims claims;
  private final RunRoster roster;
  private volatile @Nullable LinkSnapshot link;

  private RunSupervisor(Builder builder) {
    EventBus shared = builder.bus;
    ReliabilityRuntime given = shared != null ? shared.runtime() : builder.runtime;
    ownsRuntime = given == null;
    runtime = given == null ? ReliabilityRuntime.system() : given;
    ownsBus = shared == null;
    if (shared == null) {
      EventBus.Builder own = EventBus.builder(runtime);
      builder.sinks.forEach(own::sink);
      bus = own.build();
    } else {
      bus = shared;
    }
    policy = builder.policy;
    store = builder.store;
    listeners = List.copyOf(builder.listeners);
    cursor = builder.cursor;
    claims =
        builder.leases == null
            ? null
            : Claims.of(builder.leases, builder.state, bus, policy, builder.hook);
    roster = new RunRoster(runtime, policy, builder.drainTimeout);
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** {@link #submit} for those who only want to know what becomes of it. */
  public CompletableFuture<RunOutcome> run(Work work, Worker worker) {
    return submit(work, worker).outcome();
  }

  /** Takes a run on. Returns at once; after {@link #shutdown()} the run is refused. */
  public RunHandle submit(Work work, Worker worker) {
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(worker, "worker");
    String id = bus.newId();
    if (roster.isClosing()) {
      return new RunHandle(
          id,
          CompletableFuture.completedFuture(
              new RunOutcome.Refused(work, RunOutcome.Refusal.SHUTTING_DOWN, null, null)));
    }
    RunTask task = new RunTask(this, id, work, worker);
    return roster.take(task, task::begin);
  }

  /** Takes a run on whose item was claimed already. */
  RunHandle submit(Lease lease, long askedNanos, Job job) {
    RunTask task = new RunTask(this, bus.newId(), job.work(), job.worker());
    return roster.take(task, () -> task.begin(lease, askedNanos));
  }

  /**
   * Claims up to {@code limit} queued items of a lane, in one step, and runs each. Items whose
   * leases ran out are among them: this is how work goes on that a crash cut short.
   *
   * @param jobs what to do for a lease; called on a strand for the host's code. If it throws, the
   *     item is given back.
   * @return the runs, once the items were claimed; none if the lane is paused
   * @throws IllegalStateException if this supervisor has no leases
   */
  public CompletableFuture<List<RunHandle>> runQueued(
      String lane, int limit, Function<Lease, Job> jobs) {
    Claims with = claims;
    if (with == null) {
      throw new IllegalStateException("runQueued: expected a supervisor with leases, got none");
    }
    if (roster.isClosing()) {
      return CompletableFuture.completedFuture(List.of());
    }
    return new QueuedRuns(this, with).claim(lane, limit, jobs);
  }

  /** Finishes what a crash cut short when a lane was paused; belongs into every start. Blocks. */
  public int recoverLanes() {
    LaneGuard lanes = claims == null ? null : claims.lanes();
    return lanes == null ? 0 : lanes.recover();
  }

  /**
   * Asks for the end of a run: its input is closed, then it is asked to end, then killed. A run
   * that has already seen its final result keeps its success.
   *
   * @param actor who asks
   * @param reason why, in words
   * @return false if there is no such run, or it has ended
   */
  public boolean cancel(String run, String actor, String reason) {
    Objects.requireNonNull(actor, "actor");
    Objects.requireNonNull(reason, "reason");
    RunTask task = roster.find(run);
    if (task == null || task.hasEnded()) {
      return false;
    }
    task.post(new RunInput.Cancel(actor, reason));
    return true;
  }

  /** The runs that have not ended, oldest first. */
  public List<LiveRun> live() {
    return roster.live();
  }

  /**
   * Tells what is known of the link now; every run that ends from here on carries it in its end
   * event (requirement B10).
   */
  public void updateLink(LinkSnapshot snapshot) {
    link = Objects.requireNonNull(snapshot, "snapshot");
  }

  /** The bus that this supervisor's events go through. */
  public EventBus bus() {
    return bus;
  }

  /**
   * Takes no more runs, cancels those that have no worker yet, lets the others go on for the drain
   * time-out, then stops what is left. Done when all have ended.
   */
  public CompletableFuture<Void> shutdown() {
    return roster.close();
  }

  /**
   * Takes the next step of stopping at every run that is being stopped, without waiting for its
   * grace: after the input was closed it is asked to end, after that it is killed. For a host that
   * has to be gone in a few seconds.
   */
  public void escalate() {
    roster.tellAll(new RunInput.Escalate());
  }

  /**
   * {@link #shutdown()}, waits for its end, and closes the bus and the runtime if they are this
   * supervisor's own.
   */
  @Override
  public void close() {
    runtime.await(shutdown());
    if (ownsBus) {
      bus.close();
    }
    if (ownsRuntime) {
      runtime.close();
    }
  }

  // ---- for its runs ----

  RunRoster roster() {
    return roster;
  }

  ReliabilityRuntime runtime() {
    return runtime;
  }

  @Nullable Claims claims() {
    return claims;
  }

  RunPolicy policy() {
    return policy;
  }

  RunStore store() {
    return store;
  }

  List<RunListener> listeners() {
    return listeners;
  }

  @Nullable InputCursor cursor() {
    return cursor;
  }

  @Nullable LinkSnapshot link() {
    return link;
  }

  /** Collects the settings of a supervisor. Not thread-safe. */
  public static final class Builder {
    private RunPolicy policy = RunPolicy.ofDefaults();
    private RunStore store = new InMemoryRunStore();
    private final List<EventSink> sinks = new ArrayList<>();
    private final List<RunListener> listeners = new ArrayList<>();
    private @Nullable EventBus bus;
    private @Nullable ReliabilityRuntime runtime;
    private @Nullable InputCursor cursor;
    private @Nullable LeaseStore leases;
    private @Nullable StateStore state;
    private RemediationHook hook = (lane, episode, fingerprint) -> {};
    private Duration drainTimeout = Duration.ofSeconds(30);

    private Builder() {}

    /** What runs are held to. */
    public Builder policy(RunPolicy value) {
      policy = Objects.requireNonNull(value, "policy");
      return this;
    }

    /** Where runs are recorded. */
    public Builder store(RunStore value) {
      store = Objects.requireNonNull(value, "store");
      return this;
    }

    /**
     * Where items are claimed: each run then claims its item before it is recorded, renews while it
     * goes on, and completes the item or gives it back; a claim that is refused is a run that is
     * refused. Nothing is claimed by default.
     */
    public Builder leases(LeaseStore value) {
      leases = Objects.requireNonNull(value, "leases");
      return this;
    }

    /**
     * Where failures are counted, so that a lane is paused in which the same thing keeps failing;
     * needs {@link #leases}. Nothing is counted by default.
     *
     * @param hook has a pause looked into
     */
    public Builder lanes(StateStore value, RemediationHook hook) {
      state = Objects.requireNonNull(value, "state");
      this.hook = Objects.requireNonNull(hook, "hook");
      return this;
    }

    /** Adds a sink; the supervisor makes and closes a bus of its own. */
    public Builder events(EventSink sink) {
      sinks.add(Objects.requireNonNull(sink, "sink"));
      return this;
    }

    /** Uses a bus, and its runtime, that others use too; the caller closes it. */
    public Builder bus(EventBus value) {
      bus = Objects.requireNonNull(value, "bus");
      return this;
    }

    /** The outside world; the real one by default. The caller closes it. */
    public Builder runtime(ReliabilityRuntime value) {
      runtime = Objects.requireNonNull(value, "runtime");
      return this;
    }

    /** Adds a listener. */
    public Builder listener(RunListener value) {
      listeners.add(Objects.requireNonNull(value, "listener"));
      return this;
    }

    /** The host's place in its input; none by default. */
    public Builder cursor(InputCursor value) {
      cursor = Objects.requireNonNull(value, "cursor");
      return this;
    }

    /**
     * How long runs with a worker may go on after {@link RunSupervisor#shutdown()}; 30 s by
     * default.
     */
    public Builder drainTimeout(Duration value) {
      drainTimeout = Objects.requireNonNull(value, "drainTimeout");
      return this;
    }

    /**
     * The supervisor, ready to take runs.
     *
     * @throws IllegalArgumentException listing every setting that contradicts another or cannot be
     *     used
     */
    public RunSupervisor build() {
      List<String> problems = new ArrayList<>();
      if (bus != null && !sinks.isEmpty()) {
        problems.add(
            "events: expected none beside a shared bus (add the sinks to the bus), got "
                + sinks.size());
      }
      if (bus != null && runtime != null && bus.runtime() != runtime) {
        problems.add("runtime: expected the shared bus's own, got another");
      }
      if (state != null && leases == null) {
        problems.add("lanes: expected leases beside them, got none");
      }
      if (drainTimeout.isNegative()) {
        problems.add("drainTimeout: expected a duration that is not negative, got " + drainTimeout);
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a run supervisor cannot be built: " + String.join("; ", problems));
      }
      return new RunSupervisor(this);
    }
  }
}
