package dev.reliability.core.run;

/**
 * What the pumps have written down about a worker, read at one moment.
 *
 * @param now nanoseconds since the run was submitted
 * @param lastProgress when the last valid marker came, in the same nanoseconds; meaningless while
 *     there was none
 * @param progressCount valid markers so far
 * @param outputBytes bytes so far
 * @param toolsInFlight tools in flight
 * @param held whether the host's own code holds up the reading of output just now
 */
record Pulse(
    long now,
    long lastProgress,
    long progressCount,
    long outputBytes,
    int toolsInFlight,
    boolean held) {

  /** Before there is anything to write down. */
  static Pulse none(long now) {
    return new Pulse(now, 0, 0, 0, 0, false);
  }
}
