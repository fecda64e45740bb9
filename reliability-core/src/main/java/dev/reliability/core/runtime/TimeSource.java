package dev.reliability.core.runtime;

import java.time.Instant;

/**
 * Two clocks that must never be compared with each other.
 *
 * <p>Durations inside one process are differences of {@link #nanos()}; whatever leaves the process
 * (events, records, leases) carries {@link #wall()}. Implementations are safe for use by many
 * threads and cost no more than one clock read.
 */
public interface TimeSource {

  /** The time of day, which may jump in either direction. */
  Instant wall();

  /**
   * Monotonic nanoseconds from an arbitrary origin. Never goes back; may stand still while the
   * machine is suspended. Only the difference of two readings has a meaning, and only within one
   * process.
   */
  long nanos();
}
