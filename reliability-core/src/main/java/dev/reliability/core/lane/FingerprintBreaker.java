package dev.reliability.core.lane;

import java.time.Duration;
import java.time.Instant;

/**
 * When a lane is paused: at so many failures of one fingerprint within a window, in one episode of
 * the lane (requirement J2). Counts failures, not items: one looping item is enough. A resume
 * begins a new episode, in which nothing has failed yet. A pure rule; immutable.
 */
public final class FingerprintBreaker {
  private static final Duration LONGEST = Duration.ofDays(3650);

  private final int threshold;
  private final Duration window;

  private FingerprintBreaker(int threshold, Duration window) {
    this.threshold = threshold;
    this.window = window;
  }

  /** At three failures of one fingerprint in 24 hours. */
  public static FingerprintBreaker ofDefaults() {
    return of(3, Duration.ofHours(24));
  }

  /**
   * At {@code threshold} failures of one fingerprint within {@code window}.
   *
   * @throws IllegalArgumentException if the threshold is not between 1 and 200, or the window is
   *     not positive
   */
  public static FingerprintBreaker of(int threshold, Duration window) {
    if (threshold < 1 || threshold > FailureWindow.MOST) {
      throw new IllegalArgumentException(
          "threshold: expected 1 to " + FailureWindow.MOST + " failures, got " + threshold);
    }
    if (window.isNegative() || window.isZero() || window.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "window: expected a positive duration of at most " + LONGEST + ", got " + window);
    }
    return new FingerprintBreaker(threshold, window);
  }

  /** At how many failures a lane is paused. */
  public int threshold() {
    return threshold;
  }

  /** Within which time. */
  public Duration window() {
    return window;
  }

  /**
   * What follows from a failure.
   *
   * @param next the window with it
   * @param count how many of its fingerprint are in the window now
   * @param trips whether the lane is to be paused because of it
   */
  record Decision(FailureWindow next, int count, boolean trips) {}

  Decision decide(
      FailureWindow before, long episode, String id, FailureFingerprint fingerprint, Instant now) {
    String print = fingerprint.counted();
    FailureWindow next =
        before.knows(id)
            ? before
            : before.with(new FailureWindow.Failure(id, print, episode, now), window);
    int count = next.count(print, episode, now, window);
    boolean trips = count >= threshold && next.tripped() < episode;
    return new Decision(trips ? next.tripped(episode, fingerprint.value()) : next, count, trips);
  }
}
