package dev.reliability.core.gate;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A clock that only judgements move on, and that nobody can set. Immutable.
 *
 * <p>An incarnation that judged before moves it by its own monotonic clock, since it last judged.
 * One that did not is taken to follow the last one: on the same node after as much time as the wall
 * clock says, never less than none; on another node, whose wall clock may say anything, after none.
 * If the one before judges again it was alive all the while, and what others did meanwhile cannot
 * have taken longer than that: the clock goes back to what it says.
 *
 * @param now what the clock says, in nanoseconds
 * @param seen the incarnations that judged last, the last one last
 */
record GateClock(long now, List<Seen> seen) {
  static final GateClock START = new GateClock(0, List.of());

  private static final int MOST_SEEN = 8;

  /**
   * An incarnation that judged.
   *
   * @param epoch its name
   * @param node where it is
   * @param at when it last judged, wall time
   * @param nanos when it last judged, on its monotonic clock
   * @param now what this clock said then
   * @param number the number of that judgement
   */
  record Seen(String epoch, String node, Instant at, long nanos, long now, long number) {}

  GateClock {
    seen = ImmutableList.copyOf(seen);
  }

  /** Whether a judgement is older than another one that its incarnation recorded before. */
  boolean isLate(GateReport report) {
    for (Seen one : seen) {
      if (one.epoch().equals(report.epoch())) {
        return report.nanos() < one.nanos();
      }
    }
    return !seen.isEmpty() && seen.size() == MOST_SEEN && report.at().isBefore(oldest());
  }

  private Instant oldest() {
    Instant oldest = Instant.MAX;
    for (Seen one : seen) {
      oldest = one.at().isBefore(oldest) ? one.at() : oldest;
    }
    return oldest;
  }

  /**
   * The number of the judgement that the same incarnation made before: what came after it cannot be
   * later than this one. {@link Long#MAX_VALUE} if there is none, so that nothing is bounded.
   */
  long trusted(GateReport report) {
    for (Seen one : seen) {
      if (one.epoch().equals(report.epoch())) {
        return one.number();
      }
    }
    return Long.MAX_VALUE;
  }

  /** The clock after the judgement of that number. */
  GateClock after(GateReport report, long number) {
    long moved = now;
    long nanos = report.nanos();
    List<Seen> next = new ArrayList<>();
    Seen last = seen.isEmpty() ? null : seen.get(seen.size() - 1);
    boolean known = false;
    for (Seen one : seen) {
      if (one.epoch().equals(report.epoch())) {
        known = true;
        moved = Durations.saturatedAdd(one.now(), Math.max(0, nanos - one.nanos()));
        nanos = Math.max(nanos, one.nanos());
      } else {
        next.add(one);
      }
    }
    if (!known && last != null && last.node().equals(report.node())) {
      Duration wall = Duration.between(last.at(), report.at());
      moved = Durations.saturatedAdd(now, Math.max(0, Durations.saturatedNanos(wall)));
    }
    long bound = moved;
    next.replaceAll(
        one ->
            one.now() <= bound
                ? one
                : new Seen(one.epoch(), one.node(), one.at(), one.nanos(), bound, one.number()));
    next.add(new Seen(report.epoch(), report.node(), report.at(), nanos, moved, number));
    return new GateClock(moved, next.subList(Math.max(0, next.size() - MOST_SEEN), next.size()));
  }
}
