package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.time.Instant;

/**
 * Both clocks of one {@link Machine}, worked out from the world's timeline whenever somebody reads
 * them: nothing has to be told to them when the world moves on. May be read by any thread, and is
 * changed by the world's owner.
 */
final class NodeClock {
  private final FakeClock world;
  private volatile State state;

  /**
   * What holds since somebody touched a clock, in nanoseconds of the world's timeline.
   *
   * @param lag for how long the machine slept in all, before {@code sleepFrom}
   * @param sleepFrom since when it sleeps, or slept last
   * @param sleepUntil until when
   * @param rate of the wall clock, by the machine's own monotonic clock
   */
  private record State(long lag, long sleepFrom, long sleepUntil, WallRate rate) {

    long slept(long at) {
      return Math.max(0, Math.min(at, sleepUntil) - sleepFrom);
    }

    long elapsed(long at) {
      return at - lag - slept(at);
    }

    Instant wall(long at) {
      return rate.at(elapsed(at)).plusNanos(slept(at));
    }

    State touched(long at, WallRate.Touch touch) {
      return new State(lag + slept(at), at, sleepUntil, rate.touched(touch, wall(at), elapsed(at)));
    }
  }

  /** Clocks that agree with the world's. */
  NodeClock(FakeClock world) {
    this.world = world;
    long now = world.elapsedNanos();
    state = new State(0, now, now, new WallRate(world.wall(), now, 0, false));
  }

  Instant wall() {
    return state.wall(world.elapsedNanos());
  }

  /** How far the monotonic clock has moved, as if it had been there since the world's beginning. */
  long elapsedNanos() {
    return state.elapsed(world.elapsedNanos());
  }

  void touch(WallRate.Touch touch) {
    state = state.touched(world.elapsedNanos(), touch);
  }

  /** The machine sleeps for this time from now; if it sleeps already, for so long at least. */
  void sleep(long nanos) {
    long now = world.elapsedNanos();
    State here = state.touched(now, WallRate.by(Duration.ZERO));
    long until = Math.max(here.sleepUntil, Durations.saturatedAdd(now, nanos));
    state = new State(here.lag, now, until, here.rate);
  }

  /** The machine sleeps no more. */
  void wake() {
    long now = world.elapsedNanos();
    State here = state.touched(now, WallRate.by(Duration.ZERO));
    state = new State(here.lag, now, now, here.rate);
  }

  /** For how long the machine still sleeps. */
  long sleepLeft() {
    return Math.max(0, state.sleepUntil - world.elapsedNanos());
  }
}
