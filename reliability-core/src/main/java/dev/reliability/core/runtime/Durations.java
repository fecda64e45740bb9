package dev.reliability.core.runtime;

import com.google.common.math.LongMath;
import java.time.Duration;

/** Arithmetic on durations that saturates instead of throwing. */
public final class Durations {
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);
  private static final Duration SHORTEST = Duration.ofNanos(-Long.MAX_VALUE);

  private Durations() {}

  /** {@code duration} in nanoseconds; about 292 years, in either direction, at most. */
  public static long saturatedNanos(Duration duration) {
    if (duration.compareTo(LONGEST) >= 0) {
      return Long.MAX_VALUE;
    }
    return duration.compareTo(SHORTEST) <= 0 ? -Long.MAX_VALUE : duration.toNanos();
  }

  /**
   * The sum of two amounts of nanoseconds that are not negative; {@link Long#MAX_VALUE} if it does
   * not fit.
   */
  public static long saturatedAdd(long a, long b) {
    return LongMath.saturatedAdd(a, b);
  }
}
