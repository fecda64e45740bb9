package dev.reliability.core.health;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the criteria of a gate, writes down what it saw, and tells when the verdict changes. It
 * alone moves streaks; whoever only wants to know calls {@link #view()}.
 *
 * <pre>{@code
 * ReadinessEvaluator evaluator = ReadinessEvaluator.builder(gate, store, bus)
 *     .probe("cron", () -> cron.lateJobs().thenApply(late ->
 *         late == 0 ? Probe.Answer.ok("none late") : Probe.Answer.failed(late + " late", null)))
 *     .build();
 * Periodic ticks = evaluator.start(ofMinutes(1));
 * evaluator.view().verdict();
 * }</pre>
 *
 * <p>Each look first notes which signals became stale ({@code health.signal_stale}, at most once
 * for each), then calls all probes at once, each within its time limit, records what they say under
 * ids of its own, and judges; a verdict that is another than the last one is written down and then
 * told ({@code health.verdict}, at least once for each).
 *
 * <p>Several processes may evaluate one gate in one store: an observation that comes sooner after
 * another than the criterion's spacing does not count, whoever made it, so a second evaluator makes
 * no streak longer. Have one all the same: two ask the probes twice. Evaluators on several machines
 * need one clock (NTP): how far apart two observations of different processes are, and how old what
 * another one observed is, only wall clocks tell. Names of criteria and of signals are shared by
 * all gates and processes on a store.
 *
 * <p>A GO is earned by an evaluation in which every criterion was met when it was last observed;
 * one failure is tolerated only to keep it. A clock that is set back while nobody evaluates hides
 * that time from a process that starts afterwards, and from nobody who ran before.
 *
 * <p>Thread-safe.
 */
public final class ReadinessEvaluator {
  private static final Logger log = LoggerFactory.getLogger(ReadinessEvaluator.class);

  private final ReadinessGate gate;
  private final EventBus bus;
  private final FailureStreaks streaks;
  private final Signals signals;
  private final ReadinessView view;
  private final List<ReadinessPass.Asked> probes;
  private final long limitNanos;
  private final StateStore store;
  private final AtomicReference<@Nullable ReadinessPass> current = new AtomicReference<>();

  private ReadinessEvaluator(Builder builder) {
    gate = builder.gate;
    bus = builder.bus;
    store = builder.store;
    streaks = new FailureStreaks(store, bus);
    signals = new Signals(store, bus);
    view = new ReadinessView(gate, store, streaks, signals);
    limitNanos = Durations.saturatedNanos(builder.probeTimeout);
    probes = new ArrayList<>();
    for (Criterion criterion : gate.criteria()) {
      Probe probe = builder.probes.get(criterion.name());
      if (probe != null) {
        probes.add(new ReadinessPass.Asked(criterion, probe));
      }
    }
  }

  /** A builder without probes. A criterion without one is observed by the host alone. */
  public static Builder builder(ReadinessGate gate, StateStore store, EventBus bus) {
    return new Builder(gate, store, bus);
  }

  /** The streaks that it moves, for criteria that the host observes by itself. */
  public FailureStreaks streaks() {
    return streaks;
  }

  /** The signals that it reads. */
  public Signals signals() {
    return signals;
  }

  /**
   * How the gate stands by what was observed so far. Asks no probe and changes nothing; blocks as
   * long as the store does.
   *
   * @throws StoreException naming the document of the gate if that cannot be read
   */
  public Readiness view() {
    return view.view();
  }

  /**
   * Looks once. Returns at once; the look that is under way, if one is.
   *
   * @return fails if the gate's own document cannot be read or written; it is not done as long as
   *     the store hangs
   */
  public CompletableFuture<Readiness> evaluate() {
    AtomicReference<@Nullable ReadinessPass> self = new AtomicReference<>();
    ReadinessPass next = new ReadinessPass(this, () -> current.compareAndSet(self.get(), null));
    self.set(next);
    ReadinessPass running = current.compareAndExchange(null, next);
    if (running != null) {
      return running.result().copy();
    }
    next.begin();
    return next.result().copy();
  }

  /**
   * Looks again and again, for the first time after one period. Whatever goes wrong is logged and
   * ends nothing; while one look is under way no other begins.
   *
   * @return close it to stop
   * @throws IllegalArgumentException if {@code period} is not longer than the spacing of each
   *     criterion: then not every look would count
   */
  public Periodic start(Duration period) {
    for (Criterion criterion : gate.criteria()) {
      if (period.compareTo(criterion.spacing()) <= 0) {
        throw new IllegalArgumentException(
            "period: expected more than the spacing of "
                + criterion.name()
                + ", "
                + criterion.spacing()
                + ", got "
                + period);
      }
    }
    return Periodic.start(
        bus.runtime(),
        bus.runtime().strand(Strand.Kind.MONITOR, "readiness " + gate.name()),
        period,
        () ->
            evaluate()
                .whenComplete(
                    (readiness, error) -> {
                      if (error != null) {
                        log.warn("gate {} could not be evaluated", gate.name(), error);
                      }
                    }));
  }

  // ---- for the pass ----

  ReadinessGate gate() {
    return gate;
  }

  EventBus bus() {
    return bus;
  }

  StateStore store() {
    return store;
  }

  ReadinessView reader() {
    return view;
  }

  List<ReadinessPass.Asked> probes() {
    return probes;
  }

  long limitNanos() {
    return limitNanos;
  }

  /** Collects the settings of an evaluator. Not thread-safe. */
  public static final class Builder {
    private final ReadinessGate gate;
    private final StateStore store;
    private final EventBus bus;
    private final Map<String, Probe> probes = new LinkedHashMap<>();
    private Duration probeTimeout = Duration.ofSeconds(10);

    private Builder(ReadinessGate gate, StateStore store, EventBus bus) {
      this.gate = Objects.requireNonNull(gate, "gate");
      this.store = Objects.requireNonNull(store, "store");
      this.bus = Objects.requireNonNull(bus, "bus");
    }

    /** How a criterion is looked at. */
    public Builder probe(String criterion, Probe probe) {
      probes.put(criterion, Objects.requireNonNull(probe, "probe"));
      return this;
    }

    /** How long a probe may take; 10 s by default. */
    public Builder probeTimeout(Duration value) {
      probeTimeout = Objects.requireNonNull(value, "probeTimeout");
      return this;
    }

    /**
     * The evaluator.
     *
     * @throws IllegalArgumentException listing everything that cannot be used
     */
    public ReadinessEvaluator build() {
      List<String> problems = new ArrayList<>();
      List<String> names = gate.criteria().stream().map(Criterion::name).toList();
      for (String name : probes.keySet()) {
        if (!names.contains(name)) {
          problems.add("probe: expected one of " + names + ", got \"" + name + "\"");
        }
      }
      if (probeTimeout.isNegative() || probeTimeout.isZero()) {
        problems.add("probeTimeout: expected a positive duration, got " + probeTimeout);
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "an evaluator of \""
                + gate.name()
                + "\" cannot be built: "
                + String.join("; ", problems));
      }
      return new ReadinessEvaluator(this);
    }
  }
}
