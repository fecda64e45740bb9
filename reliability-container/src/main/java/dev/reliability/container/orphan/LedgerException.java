package dev.reliability.container.orphan;

import org.jspecify.annotations.Nullable;

/**
 * A ledger could not be read or written, or its content is none of ours. The message names the
 * file, and the line where there is one.
 */
public final class LedgerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What could not be done, and why. */
  public LedgerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
