package dev.reliability.ops.analysis;

import dev.reliability.core.dispatch.DispatchRejection;
import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.link.CloseClass;
import dev.reliability.ops.analysis.ReliabilityReport.Level;
import dev.reliability.ops.analysis.ReliabilityReport.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges a window (requirements D5, F1, F6). Dispatch blocks of the window warn, those of all time
 * only inform; duplicates are no blocks: nothing was held up. What holds at the end of the window,
 * such as a paused lane, counts however long ago it began. That no stale record was found counts
 * only if the detector proved in the window that it can find one.
 *
 * <p>Runs fail the report if at least five ended and half of them failed, and warn if a fifth did.
 *
 * <p>Give it all events, from the beginning. It keeps what holds by lane, link and dependency, what
 * {@link ExplainZero} and {@link Unclassified} keep, and counts.
 */
public final class Reliability implements Analysis<ReliabilityReport> {
  private static final Duration GRACE = Duration.ofMinutes(10);
  private static final Duration BACK = Duration.ofDays(1);
  private static final int ENOUGH_RUNS = 5;

  private final Window window;
  private final Window onTheirWay;
  private final @Nullable Instant now;
  private @Nullable Instant latest;

  private final Citations seen = new Citations(2);
  private final Citations blocks = new Citations();
  private final Citations allBlocks = new Citations();
  private final DispatchLedger dispatch;
  private final Unclassified unclassified;
  private final Citations ended = new Citations();
  private final Citations failed = new Citations();
  private final Map<String, Citations> stale = new TreeMap<>();
  private final Citations selfTests = new Citations();
  private @Nullable Event brokenDetector;
  private final Map<String, Event> paused = new LinkedHashMap<>();
  private final Map<String, Event> stopped = new LinkedHashMap<>();
  private final Citations cooldowns = new Citations();
  private final Map<String, Event> failing = new LinkedHashMap<>();
  private final Map<String, Event> critical = new LinkedHashMap<>();
  private final Citations dropped = new Citations();

  private Reliability(Window window, @Nullable Instant now) {
    this.window = Objects.requireNonNull(window, "window");
    this.now = now;
    onTheirWay = window.widened(BACK, GRACE);
    dispatch = new DispatchLedger(window, null, GRACE);
    unclassified = Unclassified.of(window);
  }

  /** Judges {@code window}, as of its end, or of the last event if that is later. */
  public static Reliability of(Window window) {
    return new Reliability(window, null);
  }

  /**
   * Judges {@code window}.
   *
   * @param now what time it is: what happened up to then would have been told
   */
  public static Reliability of(Window window, Instant now) {
    return new Reliability(window, Objects.requireNonNull(now, "now"));
  }

  @Override
  public Window reading() {
    return new Window(Instant.MIN, onTheirWay.until());
  }

  @Override
  public void accept(Event event) {
    if (onTheirWay.contains(event.time())) {
      latest = latest == null || event.time().isAfter(latest) ? event.time() : latest;
      dispatch.accept(event);
    }
    unclassified.accept(event);
    if (!event.time().isBefore(window.until())) {
      return;
    }
    boolean inside = window.contains(event.time());
    if (isBlock(event)) {
      allBlocks.add(event);
      if (inside) {
        blocks.add(event);
      }
    }
    holds(event);
    if (inside) {
      seen.add(event);
      happened(event);
    }
  }

  private static boolean isBlock(Event event) {
    return event.data() instanceof DispatchEvent.Rejected rejected
        && !rejected.reason().equals(DispatchRejection.DUPLICATE.wireName());
  }

  /** What goes on until something ends it. */
  private void holds(Event event) {
    String lane = event.subject().lane();
    if (event.data() instanceof LaneEvent.Paused && lane != null) {
      paused.put(lane, event);
    } else if (event.data() instanceof LaneEvent.Resumed && lane != null) {
      paused.remove(lane);
    } else if (event.data() instanceof LinkEvent.Stopped link) {
      if (link.reason().equals(CloseClass.LOCAL.wireName())) {
        stopped.remove(link.link()); // somebody here wanted it
      } else {
        stopped.put(link.link(), event);
      }
    } else if (event.data() instanceof LinkEvent.Started link) {
      stopped.remove(link.link());
    } else if (event.data() instanceof LinkEvent.Opened link) {
      stopped.remove(link.link());
    } else if (event.data() instanceof DependencyEvent.CheckFailed check) {
      failing.put(check.check(), event);
    } else if (event.data() instanceof DependencyEvent.CheckRecovered check) {
      failing.remove(check.check());
    } else if (event.data() instanceof DependencyEvent.Critical check) {
      critical.put(check.dependency(), event);
    } else if (event.data() instanceof DependencyEvent.Recovered check) {
      critical.remove(check.dependency());
    }
  }

