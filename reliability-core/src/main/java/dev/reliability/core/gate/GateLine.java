package dev.reliability.core.gate;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.health.GateVerdict;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * One thing that was judged (requirement G6). Immutable.
 *
 * @param name what was judged, such as {@code lane jarvis-worker-1}
 * @param verdict what it came to
 * @param why in words, also if it is well
 * @param evidence rows that show it, such as a run and how it ended
 */
public record GateLine(String name, GateVerdict verdict, String why, List<String> evidence) {

  /** Copies {@code evidence}. */
  public GateLine {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(why, "why");
    evidence = ImmutableList.copyOf(evidence);
  }

  /** It is well. */
  public static GateLine pass(String name, String why, String... evidence) {
    return new GateLine(name, GateVerdict.GO, why, List.of(evidence));
  }

  /** It is not well. */
  public static GateLine fail(String name, String why, String... evidence) {
    return new GateLine(name, GateVerdict.NO_GO, why, List.of(evidence));
  }

  /** Nobody can say. */
  public static GateLine inconclusive(String name, String why, String... evidence) {
    return new GateLine(name, GateVerdict.INCONCLUSIVE, why, List.of(evidence));
  }

  /** {@code PASS name: why}, {@code FAIL ...} or {@code INCONCLUSIVE ...}, on one line. */
  public String text() {
    return oneLine(word(verdict) + " " + name + ": " + why);
  }

  /** The texts of lines, each with its evidence indented below it. */
  public static String text(List<GateLine> lines) {
    StringBuilder text = new StringBuilder();
    for (GateLine line : lines) {
      text.append(line.text()).append('\n');
      line.evidence().forEach(row -> text.append("  ").append(oneLine(row)).append('\n'));
    }
    return text.toString();
  }

  static String word(GateVerdict verdict) {
    return switch (verdict) {
      case GO -> "PASS";
      case NO_GO -> "FAIL";
      case INCONCLUSIVE -> "INCONCLUSIVE";
    };
  }

  /** Without anything that ends a line or talks to a terminal. */
  private static String oneLine(String words) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append(' ');
        default -> {
          if (Character.isISOControl(c)) {
            line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
    return line.toString();
  }
}
