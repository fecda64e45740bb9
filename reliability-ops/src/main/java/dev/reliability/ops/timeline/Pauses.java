package dev.reliability.ops.timeline;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.timeline.Timeline.Pause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When lanes were paused. A resume on trial ends a pause once its one item was completed, or
 * another one was claimed; until then the lane is as it was. Not thread-safe.
 */
final class Pauses {
  static final Set<String> TYPES =
      Set.of("lane.paused", "lane.resumed", "item.claimed", "item.completed");

  private record Over(String lane, Pause pause) {}

  private record Trial(Event resumed, String reason, @Nullable String item) {}

  private final Window window;
  private final int most;
  private final Map<String, Pause> open = new LinkedHashMap<>();
  private final Map<String, Trial> trials = new HashMap<>();
  private final Newest<Over> over;
  private long leftOut;

  Pauses(Window window, int most) {
    this.window = window;
    this.most = most;
    over = new Newest<>(most);
  }

  void accept(Event event) {
    String lane = TimelineAnalysis.text(event.subject().lane());
    if (event.data() instanceof LaneEvent.Paused paused) {
      passed(lane);
      open.putIfAbsent(lane, new Pause(event.time(), event.id(), null, null, paused.reason(), ""));
      if (open.size() > most) {
        String eldest = open.keySet().iterator().next();
        open.remove(eldest);
        trials.remove(eldest);
        leftOut++;
      }
    } else if (event.data() instanceof LaneEvent.Resumed resumed) {
      if (resumed.trial() && open.containsKey(lane)) {
        trials.put(lane, new Trial(event, "on trial: " + resumed.reason(), null));
      } else {
        trials.remove(lane);
        end(lane, event, (resumed.trial() ? "on trial: " : "") + resumed.reason());
      }
    } else if (trials.containsKey(lane)) {
      item(lane, trials.get(lane), event);
    }
  }

  private void item(String lane, Trial trial, Event event) {
    String item = event.subject().item();
    if (event.data() instanceof ItemEvent.Claimed claimed && claimed.trial()) {
      trials.put(lane, new Trial(trial.resumed, trial.reason, item));
    } else if (event.data() instanceof ItemEvent.Claimed
        || (item != null && item.equals(trial.item))) {
      passed(lane);
    }
  }

  /** Its trial went well, if there was one: it was not paused from then on. */
  private void passed(String lane) {
    Trial trial = trials.remove(lane);
    if (trial != null) {
      end(lane, trial.resumed, trial.reason);
    }
  }

  private void end(String lane, Event resumed, String reason) {
    Pause begun = open.remove(lane);
    if (!resumed.time().isBefore(window.since())) {
      over.add(
          new Over(
              lane,
              new Pause(
                  begun == null ? null : begun.from(),
                  begun == null ? null : begun.paused(),
                  resumed.time(),
                  resumed.id(),
                  begun == null ? "" : begun.reason(),
                  reason)));
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
