package dev.reliability.core.retry;

/** An attempt was still running at its deadline and was given up. */
public final class AttemptTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1;

  AttemptTimeoutException(String message) {
    super(message, null, false, false); // its stack would be that of a timer
  }
}
