package dev.reliability.core.lane;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What makes two failures the same: the lane and the reason, with everything taken out that differs
 * from one time to the next (requirement J1). Immutable; a pure function of lane and reason.
 *
 * @param value {@code lane:reason}, normalised
 * @param version of the rules that normalised it: fingerprints of two versions are never compared
 * @param raw the reason as it came
 * @param replaced what was taken out of it, in words: why two failures that look different are one
 */
public record FailureFingerprint(String value, int version, String raw, List<String> replaced) {
  /** The version of the rules below. They never change without it. */
  public static final int VERSION = 1;

  private static final int LONGEST = 300;

  private record Rule(String name, Pattern pattern, String with) {}

  // In this order: what is longer and more special comes first.
  private static final List<Rule> RULES =
      List.of(
          rule(
              "times",
              "\\b\\d{4}-\\d{2}-\\d{2}(?:[tT ]\\d{2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?(?:[zZ]|[+-]\\d{2}:?\\d{2})?)?",
              "<time>"),
          rule("times", "\\b\\d{1,2}:\\d{2}:\\d{2}(?:[.,]\\d+)?\\b", "<time>"),
          rule("urls", "\\b[a-z][a-z0-9+.-]{1,20}://[^\\s\"'<>)]+", "<url>"),
          rule("ids", "\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b", "<id>"),
          rule("paths", "(?<![\\w/.<])(?:[a-z]:)?(?:[\\\\/][\\w.@+~-]+){2,}[\\\\/]?", "<path>"),
          rule("paths", "(?<![\\w/.<])(?:\\.{1,2}|~)(?:/[\\w.@+~-]+)+", "<path>"),
          rule("ids", "\\b0x[0-9a-f]+\\b", "<id>"),
          rule("ids", "\\b(?=[0-9a-f]*\\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\\b", "<id>"),
          rule("numbers", "(?<![a-z<])[+-]?\\d+(?:[.,:]\\d+)*", "<n>"),
          rule("numbers", "(?<=[a-z_-])\\d+(?:[.,:-]\\d+)*", "<n>"));

  /** Copies {@code replaced}. */
  public FailureFingerprint {
    replaced = List.copyOf(replaced);
  }

  /** The fingerprint of a failure. */
  public static FailureFingerprint of(String lane, String reason) {
    String cut = reason.length() > 4 * LONGEST ? reason.substring(0, 4 * LONGEST) : reason;
    String text = cut.toLowerCase(Locale.ROOT);
    List<String> replaced = new ArrayList<>();
    for (Rule rule : RULES) {
      String next = rule.pattern().matcher(text).replaceAll(rule.with());
      if (!next.equals(text) && !replaced.contains(rule.name())) {
        replaced.add(rule.name());
      }
      text = next;
    }
    text = text.strip().replaceAll("\\s+", " ");
    if (text.length() > LONGEST) {
      text = text.substring(0, LONGEST);
      replaced.add("what is beyond " + LONGEST + " characters");
    }
    return new FailureFingerprint(lane + ":" + text, VERSION, reason, replaced);
  }

  /** The value with its version: by which failures are counted. */
  String counted() {
    return "v" + version + " " + value;
  }

  /** Whether two failures are the same one. */
  public boolean isSameAs(FailureFingerprint other) {
    return version == other.version && value.equals(other.value);
  }

  private static Rule rule(String name, String pattern, String with) {
    return new Rule(name, Pattern.compile(pattern), with);
  }
}
