package dev.reliability.core.gate;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.PreflightReport;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunState;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether work gets through: everything that is needed is there, each required lane has just done a
 * piece of work, and no record is left behind (requirements G1 to G8).
 *
 * <pre>{@code
 * ConnectivityGate gate = ConnectivityGate.builder(bus, store.states(), reconciler)
 *     .preflight(preflight)
 *     .lane("jarvis-worker-1", lane -> supervisor.run(Work.of(lane, "probe-" + bus.newId()), worker))
 *     .configHash(ConfigHash.of(System.getenv()))
 *     .build();
 * GateReport report = gate.judge().join();
 * System.out.print(report.text());            // PASS and FAIL lines, with evidence
 * boolean twice = gate.history().passes(2, ofMinutes(30)).isEnough();
 * }</pre>
 *
 * <p>A judgement asks the prerequisites, and if none fails probes all lanes at once; then it
 * compares records with workers, judges what is known by then, and records it. Lanes that are not
 * named here may be idle for as long as they like: nothing is asked of them. What hangs is given up
 * after its limit and said so.
 *
 * <p>Thread-safe. One judgement at a time; who asks meanwhile gets the one under way.
 */
public final class ConnectivityGate {
  private final Settings settings;
  private final GateLedger ledger;
  private final AtomicReference<@Nullable CompletableFuture<GateReport>> current =
      new AtomicReference<>();

  private ConnectivityGate(Settings settings) {
    this.settings = settings;
    ledger = new GateLedger(settings.state(), settings.bus());
  }

  /** What a gate was built with. */
  record Settings(
      EventBus bus,
      StateStore state,
      Reconciler reconciler,
      String name,
      Map<String, Supplier<? extends CompletionStage<List<GateLine>>>> prerequisites,
      Set<String> lanes,
      Map<String, LaneProbe> probes,
      Duration freshness,
      Set<RunState> success,
      Duration prerequisiteLimit,
      Duration probeLimit,
      boolean othersLive,
      String configHash) {

    Settings {
      prerequisites = ImmutableMap.copyOf(prerequisites);
      lanes = ImmutableSet.copyOf(lanes);
      probes = ImmutableMap.copyOf(probes);
      success = ImmutableSet.copyOf(success);
    }
  }

  /**
   * A builder with all defaults.
   *
   * @param bus where judgements are told
   * @param state where they are kept
   * @param reconciler finds the records that nobody has in hand any more; its self-test is run with
   *     every judgement, since zero findings of a dead detector say nothing
   */
  public static Builder builder(EventBus bus, StateStore state, Reconciler reconciler) {
    return new Builder(bus, state, reconciler);
  }

  /**
   * Judges, and records what it came to. Returns at once.
   *
   * @return fails if the store does, or does not answer within a minute; whether the judgement was
   *     recorded then is in the history
   */
  public CompletableFuture<GateReport> judge() {
    CompletableFuture<GateReport> mine = new CompletableFuture<>();
    CompletableFuture<GateReport> other = current.compareAndExchange(null, mine);
    if (other != null) {
      return other.copy();
    }
    new Judgement(settings, ledger)
        .begin()
        .whenComplete(
            (report, error) -> {
              current.compareAndSet(mine, null);
              if (error != null) {
                mine.completeExceptionally(error);
              } else {
                mine.complete(report);
              }
            });
    return mine.copy();
  }

  /** What it was judged to be so far; blocks as long as the store does, and changes nothing. */
  public GateHistory history() {
    return ledger.history(settings.name());
  }

  /** Collects the settings of a gate. Not thread-safe. */
  public static final class Builder {
    private final EventBus bus;
    private final StateStore state;
    private final Reconciler reconciler;
    private final Map<String, Supplier<? extends CompletionStage<List<GateLine>>>> prerequisites =
        new LinkedHashMap<>();
    private final Set<String> lanes = new LinkedHashSet<>();
    private final Map<String, LaneProbe> probes = new LinkedHashMap<>();
    private final List<String> doubles = new ArrayList<>();
    private String name = "worker-connectivity";
    private Duration freshness = Duration.ofMinutes(60);
    private Set<RunState> success = Set.of(RunState.DONE, RunState.REVIEW_REQUESTED);
    private Duration prerequisiteLimit = Duration.ofMinutes(2);
    private Duration probeLimit = Duration.ofMinutes(35);
    private boolean othersLive;
    private String configHash = "";

    private Builder(EventBus bus, StateStore state, Reconciler reconciler) {
      this.bus = Objects.requireNonNull(bus, "bus");
      this.state = Objects.requireNonNull(state, "state");
      this.reconciler = Objects.requireNonNull(reconciler, "reconciler");
    }

