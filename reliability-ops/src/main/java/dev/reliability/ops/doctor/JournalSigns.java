package dev.reliability.ops.doctor;

import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.EffectEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RetryEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.ops.analysis.Analysis;
import dev.reliability.ops.analysis.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which safeguards a journal shows to have been in force, in the incarnation that supervised last:
 * not by what was configured, but by what happened. None is said to be on without an event that
 * shows it.
 *
 * <p>It keeps a few events of each incarnation, and one end of a run for each lane.
 */
public final class JournalSigns implements Analysis<List<Standing>> {
  private static final String DEPENDENCY = "dependency:";
  private static final int MOST = 20;

  /** Failures that a lane's breaker counts, whatever it is set to. */
  private static final Set<EndReason> COUNTED =
      Set.of(
          EndReason.NO_OUTPUT_TIMEOUT,
          EndReason.HARD_TIMEOUT,
          EndReason.SPAWN_FAILED,
          EndReason.EXIT_NONZERO,
          EndReason.KILLED_BY_SIGNAL);

  private final Window window;
  private final Bounds bounds;
  private final @Nullable String only;
  private final Map<String, Incarnation> incarnations = new LinkedHashMap<>();

  /**
   * What is asked for.
   *
   * @param checkedWithin how old the last preflight may be
   * @param selfTestWithin how old the last self-test of the detector may be
   * @param longestRun how long a run may last at most, by its own time-outs
   * @param longestStart how long a start may take at most
   */
  public record Bounds(
      Duration checkedWithin,
      Duration selfTestWithin,
      Duration longestRun,
      Duration longestStart) {}

  private JournalSigns(Window window, Bounds bounds, @Nullable String only) {
    this.only = only;
    this.window = Objects.requireNonNull(window, "window");
    this.bounds = Objects.requireNonNull(bounds, "bounds");
  }

  /**
   * Those of a time, under these bounds.
   *
   * @param only the incarnation that is asked for; null for the one that had runs and was heard of
   *     last
   */
  public static JournalSigns of(Window window, Bounds bounds, @Nullable String only) {
    return new JournalSigns(window, bounds, only);
  }

  /** What one incarnation showed. */
  private static final class Incarnation {
    final String epoch;
    @Nullable Event began;
    @Nullable Event stopped;
    @Nullable Event firstRun;
    @Nullable Event preflightBefore;
    @Nullable Event preflightLast;
    int preflights;
    @Nullable Event selfTest;
    @Nullable Event last;
    @Nullable Event failedRun;
    final List<EventId> retries = new ArrayList<>();
    final List<EventId> recorded = new ArrayList<>();
    final List<EventId> counted = new ArrayList<>();
    final List<EventId> effects = new ArrayList<>();
    @Nullable Event critical;
    final Map<String, Event> ends = new TreeMap<>();

    Incarnation(String epoch) {
      this.epoch = epoch;
    }
  }

  @Override
  public Window reading() {
    return window;
  }

  @Override
  public void accept(Event event) {
    if (!window.contains(event.time()) || (only != null && !only.equals(event.id().epoch()))) {
      return;
    }
    Incarnation one = incarnations.computeIfAbsent(event.id().epoch(), Incarnation::new);
    one.last = event;
    if (event.data() instanceof RunEvent run) {
      run(one, event, run);
    } else if (event.data() instanceof DependencyEvent dependency) {
      dependency(one, event, dependency);
    } else if (event.data() instanceof ProcessEvent.Started) {
      one.began = event;
    } else if (event.data() instanceof ProcessEvent.Stopped) {
      one.stopped = event;
    } else if (event.data() instanceof ReconcileEvent.SelfTest) {
      one.selfTest = event;
    } else if (event.data() instanceof RetryEvent) {
      add(one.retries, event);
    } else if (event.data() instanceof LaneEvent.Failure) {
      add(one.counted, event);
    } else if (event.data() instanceof EffectEvent) {
      add(one.effects, event);
    } else if (event.data() instanceof HealthEvent.Observed observed
        && observed.criterion().startsWith(DEPENDENCY)) {
      add(one.recorded, event);
    }
  }

  private static void run(Incarnation one, Event event, RunEvent run) {
    if (one.firstRun == null) {
      one.firstRun = event;
    }
    if (run instanceof RunEvent.StartFailed failed && failed.retryIn() != null) {
      add(one.retries, event);
    } else if (run instanceof RunEvent.Ended end) {
      one.ends.put(String.valueOf(event.subject().lane()), event);
      if (end.state() == RunState.FAILED && COUNTED.contains(end.reason())) {
        one.failedRun = event;
      }
    }
  }

