package dev.reliability.core.health;

import dev.reliability.core.runtime.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How old things are, as far as both clocks allow: the greatest of what the wall clock says, what
 * it was when this object first looked plus the monotonic time since, and what was noted beside the
 * thing. So an age is never negative, and never less than it was, whatever the wall clock is set
 * to; only newer data are younger.
 *
 * <p>Remembers one entry per key in memory, and writes nothing. Thread-safe.
 */
final class Ages {
  /** How far ahead of this machine's clock the clock of another may be. */
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  private final TimeSource time;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  Ages(TimeSource time) {
    this.time = time;
  }

  /**
   * An age.
   *
   * @param ahead whether the thing was dated in the future, by more than {@link #TOLERANCE}, when
   *     it was first seen: then its age is not known, and stays so
   */
  record Age(Duration duration, boolean ahead) {
    AgeMark asMark(Instant wall) {
      return new AgeMark(duration, wall, ahead);
    }
  }

  /** What an object knows of a thing, and since when by the monotonic clock. */
  record Known(String id, Age age, long nanos) {}

  /**
   * How old a thing is now.
   *
   * @param key where it is kept
   * @param id which of the things that are kept there one after the other
   * @param at what it is dated
   * @param mark what was noted beside it
   */
  Age of(String key, String id, Instant at, @Nullable AgeMark mark) {
    Instant wall = time.wall();
    long nanos = time.nanos();
    Known next =
        known.compute(
            key,
            (same, before) -> {
              Known mine = before != null && before.id().equals(id) ? before : null;
              long seen = mine == null ? nanos : Math.max(nanos, mine.nanos());
              return new Known(id, reckon(mine, at, mark, wall, seen), seen);
            });
    return next.age();
  }

  Instant wall() {
    return time.wall();
  }

  /** The rule: pure. */
  static Age reckon(
      @Nullable Known before, Instant at, @Nullable AgeMark mark, Instant wall, long nanos) {
    Duration byWall = Duration.between(at, wall);
    boolean first = before == null && mark == null;
    boolean ahead =
        (first && byWall.compareTo(TOLERANCE.negated()) < 0)
            || (before != null && before.age().ahead())
            || (mark != null && mark.ahead());
    Duration age = longer(Duration.ZERO, byWall);
    if (before != null) {
      age = longer(age, before.age().duration().plusNanos(nanos - before.nanos()));
    }
    if (mark != null) {
      age = longer(age, mark.age().plus(longer(Duration.ZERO, Duration.between(mark.at(), wall))));
    }
    return new Age(age, ahead);
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
