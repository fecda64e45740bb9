package dev.reliability.whatsapp.gateway;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import org.jspecify.annotations.Nullable;

/** How far a connection to a gateway has come. A pure rule. */
enum GatewayPhase {
  CONNECTING,
  PAIRING,
  OPEN;

  /**
   * What follows from a status.
   *
   * @param next where that leads
   * @param pairing what to tell of pairing; null for nothing
   * @param opens whether to tell that it is open
   * @param closes why it is over; null if it is not
   */
  record Step(
      GatewayPhase next, @Nullable Boolean pairing, boolean opens, @Nullable CloseReason closes) {}

  /**
   * What follows: what was open and is not any more is over, whatever it is now; what is closed is
   * over; everything else leads on. A person is waited for exactly while the status says so.
   */
  Step on(GatewayStatus status) {
    GatewayPhase next =
        switch (status.kind()) {
          case OPEN -> OPEN;
          case PAIRING -> PAIRING;
          case CONNECTING, CLOSED -> CONNECTING;
        };
    boolean isOver = status.kind() == GatewayStatus.Kind.CLOSED || (this == OPEN && next != OPEN);
    Boolean pairing = null;
    if (this == PAIRING && next != PAIRING) {
      pairing = false;
    } else if (this != PAIRING && next == PAIRING && !isOver) {
      pairing = true;
    }
    return new Step(
        next,
        pairing,
        this != OPEN && next == OPEN,
        isOver ? CloseReason.of(CloseClass.RETRY, status.word(), words(status.word())) : null);
  }

  private String words(String word) {
    return this == OPEN
        ? "the session is " + word + " after it was open"
        : "the session is " + word + " and does not become open by itself";
  }
}
