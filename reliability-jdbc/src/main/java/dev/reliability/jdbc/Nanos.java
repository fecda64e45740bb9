package dev.reliability.jdbc;

import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How time is kept in a table: as nanoseconds since 1970 in a 64-bit number, from the year 1677 to
 * 2262. What lies outside is kept as the end of that range.
 */
final class Nanos {
  private static final long PER_SECOND = 1_000_000_000L;

  /** A hundred years: what is longer is no longer, so that sums with the time of day fit. */
  private static final long LONGEST = 100L * 365 * 24 * 3600 * PER_SECOND;

  private Nanos() {}

  static long of(Instant instant) {
    try {
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), PER_SECOND), instant.getNano());
    } catch (ArithmeticException outside) {
      return instant.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  static @Nullable Long ofNullable(@Nullable Instant instant) {
    return instant == null ? null : of(instant);
  }

  /** A duration that is added to a time. */
  static long of(Duration duration) {
    return Math.min(LONGEST, Durations.saturatedNanos(duration));
  }

  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, PER_SECOND), Math.floorMod(nanos, PER_SECOND));
  }

  static @Nullable Instant instantOrNull(@Nullable Long nanos) {
    return nanos == null ? null : instant(nanos);
  }
}