    /** What its history is kept under; {@code worker-connectivity} by default. */
    public Builder name(String value) {
      name = StoredText.checkedName("gate", value);
      return this;
    }

    /** Adds a preflight: a line for each of its checks. */
    public Builder preflight(Preflight value) {
      Objects.requireNonNull(value, "preflight");
      return prerequisite(
          "preflight",
          () ->
              value
                  .run()
                  .thenApply(report -> report.checks().stream().map(Builder::line).toList()));
    }

    private static GateLine line(PreflightReport.CheckReport check) {
      String name = "check " + check.name();
      if (check.passed()) {
        return GateLine.pass(name, check.why());
      }
      return check.lastOutput().isEmpty()
          ? GateLine.fail(name, check.why())
          : GateLine.fail(name, check.why(), "last output: " + check.lastOutput());
    }

    /**
     * Adds something that has to be well before anything is probed. Asked on a strand where it may
     * block; one that fails or gives no lines can not say anything, which is no pass.
     */
    public Builder prerequisite(
        String what, Supplier<? extends CompletionStage<List<GateLine>>> lines) {
      Objects.requireNonNull(lines, "lines");
      if (prerequisites.put(StoredText.checkedName("prerequisite", what), lines) != null) {
        doubles.add("prerequisite: expected each name once, got " + what + " twice");
      }
      return this;
    }

    /** Adds a lane that is required, and how it is tried out. */
    public Builder lane(String lane, LaneProbe probe) {
      Objects.requireNonNull(probe, "probe");
      lane(lane);
      probes.put(lane, probe);
      return this;
    }

    /**
     * Adds a lane that is required and that somebody else tries out, such as the process that
     * supervises it, with a gate of the same name on the same store: its latest probe is judged as
     * it is.
     */
    public Builder lane(String lane) {
      if (!lanes.add(StoredText.checkedName("lane", lane))) {
        doubles.add("lane: expected each name once, got " + lane + " twice");
      }
      return this;
    }

    /** How old the latest probe of a lane may be; 60 min by default. */
    public Builder freshness(Duration value) {
      freshness = Objects.requireNonNull(value, "freshness");
      return this;
    }

    /** How a probe may have ended; {@code done} and {@code review_requested} by default. */
    public Builder success(Set<RunState> states) {
      success = ImmutableSet.copyOf(states);
      return this;
    }

    /** How long each prerequisite may take; 2 min by default. */
    public Builder prerequisiteLimit(Duration value) {
      prerequisiteLimit = Objects.requireNonNull(value, "prerequisiteLimit");
      return this;
    }

    /**
     * How long a probe may take; 35 min by default, so that a run's own time-outs come first and
     * their reason is told. The run is not stopped.
     */
    public Builder probeLimit(Duration value) {
      probeLimit = Objects.requireNonNull(value, "probeLimit");
      return this;
    }

    /**
     * Whether other incarnations live beside this one, so that open records which are nobody's here
     * are to be expected; false by default: then such records make the verdict inconclusive.
     */
    public Builder othersLive(boolean value) {
      othersLive = value;
      return this;
    }

    /** What it is judged with: see {@link ConfigHash}; empty by default. */
    public Builder configHash(String value) {
      StoredText.checkText("configHash", Objects.requireNonNull(value, "configHash"));
      configHash = value;
      return this;
    }

    /**
     * The gate.
     *
     * @throws IllegalArgumentException listing everything that cannot be used
     */
    public ConnectivityGate build() {
      List<String> problems = new ArrayList<>(doubles);
      positive("freshness", freshness, problems);
      positive("prerequisiteLimit", prerequisiteLimit, problems);
      positive("probeLimit", probeLimit, problems);
      if (lanes.isEmpty()) {
        problems.add("lane: expected at least one that is required, got none");
      }
      if (success.isEmpty()) {
        problems.add("success: expected at least one state, got none");
      }
      for (RunState one : success) {
        if (!one.isEnded()) {
          problems.add("success: expected states in which a run has ended, got " + one.wireName());
        }
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a gate cannot be built: " + String.join("; ", problems));
      }
      return new ConnectivityGate(
          new Settings(
              bus,
              state,
              reconciler,
              name,
              prerequisites,
              lanes,
              probes,
              freshness,
              success,
              prerequisiteLimit,
              probeLimit,
              othersLive,
              configHash));
    }

    private static void positive(String what, Duration value, List<String> problems) {
      if (value.isNegative() || value.isZero()) {
        problems.add(what + ": expected a positive duration, got " + value);
      }
    }
  }
}
