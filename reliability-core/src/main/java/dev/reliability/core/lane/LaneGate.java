package dev.reliability.core.lane;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.TimeSource;
import dev.reliability.core.store.LaneView;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * What this process last saw of a lane, for paths that are too hot to ask the store: whether to
 * make work for it at all, and how much went well. It decides nothing: a claim that the store
 * refuses is refused, whatever a gate says. Get one from {@link LaneGuard#gate}.
 *
 * <p>A guard shows its gates every lane that it looks at. What was seen longer ago than the gate's
 * limit is not believed: neither that all is well nor that it is not. The age goes by the monotonic
 * clock, so setting the wall clock changes nothing. Thread-safe; nothing here blocks or allocates.
 */
public final class LaneGate {
  private static final long NEVER = Long.MIN_VALUE;

  private final TimeSource time;
  private final long origin;
  private final long maxAge;
  private final LongAdder successes = new LongAdder();

  /** Nanoseconds since the gate was made, twice; one more if the lane was paused. */
  private volatile long seen = NEVER;

  private long episode = Long.MIN_VALUE;
  private boolean paused;

  LaneGate(TimeSource time, Duration maxAge) {
    this.time = time;
    this.origin = time.nanos();
    this.maxAge = Durations.saturatedNanos(maxAge);
  }

  /** What a gate knows. */
  public enum State {
    /** Seen a short while ago, and it was not paused. */
    OPEN,
    /** Seen a short while ago, and it was paused. */
    PAUSED,
    /** Not seen, or too long ago: ask the store. */
    UNKNOWN
  }

  /** What is known now. Reads the clock. */
  public State state() {
    long last = seen;
    if (last == NEVER || time.nanos() - origin - (last >> 1) > maxAge) {
      return State.UNKNOWN;
    }
    return isPaused(last) ? State.PAUSED : State.OPEN;
  }

  /**
   * Whether the lane was not paused when it was last seen, however long ago that was. Reads no
   * clock: for loops that look at {@link #state()} now and then.
   */
  public boolean wasOpen() {
    long last = seen;
    return last != NEVER && !isPaused(last);
  }

  /** Counts something that went well. */
  public void succeeded() {
    successes.increment();
  }

  /** How much went well since the gate was made. */
  public long successes() {
    return successes.sum();
  }

  /** The time to give to {@link #show}, taken before the store is asked. */
  long now() {
    return time.nanos() - origin;
  }

  /** Two may look at once: within an episode a pause is what came later, whoever shows it first. */
  synchronized void show(LaneView lane, long askedAt) {
    boolean older =
        lane.episode() < episode || (lane.episode() == episode && paused && !lane.paused());
    if (!older) {
      episode = lane.episode();
      paused = lane.paused();
      seen = Math.max(askedAt, seen >> 1) << 1 | (paused ? 1 : 0);
    }
  }

  private static boolean isPaused(long seen) {
    return (seen & 1) == 1;
  }
}
