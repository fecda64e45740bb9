package dev.reliability.testkit.world;

import java.time.Duration;
import java.time.Instant;

/**
 * How a wall clock follows a monotonic one since the last time that somebody touched it.
 *
 * @param wall what it read then
 * @param since what the monotonic one read then
 * @param ppm how many microseconds it gains in each second
 * @param frozen whether it stands still
 */
record WallRate(Instant wall, long since, long ppm, boolean frozen) {
  private static final long MILLION = 1_000_000;

  /** What can be done to a wall clock that reads {@code wall} and ran as {@code old} says. */
  interface Touch {
    WallRate apply(Instant wall, WallRate old);
  }

  Instant at(long elapsed) {
    if (frozen) {
      return wall;
    }
    long moved = elapsed - since;
    return wall.plusNanos(moved).plusNanos(moved / MILLION * ppm + moved % MILLION * ppm / MILLION);
  }

  static Touch to(Instant to) {
    return (wall, old) -> new WallRate(to, 0, old.ppm, old.frozen);
  }

  static Touch by(Duration by) {
    return (wall, old) -> new WallRate(wall.plus(by), 0, old.ppm, old.frozen);
  }

  static Touch frozenTo(boolean frozen) {
    return (wall, old) -> new WallRate(wall, 0, old.ppm, frozen);
  }

  /**
   * To run fast or slow.
   *
   * @throws IllegalArgumentException if it would run backward, or more than twice as fast
   */
  static Touch drifting(long ppm) {
    if (ppm <= -MILLION || ppm > MILLION) {
      throw new IllegalArgumentException(
          "drift: expected more than -1000000 and at most 1000000 parts per million, got " + ppm);
    }
    return (wall, old) -> new WallRate(wall, 0, ppm, old.frozen);
  }

  /** This one after a touch at {@code elapsed}, when the wall read {@code now}. */
  WallRate touched(Touch touch, Instant now, long elapsed) {
    WallRate changed = touch.apply(now, this);
    return new WallRate(changed.wall, elapsed, changed.ppm, changed.frozen);
  }
}
