package dev.reliability.journal;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A finger on the bytes of one line that is, so far, spelled as this library spells it. Each method
 * reads one thing and moves on, or finds something else there and says so; it never guesses, and
 * what it refuses may still be right in another spelling. Reused from line to line; not
 * thread-safe.
 */
final class Glance {
  /** What reading a value gives if it is not spelled as this library spells it. */
  static final Object NO = new Object();

  private static final int MOST_DIGITS = 18;
  private static final int MOST_MILLIS_DIGITS = 12;
  private static final int FRACTION_DIGITS = 6;

  byte[] bytes = {};
  int at;
  int to;

  /** What {@link #number()} or {@link #millisAsNanos()} read. */
  long number;

  /** Where the text that {@link #text()} read begins. */
  int textFrom;

  int textLength;
  private boolean ascii;

  void reset(byte[] line, int from, int length) {
    bytes = line;
    at = from;
    to = from + length;
  }

  boolean isAtEnd() {
    return at == to;
  }

  boolean one(char expected) {
    if (at < to && bytes[at] == expected) {
      at++;
      return true;
    }
    return false;
  }

  boolean literal(byte[] expected) {
    int length = expected.length;
    if (at + length > to || !ByteWords.equal(bytes, at, expected)) {
      return false;
    }
    at += length;
    return true;
  }

  /** The rest of a string without escapes, behind its opening quote, and its closing quote. */
  boolean text() {
    byte[] line = bytes;
    int end = to;
    int i = at;
    long or = 0;
    while (i + Long.BYTES <= end) {
      long word = ByteWords.get(line, i);
      long marks =
          ByteWords.equal(word, '"') | ByteWords.equal(word, '\\') | ByteWords.less(word, ' ');
      if (marks != 0) {
        int clean = ByteWords.first(marks);
        or |= word & ((1L << (clean * Byte.SIZE)) - 1);
        return textTo(i + clean, or);
      }
      or |= word;
      i += Long.BYTES;
    }
    while (i < end && line[i] != '"' && line[i] != '\\' && (line[i] & 0xFF) >= ' ') {
      or |= line[i++];
    }
    return i < end && textTo(i, or);
  }

  private boolean textTo(int end, long or) {
    textFrom = at;
    textLength = end - at;
    ascii = (or & ByteWords.HIGH_BITS) == 0;
    at = end + 1;
    return bytes[end] == '"';
  }

  boolean isAscii() {
    return ascii;
  }

  /** The text that {@link #text()} read, or null if its bytes may not be UTF-8. */
  @Nullable String string() {
    if (ascii) {
      return new String(bytes, textFrom, textLength, StandardCharsets.ISO_8859_1);
    }
    String text = new String(bytes, textFrom, textLength, StandardCharsets.UTF_8);
    return text.indexOf('\uFFFD') < 0 ? text : null;
  }

  /** A string with both its quotes, or null if it is not one. */
  @Nullable String quoted() {
    return one('"') && text() ? string() : null;
  }

  /** Whether a string with both its quotes is here that {@link #quoted()} would give. */
  boolean isQuoted() {
    return one('"') && text() && (ascii || string() != null);
  }

  /** A whole number with something behind it that ends it. */
  boolean number() {
    boolean negative = one('-');
    long value = digits(MOST_DIGITS);
    number = negative ? -value : value;
    return value >= 0 && isEnded();
  }

  /** A number of milliseconds, as {@link Millis} spells it; {@link #number} is then nanoseconds. */
  boolean millisAsNanos() {
    boolean negative = one('-');
    long value = digits(MOST_MILLIS_DIGITS);
    if (value < 0) {
      return false;
    }
    value *= 1_000_000;
    if (one('.')) {
      int start = at;
      long fraction = 0;
      long unit = 1_000_000;
      while (at < to && bytes[at] >= '0' && bytes[at] <= '9' && at - start < FRACTION_DIGITS) {
        unit /= 10;
        fraction += (bytes[at++] - '0') * unit;
      }
      if (at == start) {
        return false;
      }
      value += fraction;
    }
    number = negative ? -value : value;
    return isEnded();
  }

  /** Digits without a needless zero in front, or -1. */
  private long digits(int most) {
    byte[] line = bytes;
    int start = at;
    int end = Math.min(to, start + most);
    int i = start;
    long value = 0;
    while (i + Long.BYTES <= end) {
      long eight = ByteWords.digits(ByteWords.get(line, i));
      if (eight < 0) {
        break;
      }
      value = value * 100_000_000 + eight;
      i += Long.BYTES;
    }
    while (i < end && line[i] >= '0' && line[i] <= '9') {
      value = value * 10 + (line[i++] - '0');
    }
    at = i;
    return i == start || (line[start] == '0' && i - start > 1) ? -1 : value;
  }

  private boolean isEnded() {
    return at < to && (bytes[at] == ',' || bytes[at] == '}');
  }
}
