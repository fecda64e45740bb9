package dev.reliability.core.retry;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A call that was begun. Thread-safe.
 *
 * @param <T> what the operation gives
 */
public final class RetryHandle<T> {
  private final CompletableFuture<RetryOutcome<T>> outcome;
  private final Consumer<String> cancel;

  RetryHandle(CompletableFuture<RetryOutcome<T>> outcome, Consumer<String> cancel) {
    this.outcome = outcome;
    this.cancel = cancel;
  }

  /**
   * How it ends. Never fails; completed on a delivery strand. Cancelling this future does not
   * cancel the call.
   */
  public CompletableFuture<RetryOutcome<T>> outcome() {
    return outcome.copy();
  }

  /**
   * Cancels the call: no further attempt begins from now on, the stage of one that is running is
   * cancelled, and the outcome is {@link RetryOutcome.Cancelled}. Returns at once; does nothing if
   * the call is over.
   *
   * @param why kept in the outcome
   */
  public void cancel(String why) {
    cancel.accept(Objects.requireNonNull(why, "why"));
  }
}
