package dev.reliability.examples;

/** The command line cannot be used; the message is the one line that is shown. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
