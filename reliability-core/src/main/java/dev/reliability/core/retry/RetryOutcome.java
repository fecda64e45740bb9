package dev.reliability.core.retry;

import java.time.Duration;
import java.util.function.Function;

/**
 * How trying ended. Immutable.
 *
 * @param <T> what the operation gives
 */
public sealed interface RetryOutcome<T> {

  /** How many attempts began. */
  int attempts();

  /** From the call to the outcome. */
  Duration elapsed();

  /** What went wrong on the way. */
  RetryErrors errors();

  /**
   * An attempt gave a result that was accepted.
   *
   * @param value the result; null only if the operation's was
   * @param attempts how many attempts began
   * @param elapsed from the call to the outcome
   * @param errors what went wrong before
   */
  record Succeeded<T>(T value, int attempts, Duration elapsed, RetryErrors errors)
      implements RetryOutcome<T> {}

  /**
   * A bound was met.
   *
   * @param why which one, with its value
   * @param attempts how many attempts began
   * @param elapsed from the call to the outcome
   * @param errors what went wrong
   */
  record Exhausted<T>(String why, int attempts, Duration elapsed, RetryErrors errors)
      implements RetryOutcome<T> {}

  /**
   * The last error or result is one after which nothing is tried again.
   *
   * @param why in words
   * @param attempts how many attempts began
   * @param elapsed from the call to the outcome
   * @param errors what went wrong
   */
  record Aborted<T>(String why, int attempts, Duration elapsed, RetryErrors errors)
      implements RetryOutcome<T> {}

  /**
   * Somebody cancelled it, or the runtime was closed.
   *
   * @param why in words
   * @param attempts how many attempts began
   * @param elapsed from the call to the outcome
   * @param errors what went wrong before
   */
  record Cancelled<T>(String why, int attempts, Duration elapsed, RetryErrors errors)
      implements RetryOutcome<T> {}

  /** Applies the function that fits. */
  default <R> R fold(
      Function<Succeeded<T>, R> succeeded,
      Function<Exhausted<T>, R> exhausted,
      Function<Aborted<T>, R> aborted,
      Function<Cancelled<T>, R> cancelled) {
    if (this instanceof Succeeded<T> s) {
      return succeeded.apply(s);
    } else if (this instanceof Exhausted<T> e) {
      return exhausted.apply(e);
    } else if (this instanceof Aborted<T> a) {
      return aborted.apply(a);
    }
    return cancelled.apply((Cancelled<T>) this);
  }

  /** Whether there is a result. */
  default boolean isSuccess() {
    return this instanceof Succeeded;
  }

  /**
   * The result.
   *
   * @throws RetryException if there is none; its cause is the last error, and the others that were
   *     kept are suppressed in it
   */
  default T orThrow() {
    if (this instanceof Succeeded<T> succeeded) {
      return succeeded.value();
    }
    throw new RetryException(this);
  }
}
