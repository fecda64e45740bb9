package dev.reliability.whatsapp.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.whatsapp.SendResult;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gateways that do not take the connection, or break it. */
class GatewayRefusedTest extends GatewayFixture {

  @ParameterizedTest
  @CsvSource({
    "401, STOP_CONFIG",
    "403, STOP_CONFIG",
    "429, COOL_DOWN",
    "404, RETRY",
    "500, RETRY",
    "503, RETRY",
    "302, RETRY"
  })
  void anUpgradeMayBeAnsweredWithSomethingElse(int code, CloseClass kind) {
    gateway.answerUpgrades(code);
    socket(gateway.mapper()).connect(1, told);
    CloseReason reason = told.untilClosed();
    assertThat(reason.kind()).isEqualTo(kind);
    assertThat(reason.code()).isEqualTo("http " + code);
    assertThat(reason.detail()).contains("upgrade");
    assertThat(told.all).containsExactly("closed");
    if (kind == CloseClass.STOP_CONFIG) {
      assertThat(reason.detail()).contains("the key was refused");
    }
  }

  @ParameterizedTest
  @CsvSource({"401, STOP_CONFIG", "403, STOP_CONFIG", "429, COOL_DOWN", "404, RETRY", "500, RETRY"})
  void theStatusMayBeAnsweredWithSomethingElse(int code, CloseClass kind) {
    gateway.answerStatus(code);
    socket(gateway.mapper()).connect(1, told);
    assertThat(told.untilClosed().kind()).isEqualTo(kind);
    assertThat(told.reason.code()).isEqualTo("http " + code);
    until("the WebSocket is closed", () -> gateway.webSocket().isOver());
  }

  @Test
  void whoIsSentAwaySaysForHowLong() {
    gateway.answerUpgrades(429);
    gateway.addHeader("Retry-After: 7");
    socket(gateway.mapper()).connect(1, told);
    assertThat(told.untilClosed().coolDown()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void aWrongKeyStopsTheLinkWhetherTheUpgradeOrTheStatusSaysSo() {
    socket(GatewayMapper.waha(gateway.base(), StandInGateway.SESSION, "a-wrong-key"))
        .connect(1, told);
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.STOP_CONFIG);
    assertThat(told.reason.detail()).contains("the key was refused").doesNotContain("a-wrong-key");
  }

  @Test
  void nobodyThereIsTriedAgain() {
    gateway.kill();
    socket(gateway.mapper()).connect(1, told);
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.RETRY);
    assertThat(told.all).containsExactly("closed");
  }

  @Test
  void anUpgradeThatIsNeverAnsweredLeavesNothingBehind() {
    gateway.answerUpgrades(StandInGateway.NEVER);
    socket(gateway.mapper()).connect(1, told);
    until("it was asked", () -> gateway.upgrades() == 1);
    socket().close(1);
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.LOCAL);
    until("the connection is gone", () -> gateway.connections() == 0);
  }

  @Test
  void aWebSocketThatIsCutIsTriedAgain() {
    opened();
    gateway.webSocket().cut();
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.RETRY);
    assertThat(told.all).containsExactly("opened", "closed");
  }

  @Test
  void aWebSocketThatSpeaksNonsenseIsTriedAgain() {
    opened();
    gateway.webSocket().nonsense();
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.RETRY);
    until("the other side is told", () -> gateway.webSocket().isOver());
  }

  @Test
  void aGatewayThatGoesAwayIsTriedAgain() {
    opened();
    gateway.webSocket().close(1001, "going away");
    assertThat(told.untilClosed())
        .isEqualTo(CloseReason.of(CloseClass.RETRY, "1001", "going away"));
  }

  @Test
  void aProbeThatIsNotAnsweredIsNoActivityAndClosingStillWorks() {
    opened();
    StandInWebSocket half = gateway.webSocket();
    half.beDeaf();
    int before = told.activities.get();
    assertThat(socket().probe(1)).isTrue();
    until("the ping came", half::heardPing);
    assertThat(told.activities.get()).isEqualTo(before);
    socket().close(1);
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.LOCAL);
    assertThat(socket().probe(1)).isFalse();
    until("it was told of the close", half::heardClose);
    until("it is gone, though it said nothing", half::isOver);
  }

  @Test
  void answersToMessagesAreNoActivityOfTheWebSocket() {
    opened();
    gateway.webSocket().beDeaf();
    int before = told.activities.get();
    assertThat(send("still answered").result()).isEqualTo(new SendResult.Acked());
    assertThat(told.activities.get()).isEqualTo(before);
  }

  @Test
  void whatIsClosedIsTriedAgainWhenAnotherTakesItsPlace() {
    opened();
    Told next = new Told();
    socket().connect(2, next);
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.LOCAL);
    until("the next one is open", () -> next.has("opened"));
    until("the first one is gone", () -> gateway.webSockets().get(0).isOver());
    assertThat(next.all).containsExactly("opened");
  }

  @Test
  void aSocketThatIsClosedOpensNothing() {
    opened();
    socket().close();
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.LOCAL);
    Told next = new Told();
    socket().connect(2, next);
    assertThat(next.untilClosed().kind()).isEqualTo(CloseClass.LOCAL);
    assertThat(gateway.upgrades()).isEqualTo(1);
    assertThat(send("too late").result())
        .isEqualTo(new SendResult.Refused("the link is not open", false));
    socket().close();
  }

  @Test
  void aTimeThatCannotBeUsedIsNamed() {
    GatewaySocket.Builder builder =
        GatewaySocket.builder(
            runtime, GatewayMapper.waha(URI.create("http://localhost:1"), "a", null));
    builder.requestTimeout(Duration.ZERO);
    org.assertj.core.api.Assertions.assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("requestTimeout: expected a positive duration, got PT0S");
  }
}
