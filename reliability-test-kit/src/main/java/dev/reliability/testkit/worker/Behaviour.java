package dev.reliability.testkit.worker;

/** What a worker must be able to play for {@link WorkerContract}. */
public enum Behaviour {
  /** Ends at once with exit code 0, without output. */
  EXITS_AT_ONCE,
  /** Ends at once with exit code 7. */
  EXITS_WITH_7,
  /** Puts out three valid markers, then ends with exit code 0. */
  THREE_MARKERS_THEN_EXIT,
  /** Puts out 500 bytes that mean nothing, then ends with exit code 0. */
  NOISE_THEN_EXIT,
  /**
   * Puts out one valid marker, then its final result {@code done: 42}, then ends with exit code 3.
   */
  RESULT_THEN_EXIT_3,
  /**
   * Puts out one valid marker, then its final result {@code done: 42}, and stays until it is asked
   * to end.
   */
  RESULT_THEN_STAYS,
  /** Puts out nothing and stays; ends when it is asked to. */
  SILENT,
  /** Puts out one valid marker, then stays until its input is closed, and ends with exit code 0. */
  MARKER_THEN_UNTIL_INPUT_CLOSED,
  /** Puts out one valid marker, then stays and heeds nothing but a kill. */
  MARKER_THEN_STUBBORN,
  /** Puts out valid markers without an end, heeding nothing but a kill. */
  TALKS_FOR_EVER,
  /** Puts out one valid marker, closes its output and stays until it is asked to end. */
  CLOSES_OUTPUT_AND_STAYS,
  /**
   * Puts out one valid marker and ends with exit code 0, while somebody it cannot be blamed for
   * holds its output open.
   */
  EXITS_WHILE_PIPE_IS_HELD,
  /** Cannot be started: there is no such program. */
  MISSING
}
