package dev.reliability.ops.setup;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How durations and sizes are written by people. Pure. */
public final class Spans {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9}) ?(B|KiB|MiB|GiB|TiB)");

  private Spans() {}

  /**
   * {@code 90s}, {@code 30m}, {@code 2h}, {@code 7d}, {@code 500ms}, or ISO such as {@code PT1H}.
   *
   * @throws IllegalArgumentException naming the text if it is none, or negative
   */
  public static Duration duration(String text) {
    try {
      Matcher matcher = DURATION.matcher(text);
      Duration span = matcher.matches() ? of(matcher) : Duration.parse(text);
      if (!span.isNegative()) {
        return span;
      }
    } catch (DateTimeException | ArithmeticException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "expected a duration such as 90s, 30m or PT1H, got \"" + text + "\"");
  }

  private static Duration of(Matcher matcher) {
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  /**
   * Bytes, such as {@code 512MiB} or {@code 1 GiB}.
   *
   * @throws IllegalArgumentException naming the text if it is none
   */
  public static long bytes(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected a size such as 512MiB or 1GiB, got \"" + text + "\"");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "B" -> count;
      case "KiB" -> count << 10;
      case "MiB" -> count << 20;
      case "GiB" -> count << 30;
      default -> count << 40;
    };
  }

  /** The greatest unit of which there is one at least, with one digit behind the point. */
  public static String size(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    long scale = 1;
    while (unit < units.length - 1 && bytes / scale >= 1024) {
      scale <<= 10;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : bytes / scale + "." + bytes % scale * 10 / scale + " " + units[unit];
  }
}