  private static void dependency(Incarnation one, Event event, DependencyEvent dependency) {
    if (dependency instanceof DependencyEvent.Preflight) {
      if (one.firstRun == null) {
        one.preflightBefore = event;
      }
      one.preflightLast = event;
      one.preflights++;
    } else if (dependency instanceof DependencyEvent.Critical) {
      one.critical = event;
    }
  }

  private static void add(List<EventId> ids, Event event) {
    if (ids.size() < MOST) {
      ids.add(event.id());
    }
  }

  /** The incarnation that had runs and was heard of last; null if none had any. */
  private @Nullable Incarnation supervising() {
    Incarnation latest = null;
    for (Incarnation one : incarnations.values()) {
      if (one.firstRun != null && (latest == null || !time(one.last).isBefore(time(latest.last)))) {
        latest = one;
      }
    }
    return latest;
  }

  /** The incarnation that supervised last; null if there was none. */
  public @Nullable String incarnation() {
    Incarnation one = supervising();
    return one == null ? null : one.epoch;
  }

  private static Instant time(@Nullable Event event) {
    return event == null ? Instant.MIN : event.time();
  }

  @Override
  public List<Standing> report() {
    Incarnation one = supervising();
    if (one == null) {
      List<Standing> none = new ArrayList<>();
      for (Safeguard safeguard : Safeguard.values()) {
        if (safeguard.isShownByEvents()) {
          none.add(Standing.unknown(safeguard, "nothing ran in " + window));
        }
      }
      return none;
    }
    return List.of(
        atStart(one),
        whileRunning(one),
        retries(one),
        deadline(one, Safeguard.START_DEADLINE),
        deadline(one, Safeguard.RUN_DEADLINE),
        escalation(one),
        claims(one),
        breaker(one),
        effects(one),
        reconciler(one));
  }

  // ---- dependencies ----

  private Standing atStart(Incarnation one) {
    Safeguard safeguard = Safeguard.CHECKS_AT_START;
    Event before = one.preflightBefore;
    Event first = Objects.requireNonNull(one.firstRun);
    if (before != null && before.data() instanceof DependencyEvent.Preflight preflight) {
      return preflight.failed().isEmpty()
          ? Standing.on(
              safeguard, preflight.passed() + " checks passed before the first run", before.id())
          : Standing.off(
              safeguard,
              "runs began although these had failed: " + preflight.failed(),
              before.id(),
              first.id());
    }
    return one.began == null
        ? Standing.unknown(
            safeguard, "incarnation " + one.epoch + " began before " + window.since())
        : Standing.off(safeguard, "runs began without a preflight before", first.id());
  }

  private Standing whileRunning(Incarnation one) {
    Safeguard safeguard = Safeguard.CHECKS_WHILE_RUNNING;
    Instant until = one.stopped == null ? window.until() : one.stopped.time();
    Event last = one.preflightLast;
    Event first = Objects.requireNonNull(one.firstRun);
    boolean again = last != null && last.time().isAfter(first.time());
    if (last != null && again && within(last, until, bounds.checkedWithin())) {
      return Standing.on(
          safeguard, one.preflights + " preflights, the last at " + last.time(), last.id());
    }
    if (within(first, until, bounds.checkedWithin())) {
      return Standing.unknown(
          safeguard, "it has run for less than " + bounds.checkedWithin(), first.id());
    }
    return again
        ? Standing.off(
            safeguard,
            "the last preflight is from "
                + time(last)
                + ", more than "
                + bounds.checkedWithin()
                + " before "
                + until,
            Objects.requireNonNull(last).id())
        : Standing.off(safeguard, "there was no preflight since the first run", first.id());
  }

  private static boolean within(Event event, Instant until, Duration time) {
    return Duration.between(event.time(), until).compareTo(time) <= 0;
  }

