package dev.reliability.micrometer;

import java.time.Instant;

/** Points in time as numbers that never overflow. */
final class Times {
  private static final long FARTHEST = Long.MAX_VALUE / 2000;

  private Times() {}

  /** Milliseconds since 1970, of which the year may be any. */
  static long millis(Instant time) {
    long seconds = Math.max(-FARTHEST, Math.min(FARTHEST, time.getEpochSecond()));
    return seconds * 1000 + time.getNano() / 1_000_000;
  }

  /** The same, where 0 means that there is none. */
  static long shown(long millis) {
    return Math.max(1, millis);
  }
}
