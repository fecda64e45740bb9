package dev.reliability.whatsapp.gateway;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words of one kind of gateway: where it is, what it is asked, and what it says. Pure
 * functions: the same question gets the same answer, nothing waits, and no clock is read. Called by
 * many threads.
 *
 * <p>One that throws harms nobody: where it could not read something it is told in a warning, at
 * most once a minute, and the rest goes on as the methods say. Values of {@link #headers} are
 * secrets: a {@link GatewaySocket} blots them out of whatever it logs or tells.
 */
public interface GatewayMapper {

  /**
   * A session of WAHA, the WhatsApp HTTP API. Its statuses are {@code WORKING} (open), {@code
   * SCAN_QR_CODE} (pairing), {@code STOPPED} and {@code FAILED} (closed); every other is on its
   * way. Messages are texts only; jids of persons are translated ({@code 49...@s.whatsapp.net} is
   * {@code 49...@c.us} there).
   *
   * @param base where it is, such as {@code http://localhost:3000}, without the key
   * @param session the session's name, such as {@code default}
   * @param apiKey what it asks for in the header {@code X-Api-Key}; null if it asks for nothing
   * @throws IllegalArgumentException if the parts cannot be used; the key is not in its text
   */
  static GatewayMapper waha(URI base, String session, @Nullable String apiKey) {
    return new WahaMapper(base, session, apiKey);
  }

  /**
   * Where its WebSocket is: {@code ws} or {@code wss}, without anything secret. If this throws, the
   * connection closes, to be tried again.
   */
  URI webSocket();

  /** The headers of the upgrade to a WebSocket and of each request, such as the key. */
  Map<String, String> headers();

  /**
   * Asks for the session's status now: a WebSocket only tells of changes. Asked again and again
   * until the session is open.
   */
  GatewayRequest status();

  /**
   * What the gateway answered to {@link #status}.
   *
   * @param answer a success; what else may be answered needs no mapper to be understood
   */
  GatewayStatus readStatus(GatewayAnswer answer);

  /**
   * What a text that came over the WebSocket means. If this throws, the text is ignored.
   *
   * @throws IllegalArgumentException saying why, if it cannot be read
   */
  GatewayEvent event(String text);

  /**
   * Hands a message over: a POST.
   *
   * @throws IllegalArgumentException saying why, if the gateway has no words for this message,
   *     which is then refused for good
   */
  GatewayRequest send(OutgoingMessage message);

  /**
   * What an answer to {@link #send} means. If this throws, nobody knows what became of the message.
   *
   * @param answer whatever was answered; {@link GatewayAnswer#unacknowledged} says what those mean
   *     that acknowledge nothing
   */
  SendResult sent(GatewayAnswer answer);

  /**
   * Why the gateway closed the WebSocket; to be tried again by default.
   *
   * @param code the close frame's code, such as 1001; 1005 for one without, 1006 if there was none
   * @param reason its text; empty if there is none
   */
  default CloseReason closed(int code, String reason) {
    return CloseReason.of(CloseClass.RETRY, Integer.toString(code), reason);
  }
}
