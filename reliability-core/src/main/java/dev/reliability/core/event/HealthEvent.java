package dev.reliability.core.event;

import org.jspecify.annotations.Nullable;

/** What was seen of how things stand, and what follows from it. */
public sealed interface HealthEvent extends EventData {

  /**
   * An observation was recorded (requirement L1).
   *
   * @param criterion of what
   * @param id names the observation: the same one is recorded once
   * @param outcome {@code ok}, {@code failed} or {@code unknown}
   * @param counted false if it came too soon after the one before
   * @param value what was seen
   * @param detail more in words
   * @param failures how many failures in a row there are now
   * @param successes how many successes in a row
   * @param unknowns how many of the last observations could tell nothing
   */
  @EventType("health.observed")
  record Observed(
      String criterion,
      String id,
      String outcome,
      boolean counted,
      String value,
      @Nullable String detail,
      long failures,
      long successes,
      long unknowns)
      implements HealthEvent {}
}
