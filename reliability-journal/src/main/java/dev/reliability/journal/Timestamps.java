package dev.reliability.journal;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The envelope's time: ISO-8601 in UTC with exactly three digits of milliseconds, such as {@code
 * 2026-01-01T00:00:00.000Z}. What an instant has below a millisecond is cut off.
 */
final class Timestamps {
  /** What a reader is told to write. */
  static final String EXPECTED =
      "a time in UTC with milliseconds, such as 2026-01-01T00:00:00.000Z";

  /** The length of a time in the years 0 to 9999. */
  static final int LENGTH = 24;

  /** The length of the part of it before the seconds. */
  static final int MINUTE_LENGTH = 17;

  /** The length of the part of it that ends with the seconds. */
  static final int SECONDS_LENGTH = 19;

  /**
   * What {@link #parseMillis} and {@link #parseSeconds} give for anything that is not such a time.
   */
  static final long NONE = Long.MIN_VALUE;

  private static final int DAY_SECONDS = 86_400;
  private static final long YEAR_0 = LocalDate.of(0, 1, 1).toEpochDay() * DAY_SECONDS;
  private static final long YEAR_10000 = LocalDate.of(10_000, 1, 1).toEpochDay() * DAY_SECONDS;

  /** For the years that do not fit four digits. */
  private static final DateTimeFormatter FAR =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private Timestamps() {}

  /** Writes {@code time} with its quotes. */
  static void write(LineWriter out, Instant time) {
    out.raw('"');
    long seconds = time.getEpochSecond();
    if (seconds < YEAR_0 || seconds >= YEAR_10000) {
      out.ascii(FAR.format(time));
    } else {
      int second = Math.floorMod(seconds, DAY_SECONDS);
      writeNear(
          out, Math.floorDiv(seconds, DAY_SECONDS), second, time.get(ChronoField.MILLI_OF_SECOND));
    }
    out.raw('"');
  }

  private static void writeNear(LineWriter out, long day, int second, int millis) {
    LocalDate date = LocalDate.ofEpochDay(day);
    out.padded(date.getYear(), 4);
    out.raw('-');
    out.padded(date.getMonthValue(), 2);
    out.raw('-');
    out.padded(date.getDayOfMonth(), 2);
    out.raw('T');
    out.padded(second / 3600, 2);
    out.raw(':');
    out.padded(second / 60 % 60, 2);
    out.raw(':');
    out.padded(second % 60, 2);
    out.raw('.');
    out.padded(millis, 3);
    out.raw('Z');
  }

  /**
   * Reads exactly what {@link #write} writes, without the quotes.
   *
   * @throws CodecException naming {@code key} if it is anything else
   */
  static Instant parse(String key, String text) {
    if (text.length() == LENGTH) {
      long millis = parseMillis(text.getBytes(StandardCharsets.ISO_8859_1), 0);
      if (millis != NONE) {
        return Instant.ofEpochMilli(millis);
      }
    } else if (text.startsWith("+") || text.startsWith("-")) {
      try {
        Instant time = FAR.parse(text, Instant::from);
        if (FAR.format(time).equals(text)) {
          return time;
        }
      } catch (DateTimeException e) {
        throw new CodecException(key, EXPECTED, CodecException.quoted(text), e);
      }
    }
    throw new CodecException(key, EXPECTED, CodecException.quoted(text));
  }

  /**
   * The milliseconds since 1970 of the {@link #LENGTH} bytes from {@code from} on, or {@link
   * #NONE}.
   */
  static long parseMillis(byte[] bytes, int from) {
    long seconds = parseSeconds(bytes, from);
    int millis = parseMillisOfMinute(bytes, from + MINUTE_LENGTH);
    return seconds == NONE || millis < 0 ? NONE : seconds * 1000 + millis % 1000;
  }

  /** The milliseconds in the bytes behind the minute, such as {@code 59.999Z}, or -1. */
  static int parseMillisOfMinute(byte[] bytes, int from) {
    int second = digits(bytes, from, 2);
    int millis = digits(bytes, from + 3, 3);
    if (second < 0
        || second > 59
        || millis < 0
        || bytes[from + 2] != '.'
        || bytes[from + 6] != 'Z') {
      return -1;
    }
    return second * 1000 + millis;
  }

  /**
   * The seconds since 1970 of the {@link #SECONDS_LENGTH} bytes from {@code from} on, or {@link
   * #NONE}.
   */
  static long parseSeconds(byte[] bytes, int from) {
    if (bytes[from + 4] != '-'
        || bytes[from + 7] != '-'
        || bytes[from + 10] != 'T'
        || bytes[from + 13] != ':'
        || bytes[from + 16] != ':') {
      return NONE;
    }
    int year = digits(bytes, from, 4);
    int month = digits(bytes, from + 5, 2);
    int day = digits(bytes, from + 8, 2);
    int hour = digits(bytes, from + 11, 2);
    int minute = digits(bytes, from + 14, 2);
    int second = digits(bytes, from + 17, 2);
    if ((year | hour | minute | second) < 0
        || hour > 23
        || minute > 59
        || second > 59
        || month < 1
        || month > 12
        || day < 1
        || day > daysIn(year, month)) {
      return NONE;
    }
    return LocalDate.of(year, month, day).toEpochDay() * DAY_SECONDS
        + (hour * 60L + minute) * 60
        + second;
  }

  /**
   * The time in any precision that {@code line} has just read as a text, or null if it is not in
   * the years 0 to 9999.
   */
  static @Nullable Instant glance(Glance line) {
    int from = line.textFrom;
    int last = from + line.textLength - 1;
    int digits = last - from - SECONDS_LENGTH - 1;
    if (digits < -1 || digits == 0 || digits > 9 || line.bytes[last] != 'Z') {
      return null;
    }
    long seconds = parseSeconds(line.bytes, from);
    int nanos = digits < 0 ? 0 : digits(line.bytes, from + SECONDS_LENGTH + 1, digits);
    if (seconds == NONE || nanos < 0 || (digits > 0 && line.bytes[from + SECONDS_LENGTH] != '.')) {
      return null;
    }
    for (int i = digits; i > 0 && i < 9; i++) {
      nanos *= 10;
    }
    return Instant.ofEpochSecond(seconds, nanos);
  }

  private static int daysIn(int year, int month) {
    if (month == 2) {
      return Year.isLeap(year) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }

  private static int digits(byte[] bytes, int from, int count) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
