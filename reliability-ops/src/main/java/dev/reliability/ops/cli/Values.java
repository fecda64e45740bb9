package dev.reliability.ops.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How times and durations are written on the command line. */
final class Values {
  private static final Pattern SHORT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

  private Values() {}

  /** An ISO time with its offset, such as {@code 2026-02-28T00:00:00+00:00}. */
  static final class Time implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String value) {
      try {
        return OffsetDateTime.parse(value).toInstant();
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "expected a time with its offset, such as 2026-02-28T00:00:00+00:00, got \""
                + value
                + "\"");
      }
    }
  }

  /**
   * {@code 90s}, {@code 30m}, {@code 2h}, {@code 7d}, {@code 500ms}, or ISO such as {@code PT1H}.
   */
  static final class Span implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      try {
        Matcher matcher = SHORT.matcher(value);
        Duration span = matcher.matches() ? of(matcher) : Duration.parse(value);
        if (!span.isNegative()) {
          return span;
        }
      } catch (DateTimeException | ArithmeticException e) {
        // told below
      }
      throw new TypeConversionException(
          "expected a duration such as 90s, 30m or PT1H, got \"" + value + "\"");
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
  }
}
