package dev.reliability.core.link;

import java.util.Arrays;

/**
 * What a {@link LinkPolicy} remembers of a link: only as many closes as its threshold. Immutable.
 * Times are of the monotonic clock, in nanoseconds.
 */
final class LinkHistory {
  static final LinkHistory NONE = new LinkHistory(0, 0, new long[0], false, 0, false, 0);

  final int attempt; // failures in a row since the last reset
  final long previousDelay;
  final boolean isOpen;
  final long openSince; // only if it is open
  final boolean wentAtOnce;
  final long wentAtOnceAt; // only if it did
  private final long[] closes; // the last ones that count, oldest first

  LinkHistory(
      int attempt,
      long previousDelay,
      long[] closes,
      boolean isOpen,
      long openSince,
      boolean wentAtOnce,
      long wentAtOnceAt) {
    this.attempt = attempt;
    this.previousDelay = previousDelay;
    this.closes = closes;
    this.isOpen = isOpen;
    this.openSince = openSince;
    this.wentAtOnce = wentAtOnce;
    this.wentAtOnceAt = wentAtOnceAt;
  }

  /** How many closes count at this moment, at most as many as are kept. */
  int closesWithin(long windowNanos, long now) {
    int count = 0;
    for (long close : closes) {
      if (now - close < windowNanos) {
        count++;
      }
    }
    return count;
  }

  LinkHistory opened(long now) {
    return new LinkHistory(attempt, previousDelay, closes, true, now, wentAtOnce, wentAtOnceAt);
  }

  LinkHistory reset() {
    return new LinkHistory(0, 0, closes, isOpen, openSince, wentAtOnce, wentAtOnceAt);
  }

  LinkHistory closedAtOnce(long now) {
    return new LinkHistory(attempt, previousDelay, closes, false, 0, true, now);
  }

  /** One close more, of which at most {@code keep} are kept. */
  LinkHistory closed(long now, int keep) {
    int kept = Math.min(closes.length, keep - 1);
    long[] more = Arrays.copyOfRange(closes, closes.length - kept, closes.length + 1);
    more[kept] = now;
    return new LinkHistory(attempt, previousDelay, more, false, 0, wentAtOnce, wentAtOnceAt);
  }

  LinkHistory retried(long delay) {
    int next = attempt == Integer.MAX_VALUE ? attempt : attempt + 1;
    return new LinkHistory(next, delay, closes, isOpen, openSince, wentAtOnce, wentAtOnceAt);
  }
}
