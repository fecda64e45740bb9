package dev.reliability.core.event;

import java.time.Duration;
import java.util.List;

/**
 * What the host needs to do its work, and whether it is there (requirements N2, N6). Texts are
 * bounded, and without the secrets that are known as such.
 */
public sealed interface DependencyEvent extends EventData {

  /**
   * A check failed that had passed before, or failed the first time it was made.
   *
   * @param check its name
   * @param why in words
   * @param output the last that it put out; empty if it put nothing out
   * @param attempts how often it was tried
   */
  @EventType("health.check_failed")
  record CheckFailed(String check, String why, String output, int attempts)
      implements DependencyEvent {}

  /**
   * A check passed that had failed before.
   *
   * @param check its name
   * @param failedRuns how many preflights in a row it had failed
   */
  @EventType("health.check_recovered")
  record CheckRecovered(String check, int failedRuns) implements DependencyEvent {}

  /**
   * All checks were made.
   *
   * @param passed how many passed
   * @param failed the names of those that failed, in their order
   * @param took how long it took
   */
  @EventType("health.preflight")
  record Preflight(int passed, List<String> failed, Duration took) implements DependencyEvent {
    /** Copies {@code failed}. */
    public Preflight {
      failed = List.copyOf(failed);
    }
  }

  /**
   * A dependency failed more often in a row than is put up with; told once, until it recovers.
   *
   * @param dependency its name
   * @param failures how often in a row
   * @param threshold more than so many in a row are critical
   * @param why the last failure, in words
   */
  @EventType("health.dependency_critical")
  record Critical(String dependency, int failures, int threshold, String why)
      implements DependencyEvent {}

  /**
   * A dependency that was critical is there again.
   *
   * @param dependency its name
   * @param failures how often in a row it had failed
   */
  @EventType("health.dependency_recovered")
  record Recovered(String dependency, int failures) implements DependencyEvent {}
}
