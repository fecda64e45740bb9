package dev.reliability.whatsapp.gateway;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import java.net.http.HttpHeaders;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What an answer that is not the hoped-for one means for a connection. Pure functions. */
final class GatewayCloses {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int TOO_MANY = 429;

  private GatewayCloses() {}

  /**
   * An HTTP status where another was needed.
   *
   * @param what was asked, such as {@code the upgrade to a WebSocket}
   */
  static CloseReason answered(String what, int status, HttpHeaders headers) {
    String code = "http " + status;
    String said = what + " was answered with " + status;
    return switch (status) {
      case UNAUTHORIZED, FORBIDDEN ->
          CloseReason.of(CloseClass.STOP_CONFIG, code, said + ": the key was refused");
      case TOO_MANY -> new CloseReason(CloseClass.COOL_DOWN, code, said, retryAfter(headers));
      default -> CloseReason.of(CloseClass.RETRY, code, said);
    };
  }

  /** Nothing came that could be understood. */
  static CloseReason failed(String what, String why) {
    return CloseReason.of(CloseClass.RETRY, "", what + " failed: " + why);
  }

  /** The header's seconds; null if there are none. Its other form, a date, is not heeded. */
  private static @Nullable Duration retryAfter(HttpHeaders headers) {
    String value = headers.firstValue("Retry-After").orElse("");
    try {
      long seconds = Long.parseLong(value.strip());
      return seconds < 0 ? null : Duration.ofSeconds(seconds);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
