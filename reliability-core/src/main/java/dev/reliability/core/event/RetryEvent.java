package dev.reliability.core.event;

import java.time.Duration;

/** Something that is tried again and again (requirements N1, N3). */
public sealed interface RetryEvent extends EventData {

  /**
   * An attempt failed, and another one comes.
   *
   * @param operation what is tried
   * @param attempt the attempt that failed, from 1
   * @param delay how long until the next one
   * @param remaining how much time the next attempt will have
   * @param error what went wrong
   */
  @EventType("retry.scheduled")
  record Scheduled(String operation, int attempt, Duration delay, Duration remaining, String error)
      implements RetryEvent {}

  /**
   * It was given up: a bound was met.
   *
   * @param operation what was tried
   * @param attempts how often it was tried
   * @param elapsed how long that took
   * @param why which bound was met, with its value
   * @param error what went wrong the last time
   */
  @EventType("retry.exhausted")
  record Exhausted(String operation, int attempts, Duration elapsed, String why, String error)
      implements RetryEvent {}
}
