package dev.reliability.core.run;

/**
 * The host's callbacks. For one run they come one at a time and in order; for different runs at the
 * same time. While one hangs, the run it belongs to goes on and ends as if it had returned. What
 * they throw is logged at WARN. The lane, the item and the run are in the logging context (MDC)
 * meanwhile.
 */
public interface RunListener {

  /** The worker is up and the run is recorded as running. */
  default void started(String run, Work work, String worker) {}

  /**
   * The worker makes progress. Called for the first valid marker, then for samples.
   *
   * @param count valid markers so far
   * @param outputBytes bytes of output so far
   */
  default void progressed(String run, Work work, long count, long outputBytes) {}

  /** The run ended. */
  default void ended(RunOutcome outcome) {}
}
