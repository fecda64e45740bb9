package dev.reliability.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer of whole lines of JSON in UTF-8, and the few strokes of JSON that events need.
 * Nothing is allocated but the buffer. Not thread-safe.
 *
 * <p>Half of a surrogate pair has no spelling in UTF-8; it becomes U+FFFD.
 */
final class LineWriter {
  private static final int CHUNK = 512;
  private static final int KEPT = 256 * 1024;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MIN_LONG =
      Long.toString(Long.MIN_VALUE).getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

  /**
   * For each ASCII character: 0 if it stands for itself, 1 if it needs a u-escape, else the letter
   * behind the backslash.
   */
  private static final byte[] ESCAPES = new byte[128];

  static {
    Arrays.fill(ESCAPES, 0, 32, (byte) 1);
    ESCAPES['\b'] = 'b';
    ESCAPES['\t'] = 't';
    ESCAPES['\n'] = 'n';
    ESCAPES['\f'] = 'f';
    ESCAPES['\r'] = 'r';
    ESCAPES['"'] = '"';
    ESCAPES['\\'] = '\\';
  }

  private final int initial;
  private byte[] bytes;
  private int size;
  private int lineStart;

  LineWriter(int initial) {
    this.initial = initial;
    bytes = new byte[initial];
  }

  /**
   * The bytes; those before {@link #size()} count. Changed by the next call to any other method.
   */
  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Forgets what was written of a line that will not be finished. */
  void rollBack() {
    size = lineStart;
  }

  /** Ends the line. */
  void endLine() {
    raw('\n');
    checkLength();
    lineStart = size;
  }

  /** Removes the first {@code count} bytes, which must end with a line. */
  void discard(int count) {
    System.arraycopy(bytes, count, bytes, 0, size - count);
    size -= count;
    lineStart = size;
    if (size == 0 && bytes.length > KEPT) {
      bytes = new byte[initial];
    }
  }

  void raw(char ascii) {
    room(1);
    bytes[size++] = (byte) ascii;
  }

  void raw(byte[] ready) {
    room(ready.length);
    System.arraycopy(ready, 0, bytes, size, ready.length);
    size += ready.length;
  }

  /**
   * A key with its quotes and colon as it was prepared by {@link #preparedKey}, behind a comma if
   * it needs one.
   */
  void key(byte[] prepared) {
    comma();
    raw(prepared);
  }

  /** A comma, unless this is the first element of an object or a list. */
  void comma() {
    byte last = bytes[size - 1];
    if (last != '{' && last != '[') {
      raw(',');
    }
  }

  static byte[] preparedKey(String name) {
    LineWriter writer = new LineWriter(64);
    writer.text(name);
    writer.raw(':');
    return Arrays.copyOf(writer.bytes, writer.size);
  }

  void bool(boolean value) {
    raw(value ? TRUE : FALSE);
  }

  void number(long value) {
    if (value == Long.MIN_VALUE) {
      raw(MIN_LONG);
      return;
    }
    room(20);
    long rest = value;
    if (rest < 0) {
      bytes[size++] = '-';
      rest = -rest;
    }
    int digits = 1;
    for (long limit = 10; digits < 19 && rest >= limit; limit *= 10) {
      digits++;
    }
    size += digits;
    for (int at = size - 1; digits > 0; digits--) {
      bytes[at--] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /** {@code value} in exactly {@code digits} digits, with zeros in front. */
  void padded(int value, int digits) {
    room(digits);
    int rest = value;
    for (int at = size + digits - 1; at >= size; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += digits;
  }

  /** Text that is known to be ASCII, without quotes. */
  void ascii(String text) {
    room(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[size++] = (byte) text.charAt(i);
    }
  }

  /** A string with its quotes. */
  void text(String text) {
    raw('"');
    escaped(text);
    raw('"');
  }

  /** What stands between the quotes of a string. */
  void escaped(String text) {
    int length = text.length();
    for (int from = 0; from < length; from += CHUNK) {
      room(6 * CHUNK);
      int to = Math.min(length, from + CHUNK);
      int at = size;
      for (int i = from; i < to; i++) {
        char c = text.charAt(i);
        if (c < 128 && ESCAPES[c] == 0) {
          bytes[at++] = (byte) c;
        } else {
          size = at;
          special(c, text, i);
          at = size;
        }
      }
      size = at;
    }
  }

  private void special(char c, String text, int index) {
    if (c < 128) {
      bytes[size++] = '\\';
      byte letter = ESCAPES[c];
      if (letter != 1) {
        bytes[size++] = letter;
        return;
      }
      bytes[size++] = 'u';
      bytes[size++] = '0';
      bytes[size++] = '0';
      bytes[size++] = HEX[c >> 4];
      bytes[size++] = HEX[c & 15];
    } else if (c < 0x800) {
      bytes[size++] = (byte) (0xC0 | (c >> 6));
      bytes[size++] = (byte) (0x80 | (c & 0x3F));
    } else if (!Character.isSurrogate(c)) {
      threeBytes(c);
    } else if (Character.isHighSurrogate(c)
        && index + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(index + 1))) {
      int point = Character.toCodePoint(c, text.charAt(index + 1));
      bytes[size++] = (byte) (0xF0 | (point >> 18));
      bytes[size++] = (byte) (0x80 | ((point >> 12) & 0x3F));
      bytes[size++] = (byte) (0x80 | ((point >> 6) & 0x3F));
      bytes[size++] = (byte) (0x80 | (point & 0x3F));
    } else if (Character.isHighSurrogate(c)
        || index == 0
        || !Character.isHighSurrogate(text.charAt(index - 1))) {
      threeBytes('\uFFFD');
    } // else the second half of a pair that was written with its first half
  }

  private void threeBytes(char c) {
    bytes[size++] = (byte) (0xE0 | (c >> 12));
    bytes[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
    bytes[size++] = (byte) (0x80 | (c & 0x3F));
  }

  private void room(int count) {
    if (size + count > bytes.length) {
      checkLength();
      bytes = Arrays.copyOf(bytes, Math.max(size + count, bytes.length * 2));
    }
  }

  private void checkLength() {
    if (size - lineStart > EventCodec.MAX_LINE_BYTES) {
      throw new CodecException(
          "line",
          "at most " + EventCodec.MAX_LINE_BYTES + " bytes",
          size - lineStart + " bytes or more");
    }
  }
}
