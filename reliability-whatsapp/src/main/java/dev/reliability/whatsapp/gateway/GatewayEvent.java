package dev.reliability.whatsapp.gateway;

import dev.reliability.whatsapp.IncomingMessage;
import java.util.Objects;

/** What a text that came over a gateway's WebSocket means. */
public sealed interface GatewayEvent {

  /**
   * The session's status, as it is from now on.
   *
   * @param status what it is
   */
  record StatusChanged(GatewayStatus status) implements GatewayEvent {
    /** Checks that it is not null. */
    public StatusChanged {
      Objects.requireNonNull(status, "status");
    }
  }

  /**
   * A message.
   *
   * @param message what was said
   */
  record MessageCame(IncomingMessage message) implements GatewayEvent {
    /** Checks that it is not null. */
    public MessageCame {
      Objects.requireNonNull(message, "message");
    }
  }

  /** Nothing that a link needs to know, such as an event of another session. */
  record Nothing() implements GatewayEvent {}
}
