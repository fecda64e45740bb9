package dev.reliability.core.incident;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Something that changed how an incident stands. Immutable, and never rewritten.
 *
 * @param kind what changed
 * @param at when, wall time
 * @param by the person or program that did it
 * @param text in words: the title, the fix, the confirmation, why it is open again
 * @param lines what was checked, if it was resolved
 */
public record Change(Kind kind, Instant at, String by, String text, List<String> lines) {

  /** Copies {@code lines}. */
  public Change {
    lines = ImmutableList.copyOf(lines);
  }

  /** What may change. */
  public enum Kind {
    /** It was opened. */
    OPENED,
    /** A fix was put in place. */
    FIX_MARKED,
    /** It was closed. */
    RESOLVED,
    /** Somebody opened it again. */
    REOPENED,
    /** It happened again. */
    RECURRED;

    /** The spelling that leaves the process, such as {@code fix_marked}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind fromWireName(String name) {
      return Arrays.stream(values())
          .filter(kind -> kind.wireName().equals(name))
          .findAny()
          .orElseThrow(
              () -> new IllegalArgumentException("change: expected a kind, got \"" + name + "\""));
    }
  }
}
