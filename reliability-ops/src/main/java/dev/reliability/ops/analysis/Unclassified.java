package dev.reliability.ops.analysis;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.ops.analysis.CorrelationReport.Match;
import dev.reliability.ops.analysis.UnclassifiedReport.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the runs without output that nothing explains (requirement B13): each is to be classified
 * by what is known of the link then, from the closes around it and from what its end says.
 *
 * <p>It keeps the times of the closes, and of the runs without output the last 10,000: only those
 * are classified.
 */
public final class Unclassified implements Analysis<UnclassifiedReport> {
  private static final int MOST_RUNS = 10_000;

  private final Window window;
  private final Window reading;
  private final @Nullable String lane;
  private final LinkCloses closes = new LinkCloses();
  private final Citations ended = new Citations();
  private final Citations events = new Citations();
  private final Deque<Event> runs = new ArrayDeque<>();

  private Unclassified(Window window, @Nullable String lane) {
    this.window = Objects.requireNonNull(window, "window");
    this.lane = lane;
    reading = window.widened(LinkCloses.TOLERANCE, LinkCloses.TOLERANCE);
  }

  /** Of all lanes. */
  public static Unclassified of(Window window) {
    return new Unclassified(window, null);
  }

  /** Of one lane. */
  public static Unclassified of(Window window, String lane) {
    return new Unclassified(window, Objects.requireNonNull(lane, "lane"));
  }

  @Override
  public Window reading() {
    return reading;
  }

  @Override
  public Set<String> types() {
    return EventKind.names(
        RunEvent.Ended.class, LinkEvent.Closed.class, LinkEvent.Connecting.class);
  }

  @Override
  public void accept(Event event) {
    if (reading.contains(event.time())) {
      closes.accept(event);
    }
    if (!(event.data() instanceof RunEvent.Ended end)
        || !window.contains(event.time())
        || (lane != null && !lane.equals(event.subject().lane()))) {
      return;
    }
    ended.add(event);
    if (end.reason().equals(EndReason.NO_OUTPUT_TIMEOUT)) {
      events.add(event);
      runs.addLast(event);
      if (runs.size() > MOST_RUNS) {
        runs.removeFirst();
      }
    }
  }

  @Override
  public UnclassifiedReport report() {
    LinkCloses.Sorted sorted = closes.sorted();
    Map<Kind, Citations> classes = new EnumMap<>(Kind.class);
    List<RunTrace> traces = new ArrayList<>();
    for (Event event : runs) {
      Match close = sorted.nearest(Sighting.of(event));
      Kind kind = kind((RunEvent.Ended) event.data(), close);
      classes.computeIfAbsent(kind, key -> new Citations()).add(event);
      traces.add(new RunEnding(event, null).trace(close));
    }
    Map<Kind, Cited> cited = new EnumMap<>(Kind.class);
    classes.forEach((kind, ids) -> cited.put(kind, ids.cited()));
    GateVerdict verdict =
        classes.containsKey(Kind.UNCLASSIFIED)
            ? GateVerdict.NO_GO
            : ended.isNone() || events.count() > runs.size()
                ? GateVerdict.INCONCLUSIVE
                : GateVerdict.GO;
    return new UnclassifiedReport(
        window, lane, ended.cited(), events.cited(), cited, traces, verdict);
  }

  private static Kind kind(RunEvent.Ended end, @Nullable Match close) {
    LinkSnapshot link = end.link();
    if (close != null) {
      return Kind.LINK_CLOSED_NEARBY;
    } else if (link == null) {
      return Kind.UNCLASSIFIED;
    } else if (!link.state().equals("open")) {
      return Kind.LINK_DOWN;
    }
    return end.outputBytes() > 0 ? Kind.OUTPUT_WITHOUT_MARKER : Kind.HANG;
  }
}
