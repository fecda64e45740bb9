package dev.reliability.ops.analysis;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A span of wall time, {@code [since, until)} (requirement E1). Immutable.
 *
 * @param since the first moment of it
 * @param until the first moment after it; the same as {@code since} for an empty one
 */
public record Window(Instant since, Instant until) {
  /** All of time. */
  public static final Window ALL = new Window(Instant.MIN, Instant.MAX);

  /**
   * Checks the order.
   *
   * @throws IllegalArgumentException if {@code until} is before {@code since}
   */
  public Window {
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(until, "until");
    if (until.isBefore(since)) {
      throw new IllegalArgumentException(
          "until: expected a time that is not before " + since + ", got " + until);
    }
  }

  /** What ended at {@code until} and is so long; it begins no earlier than time does. */
  public static Window before(Instant until, Duration length) {
    return new Window(earlier(until, length), until);
  }

  /** Whether a time is in it. */
  public boolean contains(Instant time) {
    return !time.isBefore(since) && time.isBefore(until);
  }

  /** How long it is. */
  public Duration length() {
    return Duration.between(since, until);
  }

  /** One that begins earlier and ends later by so much, as far as there is time. */
  public Window widened(Duration before, Duration after) {
    return new Window(earlier(since, before), later(until, after));
  }

  static Instant earlier(Instant time, Duration by) {
    try {
      return time.minus(by);
    } catch (DateTimeException | ArithmeticException beforeAllTime) {
      return Instant.MIN;
    }
  }

  static Instant later(Instant time, Duration by) {
    try {
      return time.plus(by);
    } catch (DateTimeException | ArithmeticException afterAllTime) {
      return Instant.MAX;
    }
  }

  @Override
  public String toString() {
    return "[" + since + ", " + until + ")";
  }
}
