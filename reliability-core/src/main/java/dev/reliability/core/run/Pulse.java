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
 */
record Pulse(
    long now, long lastProgress, long progressCount, long outputBytes, int toolsInFlight) {}
