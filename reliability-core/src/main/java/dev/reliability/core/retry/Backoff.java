package dev.reliability.core.retry;

import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The delay before the next attempt: exponential, capped, then jittered (requirement C1).
 *
 * <p>A pure function of the attempt, of the previous delay where the mode needs it, and of the
 * random numbers handed in. For any attempt number the result is neither negative nor above the cap
 * (with additive jitter: cap + jitter); nothing overflows and nothing loops over attempts.
 * Immutable and thread-safe; computing a delay allocates nothing.
 */
public final class Backoff {
  private static final int TABLE_LIMIT = 128;

  private enum Jitter {
    NONE,
    ADDITIVE,
    FULL,
    DECORRELATED
  }

  private final long base;
  private final long cap;
  private final double multiplier;
  private final Jitter jitter;
  private final long jitterNanos;

  /**
   * The delays before jitter, up to the first that is the cap; closed form beyond the table's end.
   */
  private final long[] table;

  private Backoff(long base, long cap, double multiplier, Jitter jitter, long jitterNanos) {
    this.base = base;
    this.cap = cap;
    this.multiplier = multiplier;
    this.jitter = jitter;
    this.jitterNanos = jitterNanos;
    long[] delays = new long[TABLE_LIMIT];
    int size = 0;
    do {
      delays[size] = closedForm(size);
    } while (delays[size++] < cap && size < TABLE_LIMIT);
    table = Arrays.copyOf(delays, size);
  }

  /**
   * Doubles from {@code base} up to {@code cap}, without jitter.
   *
   * @throws IllegalArgumentException if base is not positive or cap is less than base
   */
  public static Backoff exponential(Duration base, Duration cap) {
    long baseNanos = Durations.saturatedNanos(base);
    long capNanos = Durations.saturatedNanos(cap);
    if (baseNanos <= 0) {
      throw new IllegalArgumentException("base: expected a positive duration, got " + base);
    }
    if (cap.compareTo(base) < 0) {
      throw new IllegalArgumentException(
          "cap: expected at least the base of " + base + ", got " + cap);
    }
    return new Backoff(baseNanos, capNanos, 2, Jitter.NONE, 0);
  }

  /**
   * Always {@code delay}, without jitter.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public static Backoff fixed(Duration delay) {
    return exponential(delay, delay);
  }

  /**
   * The same with another factor; 2 is the default, 1 keeps the delay at the base.
   *
   * @throws IllegalArgumentException if it is less than 1 or not finite
   */
  public Backoff withMultiplier(double factor) {
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException(
          "multiplier: expected a finite number of at least 1, got " + factor);
    }
    return new Backoff(base, cap, factor, jitter, jitterNanos);
  }

  /**
   * The same, plus a random amount between zero and {@code most} that is added after the cap.
   *
   * @throws IllegalArgumentException if {@code most} is negative
   */
  public Backoff withAdditiveJitter(Duration most) {
    if (most.isNegative()) {
      throw new IllegalArgumentException(
          "jitter: expected a duration that is not negative, got " + most);
    }
    return new Backoff(base, cap, multiplier, Jitter.ADDITIVE, Durations.saturatedNanos(most));
  }

  /** The same, but a random amount between zero and the capped delay. */
  public Backoff withFullJitter() {
    return new Backoff(base, cap, multiplier, Jitter.FULL, 0);
  }

  /**
   * A random amount between the base and three times the previous delay, capped. The attempt does
   * not matter.
   */
  public Backoff withDecorrelatedJitter() {
    return new Backoff(base, cap, multiplier, Jitter.DECORRELATED, 0);
  }

  /**
   * The delay after a failed attempt, in nanoseconds.
   *
   * @param attempt 0 after the first failure, then one more each; negative counts as 0
   * @param previousNanos the delay before the attempt that failed, 0 if there was none
   * @param random where the jitter comes from
   */
  public long delayNanos(int attempt, long previousNanos, RandomGenerator random) {
    return switch (jitter) {
      case NONE -> capped(attempt);
      case ADDITIVE -> Durations.saturatedAdd(capped(attempt), atMost(jitterNanos, random));
      case FULL -> atMost(capped(attempt), random);
      case DECORRELATED -> {
        long previous = Math.max(base, Math.min(previousNanos, cap));
        long high = previous > cap / 3 ? cap : previous * 3;
        yield base + atMost(Math.max(0, high - base), random);
      }
    };
  }

  /** {@link #delayNanos} as durations. */
  public Duration delay(int attempt, Duration previous, RandomGenerator random) {
    return Duration.ofNanos(delayNanos(attempt, Durations.saturatedNanos(previous), random));
  }

  /** The longest delay this can give. */
  public Duration longest() {
    return Duration.ofNanos(Durations.saturatedAdd(cap, jitterNanos));
  }

  private long capped(int attempt) {
    int i = Math.max(0, attempt);
    if (i < table.length) {
      return table[i];
    }
    return table[table.length - 1] == cap ? cap : closedForm(i);
  }

  private long closedForm(int attempt) {
    double delay = base * Math.pow(multiplier, attempt);
    return delay >= cap ? cap : (long) delay;
  }

  /** Uniform between 0 and {@code most}, both included. */
  private static long atMost(long most, RandomGenerator random) {
    long bits = random.nextLong();
    long n = most == Long.MAX_VALUE ? most : most + 1;
    return Math.multiplyHigh(bits, n)
        + ((bits >> 63) & n); // the upper half of bits * n, both unsigned
  }
}