  private void happened(Event event) {
    if (event.data() instanceof RunEvent.Ended end) {
      ended.add(event);
      if (end.state() == RunState.FAILED) {
        failed.add(event);
      }
    } else if (event.data() instanceof ReconcileEvent.Found found) {
      stale.computeIfAbsent(found.reason(), reason -> new Citations()).add(event);
    } else if (event.data() instanceof ReconcileEvent.SelfTest test) {
      selfTests.add(event);
      brokenDetector = test.ok() ? null : event;
    } else if (event.data() instanceof LinkEvent.CoolingDown) {
      cooldowns.add(event);
    } else if (event.data() instanceof ProcessEvent.EventsDropped drop && drop.others() > 0) {
      dropped.add(event);
    }
  }

  @Override
  public ReliabilityReport report() {
    List<Line> lines = new ArrayList<>();
    lines.add(
        seen.isNone()
            ? new Line("events", Level.WARN, "nothing was recorded", Cited.NONE)
            : new Line("events", Level.PASS, "recorded: " + seen.count(), seen.cited()));
    lines.add(warnIfAny("recent_dispatch_blocks", "in the window", blocks.cited()));
    lines.add(
        new Line(
            "all_time_dispatch_blocks",
            Level.PASS,
            "since the beginning: " + allBlocks.count(),
            allBlocks.cited()));
    lines.add(failIfAny("lost_dispatches", "neither a run nor a reason", lost()));
    lines.add(runs());
    lines.add(
        warnIfAny(
            "unclassified_no_output", "nobody knows why", unclassified.report().unclassified()));
    lines.add(stale(EndReason.RUNNING_WITHOUT_CONTAINER.wireName(), Level.FAIL));
    lines.add(stale(EndReason.QUEUED_STALE.wireName(), Level.FAIL));
    lines.add(stale("container_without_record", Level.WARN));
    lines.add(detector());
    lines.add(warnIfAny("paused_lanes", "at the end: " + names(paused), standing(paused)));
    lines.add(failIfAny("stopped_links", "at the end: " + names(stopped), standing(stopped)));
    lines.add(warnIfAny("link_cooldowns", "in the window", cooldowns.cited()));
    lines.add(warnIfAny("failed_checks", "at the end: " + names(failing), standing(failing)));
    lines.add(
        failIfAny("critical_dependencies", "at the end: " + names(critical), standing(critical)));
    lines.add(warnIfAny("dropped_events", "this report may lack what they said", dropped.cited()));
    Level worst = Level.PASS;
    for (Line line : lines) {
      worst = line.level().compareTo(worst) > 0 ? line.level() : worst;
    }
    return new ReliabilityReport(window, worst, lines);
  }

  // ---- lines ----

  private static Line warnIfAny(String name, String what, Cited events) {
    return ifAny(Level.WARN, name, what, events);
  }

  private static Line failIfAny(String name, String what, Cited events) {
    return ifAny(Level.FAIL, name, what, events);
  }

  private static Line ifAny(Level level, String name, String what, Cited events) {
    return events.isNone()
        ? new Line(name, Level.PASS, "none", Cited.NONE)
        : new Line(name, level, events.count() + ", " + what, events);
  }

  private Line runs() {
    long all = ended.count();
    String why = failed.count() + " of " + all + " failed";
    boolean half = failed.count() * 2 >= all && all >= ENOUGH_RUNS;
    boolean fifth = failed.count() * 5 >= all && !failed.isNone();
    Level level = half ? Level.FAIL : fifth ? Level.WARN : Level.PASS;
    return new Line("failed_runs", level, why, failed.cited());
  }

  private Line stale(String reason, Level level) {
    Citations found = stale.get(reason);
    return ifAny(level, reason, "found in the window", found == null ? Cited.NONE : found.cited());
  }

  private Line detector() {
    if (brokenDetector != null) {
      return new Line(
          "stale_detector",
          Level.FAIL,
          "its last self-test failed",
          Cited.one(brokenDetector.id()));
    }
    return selfTests.isNone()
        ? new Line(
            "stale_detector",
            Level.WARN,
            "no self-test shows that stale records would have been found",
            Cited.NONE)
        : new Line(
            "stale_detector",
            Level.PASS,
            "proven by self-tests: " + selfTests.count(),
            selfTests.cited());
  }

  private Cited lost() {
    Citations lost = new Citations();
    Instant end = latest != null && latest.isAfter(window.until()) ? latest : window.until();
    dispatch.fates(
        now == null ? end : now,
        new DispatchLedger.Fates() {
          @Override
          public void lost(EventId id) {
            lost.add(id);
          }

          @Override
          public void heldBack(String reason, EventId accepted, EventId why) {}

          @Override
          public void pending(EventId id) {}
        });
    return lost.cited();
  }

  private static Cited standing(Map<String, Event> events) {
    Citations ids = new Citations();
    events.values().forEach(ids::add);
    return ids.cited();
  }

  private static String names(Map<String, Event> events) {
    return String.join(", ", new TreeMap<>(events).keySet());
  }
}
