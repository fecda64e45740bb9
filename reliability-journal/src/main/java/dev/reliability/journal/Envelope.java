package dev.reliability.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A quick look at a line that is spelled exactly as {@link EventEncoder} spells it: where its parts
 * are, without making objects of them. It says nothing about what is inside the attributes. Reused
 * from line to line; not thread-safe.
 */
final class Envelope {
  private static final byte[] BEGIN = ascii("{\"v\":" + EventCodec.VERSION + ",\"epoch\":\"");
  private static final byte[] SEQ = ascii("\"seq\":");
  private static final byte[] TS = ascii("\"ts\":\"");
  private static final byte[] MONO = ascii("\"mono\":");
  private static final byte[] NODE = ascii("\"node\":\"");
  private static final byte[] TYPE = ascii("\"type\":\"");
  private static final byte[] LANE = ascii("\"lane\":\"");
  private static final byte[] ITEM = ascii("\"item\":\"");
  private static final byte[] RUN = ascii("\"run\":\"");
  private static final byte[] TOKEN = ascii("\"token\":");
  private static final byte[] ACTOR = ascii("\"actor\":\"");
  private static final byte[] CAUSE = ascii("\"cause\":\"");
  private static final byte[] ATTRS = ascii("\"attrs\":{");
  private static final int MOST_DIGITS = 18;

  /** One part of the line that is a text of plain ASCII without escapes. */
  static final class Part {
    int from;
    int length;
    private String last = "";

    /** The text; the same object as last time if it is the same text. */
    String text(byte[] bytes) {
      if (!is(bytes, last)) {
        last = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
      }
      return last;
    }

    @Nullable String textOrNull(byte[] bytes) {
      return length < 0 ? null : text(bytes);
    }

    private boolean is(byte[] bytes, String text) {
      if (text.length() != length) {
        return false;
      }
      for (int i = 0; i < length; i++) {
        if (text.charAt(i) != bytes[from + i]) {
          return false;
        }
      }
      return true;
    }

    boolean is(byte[] bytes, byte[] text) {
      return Arrays.equals(bytes, from, from + length, text, 0, text.length);
    }
  }

  final Part epoch = new Part();
  final Part node = new Part();
  final Part type = new Part();
  final Part lane = new Part();
  final Part item = new Part();
  final Part run = new Part();
  final Part actor = new Part();
  final Part cause = new Part();
  long seq;
  long millis;
  long mono;
  long token;

  /** Where the attributes' brace is, and how many bytes they have if nothing else follows them. */
  int attrsFrom;

  int attrsLength;

  private byte[] bytes = {};
  private int at;
  private int to;
  private long number;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Looks at the line up to its time.
   *
   * @return false if it is spelled in any other way; only a full reading can then tell what it is
   */
  boolean head(byte[] line, int from, int length) {
    bytes = line;
    at = from;
    to = from + length;
    if (!literal(BEGIN) || !text(epoch) || !literal(SEQ) || !number()) {
      return false;
    }
    seq = number;
    if (!literal(TS) || to - at < Timestamps.LENGTH + 2) {
      return false;
    }
    millis = Timestamps.parseMillis(bytes, at);
    at += Timestamps.LENGTH;
    return millis != Timestamps.NONE && bytes[at++] == '"' && bytes[at++] == ',';
  }

  /** Goes on after {@link #head} up to the type. */
  boolean upToType() {
    if (!literal(MONO) || !number()) {
      return false;
    }
    mono = number;
    return literal(NODE) && text(node) && literal(TYPE) && text(type);
  }

  /** Goes on after {@link #upToType} up to the attributes. */
  boolean upToAttrs() {
    token = 0;
    if (!optional(LANE, lane) || !optional(ITEM, item) || !optional(RUN, run)) {
      return false;
    }
    if (literal(TOKEN)) {
      if (!number()) {
        return false;
      }
      token = number;
    }
    if (!optional(ACTOR, actor) || !optional(CAUSE, cause) || !literal(ATTRS)) {
      return false;
    }
    attrsFrom = at - 1;
    attrsLength = to - 1 - attrsFrom;
    return attrsLength >= 2 && bytes[to - 1] == '}';
  }

  private boolean literal(byte[] expected) {
    int end = at + expected.length;
    if (end > to || !Arrays.equals(bytes, at, end, expected, 0, expected.length)) {
      return false;
    }
    at = end;
    return true;
  }

  private boolean optional(byte[] key, Part part) {
    part.length = -1;
    return !literal(key) || text(part);
  }

  /** The rest of a string whose opening quote was read, and the comma behind it. */
  private boolean text(Part part) {
    int start = at;
    int i = start;
    while (i < to && bytes[i] != '"') {
      if (bytes[i] < ' ' || bytes[i] == '\\') {
        return false; // a byte of more than 7 bits is negative, so it ends here too
      }
      i++;
    }
    if (i + 1 >= to || bytes[i + 1] != ',') {
      return false;
    }
    part.from = start;
    part.length = i - start;
    at = i + 2;
    return true;
  }

  /** A whole number and the comma behind it. */
  private boolean number() {
    boolean negative = at < to && bytes[at] == '-';
    int start = negative ? at + 1 : at;
    int i = start;
    long value = 0;
    while (i < to && bytes[i] >= '0' && bytes[i] <= '9' && i - start < MOST_DIGITS) {
      value = value * 10 + (bytes[i++] - '0');
    }
    if (i == start || i >= to || bytes[i] != ',' || (bytes[start] == '0' && i - start > 1)) {
      return false;
    }
    number = negative ? -value : value;
    at = i + 1;
    return true;
  }
}
