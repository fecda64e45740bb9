package dev.reliability.ops.timeline;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.timeline.Timeline.Pause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** When lanes were paused. Not thread-safe. */
final class Pauses {
  static final Set<String> TYPES = Set.of("lane.paused", "lane.resumed");

  private record Over(String lane, Pause pause) {}

  private final Window window;
  private final int most;
  private final Map<String, Pause> open = new LinkedHashMap<>();
  private final Newest<Over> over;
  private long leftOut;

  Pauses(Window window, int most) {
    this.window = window;
    this.most = most;
    over = new Newest<>(most);
  }

  void accept(Event event) {
    String lane = TimelineAnalysis.text(event.subject().lane());
    Instant at = event.time();
    if (event.data() instanceof LaneEvent.Paused paused) {
      open.putIfAbsent(lane, new Pause(at, event.id(), null, null, paused.reason(), ""));
      if (open.size() > most) {
        open.remove(open.keySet().iterator().next());
        leftOut++;
      }
    } else if (event.data() instanceof LaneEvent.Resumed resumed) {
      Pause begun = open.remove(lane);
      if (!at.isBefore(window.since())) {
        over.add(
            new Over(
                lane,
                new Pause(
                    begun == null ? null : begun.from(),
                    begun == null ? null : begun.paused(),
                    at,
                    event.id(),
                    begun == null ? "" : begun.reason(),
                    (resumed.trial() ? "on trial: " : "") + resumed.reason())));
      }
    }
  }

  /** By lane, each in the order of their times. */
  Map<String, List<Pause>> report() {
    Map<String, List<Pause>> lanes = new HashMap<>();
    over.list()
        .forEach(one -> lanes.computeIfAbsent(one.lane(), x -> new ArrayList<>()).add(one.pause()));
    open.forEach((lane, one) -> lanes.computeIfAbsent(lane, x -> new ArrayList<>()).add(one));
    lanes
        .values()
        .forEach(
            pauses ->
                pauses.sort(
                    Comparator.comparing(
                        Pause::from, Comparator.nullsFirst(Comparator.naturalOrder()))));
    return lanes;
  }

  long leftOut() {
    return leftOut + over.leftOut();
  }
}