  private static Standing escalation(Incarnation one) {
    Safeguard safeguard = Safeguard.ESCALATION;
    Event critical = one.critical;
    if (critical != null && critical.data() instanceof DependencyEvent.Critical told) {
      return Standing.on(
          safeguard,
          "more than " + told.threshold() + " failures in a row were told",
          critical.id());
    }
    if (!one.recorded.isEmpty()) {
      return new Standing(
          safeguard, Standing.State.ON, "failures in a row are counted", one.recorded);
    }
    Event last = one.preflightLast;
    return last == null
        ? Standing.unknown(safeguard, "there was no preflight whose failures it could count")
        : Standing.off(safeguard, "preflights were made, and nobody counted them", last.id());
  }

  // ---- runs ----

  private Standing retries(Incarnation one) {
    return one.retries.isEmpty()
        ? Standing.unknown(Safeguard.BOUNDED_RETRIES, "nothing was tried again")
        : new Standing(
            Safeguard.BOUNDED_RETRIES,
            Standing.State.ON,
            "what was tried again had a bound on attempts and on time",
            one.retries);
  }

  private Standing deadline(Incarnation one, Safeguard safeguard) {
    boolean start = safeguard == Safeguard.START_DEADLINE;
    Duration most = start ? bounds.longestStart() : bounds.longestRun();
    List<EventId> ids = new ArrayList<>();
    List<String> longer = new ArrayList<>();
    List<EventId> longerIds = new ArrayList<>();
    one.ends.forEach(
        (lane, event) -> {
          RunEvent.Ended end = (RunEvent.Ended) event.data();
          Duration limit = start ? end.timeouts().startDeadline() : end.timeouts().hardEffective();
          if (ids.size() < MOST) {
            ids.add(event.id());
          }
          if (limit.compareTo(most) > 0) {
            longer.add(lane + " " + limit);
            longerIds.add(event.id());
          }
        });
    if (ids.isEmpty()) {
      return Standing.unknown(
          safeguard, "no run has ended, and only an end says what was in force");
    }
    return longer.isEmpty()
        ? new Standing(
            safeguard,
            Standing.State.ON,
            "at most " + most + " in all " + one.ends.size() + " lanes",
            ids)
        : new Standing(
            safeguard, Standing.State.OFF, "more than " + most + ": " + longer, longerIds);
  }

  private static Standing claims(Incarnation one) {
    List<EventId> with = new ArrayList<>();
    List<EventId> without = new ArrayList<>();
    one.ends.values().forEach(e -> (e.subject().token() > 0 ? with : without).add(e.id()));
    if (!without.isEmpty()) {
      return new Standing(
          Safeguard.CLAIMS, Standing.State.OFF, "runs ended that had claimed nothing", without);
    }
    return with.isEmpty()
        ? Standing.unknown(Safeguard.CLAIMS, "no run has ended")
        : new Standing(Safeguard.CLAIMS, Standing.State.ON, "runs carry fencing tokens", with);
  }

  private static Standing breaker(Incarnation one) {
    Event failed = one.failedRun;
    if (!one.counted.isEmpty()) {
      return new Standing(
          Safeguard.LANE_BREAKER, Standing.State.ON, "failures are counted by lane", one.counted);
    }
    return failed == null
        ? Standing.unknown(Safeguard.LANE_BREAKER, "no run failed that it could count")
        : Standing.off(Safeguard.LANE_BREAKER, "a run failed, and nobody counted it", failed.id());
  }

  private static Standing effects(Incarnation one) {
    return one.effects.isEmpty()
        ? Standing.unknown(Safeguard.EFFECT_BUDGET, "no effect was asked for")
        : new Standing(
            Safeguard.EFFECT_BUDGET, Standing.State.ON, "effects have a budget", one.effects);
  }

  private Standing reconciler(Incarnation one) {
    Safeguard safeguard = Safeguard.RECONCILER;
    Instant until = one.stopped == null ? window.until() : one.stopped.time();
    Event test = one.selfTest;
    if (test == null || !(test.data() instanceof ReconcileEvent.SelfTest told)) {
      return Standing.off(
          safeguard,
          "no detector proved in " + one.epoch + " that it can fire",
          Objects.requireNonNull(one.firstRun).id());
    }
    if (!told.ok()) {
      return Standing.off(safeguard, "its self-test failed: " + told.detail(), test.id());
    }
    return within(test, until, bounds.selfTestWithin())
        ? Standing.on(safeguard, "its self-test passed at " + test.time(), test.id())
        : Standing.off(
            safeguard,
            "its last self-test is from "
                + test.time()
                + ", more than "
                + bounds.selfTestWithin()
                + " before "
                + until,
            test.id());
  }
}
