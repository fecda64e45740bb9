package dev.reliability.testkit.fault;

import java.time.Duration;

/** The check that faults share. */
final class Times {
  private Times() {}

  static void notNegative(String what, Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException(what + ": expected zero or more, got " + by);
    }
  }
}
