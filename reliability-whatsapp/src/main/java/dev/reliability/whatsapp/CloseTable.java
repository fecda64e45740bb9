package dev.reliability.whatsapp;

import static dev.reliability.core.link.CloseClass.COOL_DOWN;
import static dev.reliability.core.link.CloseClass.LOCAL;
import static dev.reliability.core.link.CloseClass.PAIRING_EXPIRED;
import static dev.reliability.core.link.CloseClass.RETRY;
import static dev.reliability.core.link.CloseClass.RETRY_IMMEDIATELY;
import static dev.reliability.core.link.CloseClass.STOP_BANNED;
import static dev.reliability.core.link.CloseClass.STOP_CONFIG;
import static dev.reliability.core.link.CloseClass.STOP_LOGGED_OUT;
import static dev.reliability.core.link.CloseClass.STOP_OUTDATED;
import static dev.reliability.core.link.CloseClass.STOP_REPLACED;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a close of WhatsApp means. A pure function; what is not known is tried again.
 *
 * <p>The message, the stream error's name and its attributes come before the number: 408 also means
 * that nobody read the QR code, 401 also that this side logged out, and 500 is any error without a
 * number.
 */
public final class CloseTable {
  private static final String INTENTIONAL = "Intentional Logout";
  private static final String QR_EXPIRED = "QR refs attempts ended";
  private static final long EPOCH_FROM = 1_000_000_000L;
  private static final int TEMPORARY_BAN = 402;
  private static final int UNAVAILABLE = 503;
  private static final int TOO_MANY = 429;

  /** What each number means, unless something else is known. Every other is tried again. */
  static final Map<Integer, CloseClass> BY_CODE =
      Map.ofEntries(
          Map.entry(400, STOP_CONFIG),
          Map.entry(401, STOP_LOGGED_OUT),
          Map.entry(402, STOP_BANNED),
          Map.entry(403, STOP_BANNED),
          Map.entry(405, STOP_OUTDATED),
          Map.entry(406, STOP_BANNED),
          Map.entry(408, RETRY),
          Map.entry(409, STOP_OUTDATED),
          Map.entry(411, STOP_CONFIG),
          Map.entry(413, RETRY_IMMEDIATELY),
          Map.entry(414, RETRY_IMMEDIATELY),
          Map.entry(415, STOP_CONFIG),
          Map.entry(418, STOP_CONFIG),
          Map.entry(428, RETRY),
          Map.entry(429, COOL_DOWN),
          Map.entry(440, STOP_REPLACED),
          Map.entry(500, RETRY),
          Map.entry(501, RETRY),
          Map.entry(503, RETRY),
          Map.entry(515, RETRY_IMMEDIATELY),
          Map.entry(516, RETRY));

  private CloseTable() {}

  /**
   * What a close means.
   *
   * @param close what is known of it
   * @param previous what is known of the close before, if the link was not open in between; null if
   *     it was, or there was none
   * @param now the wall clock, for bans that say until when
   */
  public static CloseReason reason(CloseInfo close, @Nullable CloseInfo previous, Instant now) {
    Integer code = close.code();
    String shown = code != null ? code.toString() : shownWithoutCode(close);
    if (close.isLocal() || close.message().contains(INTENTIONAL)) {
      return CloseReason.of(LOCAL, shown, close.message());
    }
    if (isReplaced(close)) {
      return CloseReason.of(STOP_REPLACED, shown, close.message());
    }
    if (close.message().contains(QR_EXPIRED)) {
      return CloseReason.of(PAIRING_EXPIRED, shown, close.message());
    }
    if (code == null) {
      Integer http = close.httpStatus();
      return CloseReason.of(
          http != null && http == TOO_MANY ? COOL_DOWN : RETRY, shown, close.message());
    }
    Duration ban = code == TEMPORARY_BAN ? expiry(close.attrs().get("expire"), now) : null;
    if (ban != null) {
      return new CloseReason(COOL_DOWN, shown, close.message(), ban);
    }
    if (code == UNAVAILABLE && previous != null && isCode(previous, UNAVAILABLE)) {
      return CloseReason.of(COOL_DOWN, shown, close.message());
    }
    return CloseReason.of(BY_CODE.getOrDefault(code, RETRY), shown, close.message());
  }

  private static boolean isReplaced(CloseInfo close) {
    return "conflict".equals(close.tag()) && "replaced".equals(close.attrs().get("type"));
  }

  private static boolean isCode(CloseInfo close, int code) {
    Integer its = close.code();
    return its != null && its == code;
  }

  private static String shownWithoutCode(CloseInfo close) {
    Integer http = close.httpStatus();
    return http != null ? "http " + http : close.tag();
  }

  /** Seconds from now, or since the epoch if they are too many for that; null if there are none. */
  private static @Nullable Duration expiry(@Nullable String expire, Instant now) {
    long seconds;
    try {
      seconds = expire == null ? 0 : Long.parseLong(expire);
    } catch (NumberFormatException e) {
      return null;
    }
    if (seconds <= 0) {
      return null;
    }
    long left = seconds > EPOCH_FROM ? seconds - now.getEpochSecond() : seconds;
    return Duration.ofSeconds(Math.max(left, 0));
  }
}
