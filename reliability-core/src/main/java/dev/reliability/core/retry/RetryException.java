package dev.reliability.core.retry;

import java.util.List;

/** There is no result: trying was given up, aborted or cancelled. */
public final class RetryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient RetryOutcome<?> outcome;

  RetryException(RetryOutcome<?> outcome) {
    super(message(outcome), outcome.errors().newest());
    this.outcome = outcome;
    RetryErrors errors = outcome.errors();
    List<Throwable> last = errors.last();
    if (errors.first() != null && !last.isEmpty()) {
      addSuppressed(errors.first());
      last.subList(0, last.size() - 1).forEach(this::addSuppressed);
    }
  }

  /** How trying ended. */
  public RetryOutcome<?> outcome() {
    return outcome;
  }

  private static String message(RetryOutcome<?> outcome) {
    String why =
        outcome.fold(
            succeeded -> "succeeded",
            exhausted -> "given up: " + exhausted.why(),
            aborted -> "not tried again: " + aborted.why(),
            cancelled -> "cancelled: " + cancelled.why());
    Throwable newest = outcome.errors().newest();
    return why
        + " ("
        + outcome.attempts()
        + (outcome.attempts() == 1 ? " attempt, " : " attempts, ")
        + outcome.elapsed()
        + ")"
        + (newest == null ? "" : "; last error: " + newest);
  }
}
