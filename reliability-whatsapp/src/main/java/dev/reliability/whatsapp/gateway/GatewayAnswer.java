package dev.reliability.whatsapp.gateway;

import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.wire.Json;
import java.util.Objects;
import java.util.Set;

/**
 * What a gateway answered over HTTP. Immutable.
 *
 * @param status the HTTP status, such as 201
 * @param body its text; empty if there is none
 */
public record GatewayAnswer(int status, String body) {
  /** What says nothing against the message itself: the key, the session or the moment was wrong. */
  private static final Set<Integer> NOT_FINAL =
      Set.of(401, 403, 404, 405, 407, 408, 409, 421, 423, 425, 429);

  /** Checks that nothing is null that must not be. */
  public GatewayAnswer {
    Objects.requireNonNull(body, "body");
  }

  /** Whether the status is one of success: 200 to 299. */
  public boolean isSuccess() {
    return status / 100 == 2;
  }

  /**
   * What an answer means for a message if it is no acknowledgement. A redirection and 400 to 499
   * are a refusal, which is final unless it is about the key, the session or the moment (401, 403,
   * 404, 405, 407, 408, 409, 421, 423, 425, 429). After everything else, a success included, nobody
   * knows what became of the message.
   */
  public SendResult unacknowledged() {
    String said =
        "the gateway answered " + status + (body.isEmpty() ? "" : ": " + Json.shortened(body));
    return switch (status / 100) {
      case 3 -> new SendResult.Refused(said, false);
      case 4 -> new SendResult.Refused(said, !NOT_FINAL.contains(status));
      default -> new SendResult.UnknownDelivery(said);
    };
  }

  @Override
  public String toString() {
    return "HTTP " + status + " (" + body.length() + " characters)";
  }
}
