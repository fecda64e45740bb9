package dev.reliability.core.incident;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Something that changed how an incident stands. Immutable, and never rewritten.
 *
 * @param kind what changed
 * @param at when, wall time
 * @param by the person or program that did it
 * @param text in words: the title, the fix, the confirmation, why it is open again
 * @param lines what was checked, if it was resolved
 * @param marks how far everything was that is counted (judgements of gates, evidence, occurrences):
 *     what comes after the change has a greater number, whatever the wall clock says
 */
public record Change(
    Kind kind, Instant at, String by, String text, List<String> lines, Map<String, Long> marks) {
  private static final String EVIDENCE = "evidence";

  /** Copies {@code lines} and {@code marks}. */
  public Change {
    lines = ImmutableList.copyOf(lines);
    marks = ImmutableSortedMap.copyOf(marks);
  }

  static String markOfGate(String gate) {
    return "gate " + gate;
  }

  static String markOfSoak(String soak) {
    return "soak " + soak;
  }

  static String markOfEvidence() {
    return EVIDENCE;
  }

  /** How far that was; 0 if it was not there yet. */
  long mark(String name) {
    return marks.getOrDefault(name, 0L);
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
