package dev.reliability.core.link;

import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * So many closes within a sliding window call for a cooldown (requirements C2, C3). What trips it
 * clears nothing: closes leave the window by age alone. Immutable and thread-safe.
 */
public final class BurstCooldown {
  private final int threshold;
  private final Duration window;
  private final long windowNanos;
  private final Duration cooldown;

  private BurstCooldown(int threshold, Duration window, Duration cooldown) {
    this.threshold = threshold;
    this.window = window;
    this.windowNanos = Durations.saturatedNanos(window);
    this.cooldown = cooldown;
  }

  /**
   * A rule.
   *
   * @param threshold how many closes are a burst
   * @param window within which time; a close that is as old as the window is out of it
   * @param cooldown how long to leave the link alone then
   * @throws IllegalArgumentException listing every value that cannot be used
   */
  public static BurstCooldown of(int threshold, Duration window, Duration cooldown) {
    List<String> problems = new ArrayList<>();
    if (threshold < 1) {
      problems.add("burst threshold: expected at least 1, got " + threshold);
    }
    positive("burst window", window, problems);
    positive("cooldown", cooldown, problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return new BurstCooldown(threshold, window, cooldown);
  }

  /** How many closes are a burst. */
  public int threshold() {
    return threshold;
  }

  /** The time within which closes count. */
  public Duration window() {
    return window;
  }

  /** How long a cooldown lasts. */
  public Duration cooldown() {
    return cooldown;
  }

  /**
   * The most attempts to connect within any one window: as many as the threshold, and one after
   * each cooldown.
   */
  public long mostAttempts() {
    long cooldownNanos = Durations.saturatedNanos(cooldown);
    long cooldowns = windowNanos / cooldownNanos + (windowNanos % cooldownNanos == 0 ? 0 : 1);
    return Durations.saturatedAdd(threshold, cooldowns);
  }

  /** How many of the closes that are remembered are within the window at this moment. */
  public int count(Closes closes, long nowNanos) {
    int count = 0;
    for (long at : closes.times) {
      if (nowNanos - at < windowNanos) {
        count++;
      }
    }
    return count;
  }

  /** Whether this moment is within a burst. */
  public boolean isBurst(Closes closes, long nowNanos) {
    return count(closes, nowNanos) >= threshold;
  }

  /** The same closes and one more, of which only those are kept that the threshold needs. */
  public Closes with(Closes closes, long nowNanos) {
    long[] before = closes.times;
    int kept = Math.min(before.length, threshold - 1);
    long[] times = Arrays.copyOfRange(before, before.length - kept, before.length + 1);
    times[kept] = nowNanos;
    return new Closes(times);
  }

  /** The closes that are remembered: times of the monotonic clock. Immutable. */
  public static final class Closes {
    /** None. */
    public static final Closes NONE = new Closes(new long[0]);

    private final long[] times; // oldest first

    private Closes(long[] times) {
      this.times = times;
    }
  }

  private static void positive(String name, Duration value, List<String> problems) {
    Objects.requireNonNull(value, name);
    if (value.isNegative() || value.isZero()) {
      problems.add(name + ": expected a positive duration, got " + value);
    }
  }
}
