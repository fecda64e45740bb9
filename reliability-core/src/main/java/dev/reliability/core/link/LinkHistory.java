package dev.reliability.core.link;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LinkPolicy} remembers of a link. Immutable. Times are of the monotonic clock, in
 * nanoseconds.
 *
 * @param attempt failures in a row since the last reset
 * @param previousDelay the delay before the last attempt; 0 if there was none
 * @param closes those that may count towards a burst
 * @param openSince since when it is open; null if it is not
 * @param wentAtOnce when it was last connected again at once; null if it never was
 * @param coolUntil until when it is to be left alone; null if it never was
 */
public record LinkHistory(
    int attempt,
    long previousDelay,
    BurstCooldown.Closes closes,
    @Nullable Long openSince,
    @Nullable Long wentAtOnce,
    @Nullable Long coolUntil) {

  /** Of a link that was never connected. */
  public static final LinkHistory NONE =
      new LinkHistory(0, 0, BurstCooldown.Closes.NONE, null, null, null);

  /** Checks that nothing is null that must not be. */
  public LinkHistory {
    Objects.requireNonNull(closes, "closes");
  }

  LinkHistory opened(long now) {
    return new LinkHistory(attempt, previousDelay, closes, now, wentAtOnce, coolUntil);
  }

  LinkHistory reset() {
    return new LinkHistory(0, 0, closes, openSince, wentAtOnce, coolUntil);
  }

  LinkHistory closedAtOnce(long now) {
    return new LinkHistory(attempt, previousDelay, closes, null, now, coolUntil);
  }

  LinkHistory closed(BurstCooldown.Closes more) {
    return new LinkHistory(attempt, previousDelay, more, null, wentAtOnce, coolUntil);
  }

  LinkHistory retried(long delay) {
    int next = attempt == Integer.MAX_VALUE ? attempt : attempt + 1;
    return new LinkHistory(next, delay, closes, openSince, wentAtOnce, coolUntil);
  }

  LinkHistory cooling(long until) {
    return new LinkHistory(attempt, previousDelay, closes, openSince, wentAtOnce, until);
  }
}
