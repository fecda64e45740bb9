package dev.reliability.micrometer;

import dev.reliability.core.event.RunState;
import dev.reliability.core.runtime.TimeSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.LongAdder;

/**
 * The meters of one lane. The numbers are read by any thread; what they are worked out from belongs
 * to {@link OpenWork}, whose lock guards it.
 */
final class LaneMeters implements MeterBinder {
  private final String name;
  private final TimeSource time;
  private final Map<RunState, LongAdder> ended = new EnumMap<>(RunState.class);
  private final LongAdder failures = new LongAdder();
  private final LongAdder stalls = new LongAdder();

  /** Items that wait for their start, the one that waits longest first. */
  final NavigableSet<OpenItem> waiting =
      new TreeSet<>(
          Comparator.comparingLong((OpenItem item) -> item.since)
              .thenComparingLong(item -> item.number));

  /** Runs under way, the oldest first. */
  final NavigableSet<OpenItem.Run> active =
      new TreeSet<>(
          Comparator.comparingLong((OpenItem.Run run) -> run.started)
              .thenComparingLong(run -> run.number));

  /** Claims that are held, the one whose budget ends first at first; read without the lock. */
  final NavigableSet<OpenItem.Claim> claims =
      new ConcurrentSkipListSet<>(
          Comparator.comparingLong((OpenItem.Claim claim) -> claim.due)
              .thenComparingLong(claim -> claim.number));

  final LanePause pause = new LanePause();

  private volatile int waitingNow;
  private volatile int activeNow;
  private volatile long oldestWaiting;
  private volatile long oldestActive;

  LaneMeters(String name, TimeSource time) {
    this.name = name;
    this.time = time;
    Arrays.stream(RunState.values())
        .filter(RunState::isEnded)
        .forEach(state -> ended.put(state, new LongAdder()));
  }

  void ended(RunState state) {
    LongAdder count = ended.get(state);
    if (count != null) {
      count.increment();
    }
  }

  void failed() {
    failures.increment();
  }

  void stalled() {
    stalls.increment();
  }

  /** Shows how the sets are now. */
  void show() {
    waitingNow = waiting.size();
    activeNow = active.size();
    oldestWaiting = waiting.isEmpty() ? 0 : Times.shown(waiting.first().since);
    oldestActive = active.isEmpty() ? 0 : Times.shown(active.first().started);
  }

  private int overBudget() {
    long now = Times.millis(time.wall());
    int over = 0;
    for (OpenItem.Claim claim : claims) {
      if (claim.due >= now) {
        break;
      }
      over++;
    }
    return over;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    ended.forEach(
        (state, count) ->
            new Meters(registry, "lane", name, "state", state.wireName())
                .counter("lane.runs.ended", "Runs of the lane that ended, by state", count));
    new Meters(registry, "lane", name)
        .gauge("lane.unstarted", "Items of the lane that wait for their start", () -> waitingNow)
        .timestamp(
            "lane.oldest.unstarted",
            "Since when the item waits that waits longest; 0 if none does",
            () -> oldestWaiting)
        .gauge("lane.active", "Runs of the lane whose worker is up", () -> activeNow)
        .timestamp(
            "lane.oldest.running.start",
            "When the oldest run of the lane that is up was started; 0 if none is",
            () -> oldestActive)
        .flag("lane.paused", "Whether the lane is paused", pause::isPaused)
        .gauge("lane.run.locks", "Items of the lane that somebody has claimed", claims::size)
        .gauge(
            "lane.run.locks.over.budget",
            "Of these, those that take longer than they should",
            this::overBudget)
        .counter("lane.failures", "Failures that were counted towards a pause", failures)
        .counter("lane.stalls", "Runs that did not get on and were ended for it", stalls);
  }
}
