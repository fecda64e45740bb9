package dev.reliability.core.reconcile;

import dev.reliability.core.config.Setting;
import java.time.Duration;

/**
 * From which age on something counts as stale, for one lane. Immutable.
 *
 * @param queued how long a record may say queued when no living supervisor has it; the start
 *     deadline, 10 min, by default
 * @param running how long a record may say running when neither a supervisor nor a worker is there;
 *     2 min by default
 * @param unrecorded how long a worker may be seen without an open record; 2 min by default
 */
public record StaleThresholds(Duration queued, Duration running, Duration unrecorded) {
  private static final StaleThresholds DEFAULTS =
      new StaleThresholds(
          Duration.ofMillis(Setting.RELIABILITY_START_DEADLINE.defaultValue()),
          Duration.ofMinutes(2),
          Duration.ofMinutes(2));

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public StaleThresholds {
    notNegative("queued", queued);
    notNegative("running", running);
    notNegative("unrecorded", unrecorded);
  }

  /** The defaults. */
  public static StaleThresholds ofDefaults() {
    return DEFAULTS;
  }

  /** The same with another threshold for records that say queued. */
  public StaleThresholds withQueued(Duration value) {
    return new StaleThresholds(value, running, unrecorded);
  }

  /** The same with another threshold for records that say running. */
  public StaleThresholds withRunning(Duration value) {
    return new StaleThresholds(queued, value, unrecorded);
  }

  /** The same with another threshold for workers without a record. */
  public StaleThresholds withUnrecorded(Duration value) {
    return new StaleThresholds(queued, running, value);
  }

  private static void notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          name + ": expected a duration that is not negative, got " + value);
    }
  }
}
