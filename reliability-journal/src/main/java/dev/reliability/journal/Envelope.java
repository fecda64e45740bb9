package dev.reliability.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a line's envelope, if the line is spelled exactly as {@link EventEncoder} spells it.
 * Found step by step, so that a line that is not wanted costs no more than the steps that told so.
 * Reused from line to line; not thread-safe.
 */
final class Envelope {
  private static final byte[] BEGIN = ascii("{\"v\":" + EventCodec.VERSION + ",\"epoch\":\"");
  private static final byte[] SEQ = ascii(",\"seq\":");
  private static final byte[] TS = ascii(",\"ts\":\"");
  private static final byte[] MONO = ascii("\",\"mono\":");
  private static final byte[] NODE = ascii(",\"node\":\"");
  private static final byte[] TYPE = ascii(",\"type\":\"");
  private static final byte[] LANE = ascii(",\"lane\":\"");
  private static final byte[] ITEM = ascii(",\"item\":\"");
  private static final byte[] RUN = ascii(",\"run\":\"");
  private static final byte[] TOKEN = ascii(",\"token\":");
  private static final byte[] ACTOR = ascii(",\"actor\":\"");
  private static final byte[] CAUSE = ascii(",\"cause\":\"");
  private static final byte[] ATTRS = ascii(",\"attrs\":");

  /** The line; it stands behind what was read last. */
  final Glance line = new Glance();

  final Part epoch = new Part();
  final Part node = new Part();
  final Part type = new Part();
  final Part lane = new Part();
  final Part item = new Part();
  final Part run = new Part();
  final Part actor = new Part();
  final Part cause = new Part();
  private final Texts texts = new Texts();
  private byte[] minute = {};
  private long minuteMillis;
  long seq;
  long millis;
  long mono;
  long token;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Looks at the line up to its time.
   *
   * @return false if it is spelled in any other way; only a full reading can then tell what it is
   */
  boolean head(byte[] bytes, int from, int length) {
    line.reset(bytes, from, length);
    if (!line.literal(BEGIN) || !epoch.read() || !line.literal(SEQ) || !line.number()) {
      return false;
    }
    seq = line.number;
    return line.literal(TS) && line.to - line.at >= Timestamps.LENGTH && time();
  }

  /** Most lines are of the same minute as the line before. */
  private boolean time() {
    if (minute.length > 0 && line.literal(minute)) {
      int rest = Timestamps.parseMillisOfMinute(line.bytes, line.at);
      millis = minuteMillis + rest;
      line.at += Timestamps.LENGTH - minute.length;
      return rest >= 0;
    }
    millis = Timestamps.parseMillis(line.bytes, line.at);
    if (millis == Timestamps.NONE) {
      return false;
    }
    minute = Arrays.copyOfRange(line.bytes, line.at, line.at + Timestamps.MINUTE_LENGTH);
    minuteMillis = Math.floorDiv(millis, 60_000L) * 60_000;
    line.at += Timestamps.LENGTH;
    return true;
  }

  /** Goes on after {@link #head} up to the type. */
  boolean upToType() {
    if (!line.literal(MONO) || !line.number()) {
      return false;
    }
    mono = line.number;
    return line.literal(NODE) && node.read() && line.literal(TYPE) && type.read();
  }

  /** The type that {@link #upToType} read, or null if this version has none of that name. */
  KnownTypes.@Nullable Known known() {
    return KnownTypes.ALL.find(line.bytes, type.from, type.length);
  }

  /** Goes on after {@link #upToType} up to the attributes. */
  boolean upToAttrs() {
    if (!lane.readIf(LANE) || !item.readIf(ITEM) || !run.readIf(RUN)) {
      return false;
    }
    token = 0;
    if (line.literal(TOKEN)) {
      if (!line.number()) {
        return false;
      }
      token = line.number;
    }
    return actor.readIf(ACTOR) && cause.readIf(CAUSE) && line.literal(ATTRS);
  }

  /** A text of the envelope. */
  final class Part {
    private int from;

    /** Without the quotes; -1 if the part is absent. */
    private int length;

    /** The text, where it had to be made of its bytes to know whether it is one. */
    private @Nullable String made;

    /** The last text that was asked for, and its bytes with the closing quote: most come again. */
    private String last = "";

    private byte[] lastBytes = {'"'};
    private boolean isLast;

    private boolean readIf(byte[] key) {
      length = -1;
      return !line.literal(key) || read();
    }

    private boolean read() {
      from = line.at;
      isLast = line.literal(lastBytes);
      if (isLast) {
        length = lastBytes.length - 1;
        return true;
      }
      if (!line.text()) {
        return false;
      }
      length = line.textLength;
      made = line.isAscii() ? null : line.string();
      return made != null || line.isAscii();
    }

    boolean isPresent() {
      return length >= 0;
    }

    /** Whether these are its bytes. */
    boolean is(byte[] text) {
      return length == text.length && ByteWords.equal(line.bytes, from, text);
    }

    /** The text of a part that is present. */
    String text() {
      if (!isLast) {
        last = made != null ? made : texts.text(line.bytes, from, length);
        lastBytes = Arrays.copyOfRange(line.bytes, from, from + length + 1);
        isLast = true;
      }
      return last;
    }

    @Nullable String textOrNull() {
      return isPresent() ? text() : null;
    }
  }
}
