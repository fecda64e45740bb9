package dev.reliability.core.retry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an operation is told about the attempt that begins. Immutable.
 *
 * @param operation what is tried
 * @param call names the call that the attempt belongs to, unique
 * @param number which attempt of the call it is, from 1
 * @param remaining how long it may take: after that it is given up, whatever it does
 * @param lastError what went wrong with the attempt before it; null for the first
 */
public record RetryAttempt(
    String operation, String call, int number, Duration remaining, @Nullable Throwable lastError) {

  /** Names the attempt, unique. */
  public String id() {
    return call + "/" + number;
  }
}
