package dev.reliability.core.run;

/**
 * How a worker ended, as far as anybody knows. Whether a signal was ours is not said here: who
 * acted first decides that.
 */
public sealed interface ExitStatus {
  /** Nobody knows. */
  ExitStatus UNKNOWN = new Unknown();

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
   */
  record Signal(int number) implements ExitStatus {}

  /** Nobody knows. */
  record Unknown() implements ExitStatus {}
}
