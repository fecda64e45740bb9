package dev.reliability.core.retry;

/**
 * Is told how the attempts of a {@link Retry} go. Called on a delivery strand, one call of the
 * listener at a time for each call of the operation; what it throws is logged and changes nothing,
 * and if it hangs, only later calls of it wait.
 */
public interface RetryListener {

  /**
   * An attempt failed, or was given up.
   *
   * @param error what went wrong; a {@link RejectedResultException} for a result that was not
   *     accepted
   */
  default void failed(RetryAttempt attempt, Throwable error) {}

  /** An attempt gave a result that was accepted. */
  default void succeeded(RetryAttempt attempt) {}

  /** The call is over. */
  default void ended(RetryOutcome<?> outcome) {}
}
