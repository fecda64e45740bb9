package dev.reliability.ops.cli;

import dev.reliability.ops.setup.Spans;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How times and durations are written on the command line. */
final class Values {
  private Values() {}

  /**
   * Checks a name or a reason.
   *
   * @throws CommandException if it is blank
   */
  static void said(String option, String value) {
    if (value.isBlank()) {
      throw CommandException.usage(option + ": expected words, got \"" + value + "\"");
    }
  }

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
        return Spans.duration(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
