package dev.reliability.core.run;

/**
 * How a worker ended, as far as anybody knows. Whether a signal was ours is not said here: who
 * acted first decides that.
 */
public sealed interface ExitStatus {
  /** Nobody knows, and nothing more is to be said about it. */
  ExitStatus UNKNOWN = new Unknown("");

  /**
   * It ended by itself.
   *
   * @param code the exit code
   */
  record Code(int code) implements ExitStatus {}

  /**
   * A signal ended it.
   *
   * @param number the signal's number, such as 9
   * @param detail what else is known, such as that it was out of memory; empty if nothing is
   */
  record Signal(int number, String detail) implements ExitStatus {
    /** A signal, and nothing else is known. */
    public Signal(int number) {
      this(number, "");
    }
  }

  /**
   * Nobody knows.
   *
   * @param detail why nobody knows, such as that the engine was lost; may be empty
   */
  record Unknown(String detail) implements ExitStatus {}
}
