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
 * @param leaseUntil when the holder's own deadline for its lease is, or was, in the same
 *     nanoseconds; {@link RunModel#NEVER} without a lease
 */
record Pulse(
    long now,
    long lastProgress,
    long progressCount,
    long outputBytes,
    int toolsInFlight,
    boolean held,
    long leaseUntil) {

  /** Before there is anything to write down. */
  static Pulse none(long now, long leaseUntil) {
    return new Pulse(now, 0, 0, 0, 0, false, leaseUntil);
  }
}
