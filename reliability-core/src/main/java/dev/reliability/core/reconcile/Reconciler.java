package dev.reliability.core.reconcile;

import com.google.common.annotations.VisibleForTesting;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the records of runs with the workers that are there (requirement A4), and tells records
 * that say queued or running although nobody has them in hand, and workers without an open record.
 *
 * <pre>{@code
 * Reconciler reconciler = Reconciler.builder(bus, store.runs())
 *     .supervisor(supervisor).handles(processes.handles())
 *     .ownerIsDead(ledgers::isDead).dryRun(false).build();
 * reconciler.reconcile().join();                      // what the last incarnation left
 * reconciler.start(Duration.ofMinutes(1));            // and from then on
 * }</pre>
 *
 * <p>By default it only reports ({@code reconcile.found}, once for as long as a thing is found).
 * Told to act, it ends stale records as failed with the finding's reason, if they have not moved
 * meanwhile, and leaves workers alone unless it is told otherwise. Runs that a given supervisor has
 * in hand are never findings. Records of other incarnations are judged only if {@link
 * Builder#ownerIsDead} says that they are dead.
 *
 * <p>Thread-safe. Stores and sources may hang: a comparison is given up after a minute by default,
 * and the next one begins when no step of it is under way any more.
 */
public final class Reconciler {
  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private final Plan plan;
  private final long selfTestNanos;
  private final Pass.Memory memory = new Pass.Memory();
  private final AtomicReference<@Nullable Pass> current = new AtomicReference<>();

  private Reconciler(Plan plan, Duration selfTestEvery) {
    this.plan = plan;
    selfTestNanos = Durations.saturatedNanos(selfTestEvery);
  }

  /**
   * A builder with all defaults.
   *
   * @param bus where it tells what it finds; its epoch is this incarnation
   * @param store where runs are recorded
   */
  public static Builder builder(EventBus bus, RunStore store) {
    return new Builder(bus, store);
  }

  /**
   * Compares once. Returns at once; the comparison that is under way, if one is.
   *
   * @return fails if not everything could be looked at; then nothing was judged
   */
  public CompletableFuture<Reconciliation> reconcile() {
    AtomicReference<@Nullable Pass> self = new AtomicReference<>();
    Pass next = new Pass(plan, memory, () -> current.compareAndSet(self.get(), null));
    self.set(next);
    Pass running = current.compareAndExchange(null, next);
    if (running != null) {
      return running.result().copy();
    }
    next.begin();
    return next.result().copy();
  }

  /**
   * Has made-up records go through the same rules with the same thresholds, and tells in {@code
   * reconcile.self_test} whether they were found (requirement S4). Looks at no store and changes
   * nothing.
   *
   * @return whether the rules found exactly what they should
   */
  public boolean selfTest() {
    SelfTest test = SelfTest.of(plan.rules(), plan::thresholds, plan.bus().runtime().time().wall());
    if (test.problem() != null) {
      log.error("The reconciler's self-test failed: {}", test.problem());
    }
    plan.bus()
        .emit(
            Subject.NONE,
            new ReconcileEvent.SelfTest(
                test.problem() == null,
                test.found().stream().map(one -> one.reason().wireName()).toList(),
                test.problem()));
    return test.problem() == null;
  }

  /**
   * Compares again and again, for the first time after one period; tests itself with the first, and
   * then as often as it was built to. Whatever goes wrong is told in {@code reconcile.failed} and
   * ends nothing.
   *
   * @return close it to stop
   * @throws IllegalArgumentException if {@code period} is not positive
   */
  public Periodic start(Duration period) {
    AtomicBoolean tested = new AtomicBoolean();
    long[] testedAt = {0}; // on the one strand of the ticks
    return Periodic.start(
        plan.bus().runtime(),
        plan.bus().runtime().strand(Strand.Kind.MONITOR, "reconciler"),
        period,
        () -> {
          try {
            long now = plan.bus().runtime().time().nanos();
            if (tested.compareAndSet(false, true) || now - testedAt[0] >= selfTestNanos) {
              testedAt[0] = now;
              selfTest();
            }
            tick();
          } catch (RuntimeException e) {
            log.warn("A tick of the reconciler failed", e);
            plan.bus().emit(Subject.NONE, new ReconcileEvent.Failed(String.valueOf(e)));
          }
        });
  }

  private void tick() {
    if (current.get() != null) {
      plan.bus()
          .emit(
              Subject.NONE,
              new ReconcileEvent.Failed("the comparison before this one is still under way"));
    } else {
      reconcile(); // which tells by itself what goes wrong
    }
  }

  /** Collects the settings of a reconciler. Not thread-safe. */
  public static final class Builder {
    private final EventBus bus;
    private final RunStore store;
    private final List<RunSupervisor> supervisors = new ArrayList<>();
    private final List<HandleSource> sources = new ArrayList<>();
    private Predicate<String> ownerIsDead = owner -> false;
    private Predicate<String> ownerLives = owner -> false;
    private StaleThresholds all = StaleThresholds.ofDefaults();
    private final Map<String, StaleThresholds> lanes = new LinkedHashMap<>();
    private boolean dryRun = true;
    private @Nullable String actor;
    private boolean killUnrecorded;
    private Duration limit = Duration.ofMinutes(1);
    private Duration selfTestEvery = Duration.ofHours(1);
    private Function<Facts, List<Finding>> rules = ReconcileRules::findings;

    private Builder(EventBus bus, RunStore store) {
      this.bus = Objects.requireNonNull(bus, "bus");
      this.store = Objects.requireNonNull(store, "store");
    }

    /**
     * Adds a supervisor of this incarnation. All that share the bus belong here: a run of this
     * incarnation that none of them has in hand counts as nobody's. Without any, nothing of this
     * incarnation is judged.
     */
    public Builder supervisor(RunSupervisor value) {
      supervisors.add(Objects.requireNonNull(value, "supervisor"));
      return this;
    }

    /** Adds something that knows which workers are there. */
    public Builder handles(HandleSource value) {
      sources.add(Objects.requireNonNull(value, "handles"));
      return this;
    }

    /**
     * Says of another incarnation that it is known to be dead; never by default. Called on a strand
     * where it may block. "Nobody knows" is false.
     */
    public Builder ownerIsDead(Predicate<String> value) {
      ownerIsDead = Objects.requireNonNull(value, "ownerIsDead");
      return this;
    }

    /**
     * Says of another incarnation that it is known to live; never by default. Its records are its
     * own affair, and are not counted among those that nobody can judge. Called on a strand where
     * it may block. "Nobody knows" is false.
     */
    public Builder ownerLives(Predicate<String> value) {
      ownerLives = Objects.requireNonNull(value, "ownerLives");
      return this;
    }

    /** From which age on something counts, in all lanes that have nothing of their own. */
    public Builder thresholds(StaleThresholds value) {
      all = Objects.requireNonNull(value, "thresholds");
      return this;
    }

    /** From which age on something counts in one lane. */
    public Builder thresholds(String lane, StaleThresholds value) {
      lanes.put(Objects.requireNonNull(lane, "lane"), Objects.requireNonNull(value, "thresholds"));
      return this;
    }

    /** Whether it only reports; true by default. If not, stale records are ended as failed. */
    public Builder dryRun(boolean value) {
      dryRun = value;
      return this;
    }

    /** For whom it does what it does, as its events say; nobody by default. */
    public Builder actor(String value) {
      actor = StoredText.checkedName("actor", value);
      return this;
    }

    /** Whether workers without a record are killed, unless it is a dry run; false by default. */
    public Builder killUnrecorded(boolean value) {
      killUnrecorded = value;
      return this;
    }

    /** How long one comparison may take; 1 min by default. */
    public Builder limit(Duration value) {
      limit = Objects.requireNonNull(value, "limit");
      return this;
    }

    /** How often {@link #start} tests itself; every hour by default. */
    public Builder selfTestEvery(Duration value) {
      selfTestEvery = Objects.requireNonNull(value, "selfTestEvery");
      return this;
    }

    @VisibleForTesting
    Builder rules(Function<Facts, List<Finding>> value) {
      rules = value;
      return this;
    }

    /**
     * The reconciler.
     *
     * @throws IllegalArgumentException listing everything that cannot be used
     */
    public Reconciler build() {
      List<String> problems = new ArrayList<>();
      for (RunSupervisor supervisor : supervisors) {
        if (supervisor.bus() != bus) {
          problems.add(
              "supervisor: expected one on the bus of "
                  + bus.epoch()
                  + ", got one on that of "
                  + supervisor.bus().epoch());
        }
      }
      positive("limit", limit, problems);
      positive("selfTestEvery", selfTestEvery, problems);
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a reconciler cannot be built: " + String.join("; ", problems));
      }
      return new Reconciler(
          new Plan(
              bus,
              store,
              supervisors,
              sources,
              ownerIsDead,
              ownerLives,
              all,
              lanes,
              dryRun,
              actor,
              killUnrecorded,
              limit,
              rules),
          selfTestEvery);
    }

    private static void positive(String name, Duration value, List<String> problems) {
      if (value.isNegative() || value.isZero()) {
        problems.add(name + ": expected a positive duration, got " + value);
      }
    }
  }
}
