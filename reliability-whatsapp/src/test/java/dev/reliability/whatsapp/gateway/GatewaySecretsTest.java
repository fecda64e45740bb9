package dev.reliability.whatsapp.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key is in no text; what is logged is looked at after every test of a socket. */
class GatewaySecretsTest extends GatewayFixture {
  private static final String KEY = StandInGateway.KEY;

  @Test
  void noPartOfAMapperShowsIt() {
    GatewayMapper mapper = gateway.mapper();
    GatewayRequest post = mapper.send(OutgoingMessage.text("a", JID, "secret text"));
    assertThat(
            List.of(mapper, mapper.webSocket(), mapper.status(), mapper.status().uri(), post)
                .toString())
        .doesNotContain(KEY)
        .doesNotContain("secret text")
        .contains("WAHA at http://127.0.0.1", "POST 127.0.0.1/api/sendText");
    assertThat(mapper.headers()).containsOnly(Map.entry("X-Api-Key", KEY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret\nkey", "secret key", "sécret", " "})
  void aKeyThatCannotBeUsedIsNotShown(String key) {
    assertThatThrownBy(() -> GatewayMapper.waha(gateway.base(), "a", key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("apiKey: expected visible ASCII characters, got something else (not shown)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://me:secret@localhost",
        "http://localhost/?key=secret",
        "http://localhost/#secret",
        "ftp://localhost/secret",
        "localhost:3000",
        "/secret",
        "http:secret"
      })
  void aPlaceThatCannotBeUsedDoesNotShowWhatMayBeASecret(String base) {
    assertThatThrownBy(() -> GatewayMapper.waha(URI.create(base), "a", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("base: expected")
        .hasMessageNotContaining("secret");
  }

  @Test
  void whatAGatewayOrAMapperEchoesIsBlottedOut() {
    socket(
            new BentMapper(gateway.mapper()) {
              @Override
              public GatewayEvent event(String text) {
                throw new IllegalArgumentException("headers were " + headers());
              }
            })
        .connect(1, told);
    until("it is open", () -> told.has("opened"));
    gateway.webSocket().text("anything");
    until("it was told", () -> !warnings().isEmpty());
    assertThat(warnings().get(0)).contains("headers were {X-Api-Key=***}");
    gateway.answerPosts(400, "{\"message\":\"your key " + KEY + " is fine, this is not\"}");
    assertThat(send("echoed").result())
        .isEqualTo(
            new SendResult.Refused(
                "the gateway answered 400: {\"message\":\"your key *** is fine, this is not\"}",
                true));
    gateway.answerPosts(500, KEY);
    assertThat(send("echoed").result())
        .isEqualTo(new SendResult.UnknownDelivery("the gateway answered 500: ***"));
    gateway.webSocket().close(1011, "lost " + KEY);
    assertThat(told.untilClosed().detail()).isEqualTo("lost ***");
  }

  @Test
  void aHeaderThatTheHttpClientRefusesIsBlottedOut() {
    socket(
            new BentMapper(gateway.mapper()) {
              @Override
              public Map<String, String> headers() {
                return Map.of("Authorization", "Bearer " + KEY + "\nX-Other: yes");
              }
            })
        .connect(1, told);
    assertThat(told.untilClosed().detail())
        .contains("failed: IllegalArgumentException", "***")
        .doesNotContain(KEY);
  }

  @Test
  void aSecretThatWasCutIsOneTooStill() {
    opened();
    String body = "x".repeat(200 - KEY.length() / 2) + KEY;
    gateway.answerPosts(400, body);
    assertThat(((SendResult.Refused) send("echoed").result()).reason())
        .doesNotContain(KEY.substring(0, 5))
        .endsWith("x***...");
    gateway.webSocket().text(body);
    until("it was told", () -> !warnings().isEmpty());
    assertThat(warnings().get(0)).doesNotContain(KEY.substring(0, 5));
  }

  @Test
  void aBearersTokenIsASecretWithoutItsFirstWord() {
    GatewayComplaints complaints = new GatewayComplaints("a", runtime.time());
    IllegalStateException trouble = new IllegalStateException("Bearer abc-token and abc-token");
    assertThat(complaints.words(trouble)).isEqualTo("IllegalStateException");
    complaints.learn(List.of("Bearer abc-token", "yes"));
    assertThat(complaints.words(trouble)).isEqualTo("IllegalStateException: *** and ***");
    assertThat(complaints.clean("yes")).isEqualTo("yes");
  }
}
