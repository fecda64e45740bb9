package dev.reliability.core.store;

import org.jspecify.annotations.Nullable;

/**
 * A store failed: it could not be reached, could not write, or holds what cannot be read. Whether
 * the step was taken is not known unless the message says so.
 */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With what failed, where, and why. */
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
