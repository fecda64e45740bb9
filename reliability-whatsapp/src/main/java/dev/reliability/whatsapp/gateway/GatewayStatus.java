package dev.reliability.whatsapp.gateway;

import java.util.Objects;

/**
 * What a gateway says of its session. Immutable.
 *
 * @param kind what that means for the link
 * @param word the gateway's own word, such as {@code WORKING}
 */
public record GatewayStatus(Kind kind, String word) {

  /** What a status means for the link. */
  public enum Kind {
    /** It becomes ready by itself. */
    CONNECTING,
    /** A person is to pair it with a telephone. */
    PAIRING,
    /** It takes and brings messages. */
    OPEN,
    /** It does neither, and nothing is under way to change that. */
    CLOSED
  }

  /** Checks that nothing is null that must not be. */
  public GatewayStatus {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(word, "word");
  }
}
