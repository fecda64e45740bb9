package dev.reliability.core.health;

import java.util.Locale;

/** Whether something may go ahead. */
public enum GateVerdict {
  /** It may: everything that was asked for was seen, and is recent enough. */
  GO,
  /** Nobody can tell: something was not seen yet, or too long ago. Never taken for a GO. */
  INCONCLUSIVE,
  /** It must not. */
  NO_GO;

  /** The worse of the two: {@code NO_GO} beats {@code INCONCLUSIVE}, which beats {@code GO}. */
  public GateVerdict and(GateVerdict other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** The spelling that leaves the process, such as {@code no_go}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
