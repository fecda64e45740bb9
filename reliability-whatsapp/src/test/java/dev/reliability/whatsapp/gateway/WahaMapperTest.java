package dev.reliability.whatsapp.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reliability.core.link.CloseClass;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.wire.Json;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The words of WAHA, as its three engines say them. */
class WahaMapperTest {
  private final GatewayMapper mapper =
      GatewayMapper.waha(URI.create("https://host:8443/waha/"), "a/b c", null);

  @Test
  void itKnowsWhereThingsAre() {
    assertThat(mapper.webSocket())
        .hasToString(
            "wss://host:8443/waha/ws?session=a%2Fb%20c&events=session.status&events=message");
    assertThat(mapper.status().uri()).hasToString("https://host:8443/waha/api/sessions/a%2Fb%20c");
    assertThat(mapper.status().json()).isNull();
    assertThat(mapper.headers()).isEmpty();
    assertThat(mapper.send(OutgoingMessage.text("m", "1@s.whatsapp.net", "x")).uri())
        .hasToString("https://host:8443/waha/api/sendText");
    assertThat(GatewayMapper.waha(URI.create("HTTP://host"), "a", "k").webSocket())
        .hasToString("ws://host/ws?session=a&events=session.status&events=message");
  }

  @ParameterizedTest
  @CsvSource({
    "WORKING, OPEN",
    "SCAN_QR_CODE, PAIRING",
    "STARTING, CONNECTING",
    "STOPPED, CLOSED",
    "FAILED, CLOSED",
    "SOMETHING_NEW, CONNECTING"
  })
  void itsStatusesMean(String word, GatewayStatus.Kind kind) {
    GatewayStatus status = new GatewayStatus(kind, word);
    assertThat(
            mapper.readStatus(
                new GatewayAnswer(200, "{\"name\":\"a\",\"status\":\"" + word + "\",\"me\":{}}")))
        .isEqualTo(status);
    assertThat(
            mapper.event(
                "{\"event\":\"session.status\",\"session\":\"a/b c\",\"engine\":\"NOWEB\","
                    + "\"payload\":{\"name\":\"a/b c\",\"status\":\""
                    + word
                    + "\"}}"))
        .isEqualTo(new GatewayEvent.StatusChanged(status));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"status\":null}", "{\"status\":{}}"})
  void aSessionWithoutAStatusIsAnError(String body) {
    assertThatThrownBy(() -> mapper.readStatus(new GatewayAnswer(200, body)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPersonsMessageOfTheBrowsersEngine() {
    assertThat(
            came(
                "{\"id\":\"false_49151@c.us_3EB0\",\"timestamp\":1700000000,\"from\":\"49151@c.us\","
                    + "\"fromMe\":false,\"to\":\"49152@c.us\",\"body\":\"hi\",\"hasMedia\":false,"
                    + "\"_data\":{\"type\":\"chat\",\"notifyName\":\"Ann\"}}"))
        .isEqualTo(
            new IncomingMessage(
                "3EB0",
                "49151@s.whatsapp.net",
                "49151@s.whatsapp.net",
                false,
                "Ann",
                Instant.ofEpochSecond(1_700_000_000),
                "chat",
                "hi",
                false,
                true));
  }

  @Test
  void aGroupsMessageOfTheEngineWithoutABrowser() {
    assertThat(
            came(
                "{\"id\":\"false_12-34@g.us_AB12_49151@c.us\",\"timestamp\":1700000000,"
                    + "\"from\":\"12-34@g.us\",\"participant\":\"49151@c.us\",\"body\":null,"
                    + "\"hasMedia\":true,\"_data\":{\"pushName\":\"Ann\","
                    + "\"message\":{\"imageMessage\":{}}}}"))
        .isEqualTo(
            new IncomingMessage(
                "AB12",
                "12-34@g.us",
                "49151@s.whatsapp.net",
                false,
                "Ann",
                Instant.ofEpochSecond(1_700_000_000),
                "imageMessage",
                null,
                false,
                true));
  }

  @Test
  void whatThisAccountSaidElsewhereIsOfTheChatThatItWasSaidTo() {
    IncomingMessage mine =
        came(
            "{\"id\":\"odd-id\",\"timestamp\":1700000000123,\"from\":\"49152@c.us\","
                + "\"fromMe\":true,\"to\":\"77@lid\",\"body\":\"me\",\"hasMedia\":true}");
    assertThat(mine)
        .isEqualTo(
            new IncomingMessage(
                "odd-id",
                "77@lid",
                null,
                true,
                null,
                Instant.ofEpochMilli(1_700_000_000_123L),
                "media",
                "me",
                false,
                true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"true_49151@c.us_3EB0\",\"_data\":{}}",
        "{\"id\":{\"fromMe\":true,\"id\":\"3EB0\",\"_serialized\":\"true_49151@c.us_3EB0\"}}",
        "{\"key\":{\"remoteJid\":\"49151@s.whatsapp.net\",\"fromMe\":true,\"id\":\"3EB0\"}}"
      })
  void everyEnginesWayOfNamingWhatWasSentIsAnAcknowledgement(String body) {
    assertThat(mapper.sent(new GatewayAnswer(201, body))).isEqualTo(new SendResult.Acked());
    assertThat(mapper.sent(new GatewayAnswer(500, body)))
        .isInstanceOf(SendResult.UnknownDelivery.class);
  }

  @ParameterizedTest
  @CsvSource({
    "49151@s.whatsapp.net, 49151@c.us",
    "12-34@g.us, 12-34@g.us",
    "77@lid, 77@lid",
    "1@newsletter, 1@newsletter"
  })
  void chatsAreSpelledItsWay(String jid, String chat) {
    String json = mapper.send(OutgoingMessage.text("m", jid, "a \"quoted\" text\n")).json();
    ObjectNode sent = Json.requireObject("sent", json);
    assertThat(Json.text(sent, "chatId")).isEqualTo(chat);
    assertThat(Json.text(sent, "text")).isEqualTo("a \"quoted\" text\n");
    assertThat(Json.text(sent, "session")).isEqualTo("a/b c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|nothing",
        "{\"text\":7}|text",
        "{\"text\":\"a\",\"mentions\":[]}|text, mentions",
        "{\"image\":{}}|image"
      })
  void whatIsNoTextIsRefusedByName(String content, String names) {
    assertThatThrownBy(() -> mapper.send(new OutgoingMessage("m", "1@s.whatsapp.net", content)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("content: expected a text and nothing else, got " + names);
  }

  @ParameterizedTest
  @CsvSource({
    "1000, '', RETRY",
    "1001, going away, RETRY",
    "1006, '', RETRY",
    "1008, too slow, RETRY",
    "1008, Unauthorized, STOP_CONFIG",
    "1008, Forbidden, STOP_CONFIG"
  })
  void itsClosesMean(int code, String reason, CloseClass kind) {
    assertThat(mapper.closed(code, reason).kind()).isEqualTo(kind);
    assertThat(mapper.closed(code, reason).code()).isEqualTo(Integer.toString(code));
  }

  @Test
  void aSessionNeedsAName() {
    assertThatThrownBy(() -> GatewayMapper.waha(URI.create("http://host"), " ", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("session: expected a name, got \" \"");
    assertThatThrownBy(() -> GatewayRequest.post(URI.create("http://host"), ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("json: expected a body for a POST, got an empty one");
    assertThat(Map.copyOf(mapper.headers())).isEmpty();
  }

  private IncomingMessage came(String payload) {
    GatewayEvent event =
        mapper.event("{\"event\":\"message\",\"session\":\"a/b c\",\"payload\":" + payload + "}");
    return ((GatewayEvent.MessageCame) event).message();
  }
}
