package dev.reliability.whatsapp.gateway;

import static dev.reliability.whatsapp.gateway.GatewayPhase.CONNECTING;
import static dev.reliability.whatsapp.gateway.GatewayPhase.OPEN;
import static dev.reliability.whatsapp.gateway.GatewayPhase.PAIRING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.link.CloseClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayPhaseTest {

  @ParameterizedTest(name = "{0}, then {1}")
  @CsvSource({
    "CONNECTING, CONNECTING, CONNECTING, , false, false",
    "CONNECTING, PAIRING,    PAIRING, true,  false, false",
    "CONNECTING, OPEN,       OPEN,    ,      true,  false",
    "CONNECTING, CLOSED,     ,        ,      false, true",
    "PAIRING,    CONNECTING, CONNECTING, false, false, false",
    "PAIRING,    PAIRING,    PAIRING, ,      false, false",
    "PAIRING,    OPEN,       OPEN,    false, true,  false",
    "PAIRING,    CLOSED,     ,        false, false, true",
    "OPEN,       CONNECTING, ,        ,      false, true",
    "OPEN,       PAIRING,    ,        ,      false, true",
    "OPEN,       OPEN,       OPEN,    ,      false, false",
    "OPEN,       CLOSED,     ,        ,      false, true",
  })
  void followsFromAStatus(
      GatewayPhase from,
      GatewayStatus.Kind kind,
      GatewayPhase next,
      Boolean pairing,
      boolean opens,
      boolean closes) {
    GatewayPhase.Step step = from.on(new GatewayStatus(kind, "A_WORD"));
    if (next != null) {
      assertThat(step.next()).isEqualTo(next);
    }
    assertThat(step.pairing()).isEqualTo(pairing);
    assertThat(step.opens()).isEqualTo(opens);
    if (closes) {
      assertThat(step.closes().kind()).isEqualTo(CloseClass.RETRY);
      assertThat(step.closes().code()).isEqualTo("A_WORD");
    } else {
      assertThat(step.closes()).isNull();
    }
    assertThat(GatewayPhase.values()).containsExactly(CONNECTING, PAIRING, OPEN);
  }
}
