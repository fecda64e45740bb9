package dev.reliability.core.link;

import java.time.Duration;
import java.util.function.Function;

/** What follows from a close. */
public sealed interface LinkDecision {

  /**
   * Connect again after a delay.
   *
   * @param delay from the close
   * @param attempt which attempt that is since the last reset, from 1
   */
  record RetryIn(Duration delay, int attempt) implements LinkDecision {}

  /**
   * Connect again after a cooldown.
   *
   * @param time from the close
   * @param why what called for it, in words
   */
  record CoolDown(Duration time, String why) implements LinkDecision {}

  /** Connect again at once. */
  record RetryImmediately() implements LinkDecision {}

  /**
   * Do not connect again until an operator or the host says so.
   *
   * @param reason why
   */
  record Stop(CloseReason reason) implements LinkDecision {}

  /** Applies the function that fits. */
  default <T> T fold(
      Function<? super RetryIn, ? extends T> retryIn,
      Function<? super CoolDown, ? extends T> coolDown,
      Function<? super RetryImmediately, ? extends T> retryImmediately,
      Function<? super Stop, ? extends T> stop) {
    if (this instanceof RetryIn r) {
      return retryIn.apply(r);
    }
    if (this instanceof CoolDown c) {
      return coolDown.apply(c);
    }
    return this instanceof RetryImmediately i ? retryImmediately.apply(i) : stop.apply((Stop) this);
  }
}
