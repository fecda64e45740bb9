package dev.reliability.whatsapp.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.SendResult.Acked;
import dev.reliability.whatsapp.SendResult.Refused;
import dev.reliability.whatsapp.SendResult.UnknownDelivery;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of messages. */
class GatewaySendTest extends GatewayFixture {

  private GatewaySocket openedWith(Duration timeout) {
    GatewaySocket open =
        socket(GatewaySocket.builder(runtime, gateway.mapper()).requestTimeout(timeout));
    open.connect(1, told);
    until("it is open", () -> told.has("opened"));
    return open;
  }

  @Test
  void aMessageGoesInTheGatewaysWords() {
    opened();
    assertThat(send("hello").result()).isEqualTo(new Acked());
    assertThat(gateway.posts().toString())
        .isEqualTo(
            "[{\"session\":\"shop one\",\"chatId\":\"4915112345678@c.us\",\"text\":\"hello\"}]");
  }

  @Test
  void messagesToOneChatArriveInTheirOrderAndThoseToOthersDoNotWaitForThem() {
    opened();
    List<Sent> sent = new ArrayList<>();
    IntStream.range(0, 200).forEach(i -> sent.add(send("text " + i)));
    sent.forEach(one -> assertThat(one.result()).isEqualTo(new Acked()));
    assertThat(gateway.texts())
        .containsExactlyElementsOf(IntStream.range(0, 200).mapToObj(i -> "text " + i).toList());
    gateway.answerPosts(StandInGateway.NEVER, "");
    send("stuck");
    Sent behind = send("behind it");
    until("it is under way", () -> gateway.texts().contains("stuck"));
    gateway.answerPosts(200, "{\"key\":{\"id\":\"3EB0\"}}");
    assertThat(send("to another", "12345-678@g.us").result()).isEqualTo(new Acked());
    assertThat(behind.results).isEmpty();
    assertThat(gateway.texts()).doesNotContain("behind it");
  }

  @Test
  void noMoreThanAThousandAreUnderWay() {
    opened();
    gateway.answerPosts(StandInGateway.NEVER, "");
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i <= GatewaySends.MOST_UNDER_WAY; i++) {
      sent.add(send("text " + i, i + "@s.whatsapp.net"));
    }
    Sent last = sent.remove(GatewaySends.MOST_UNDER_WAY);
    assertThat(last.result()).isEqualTo(new Refused("1000 messages are under way already", false));
    until(
        "as many are at the gateway as may be at a time",
        () -> gateway.posts().size() == GatewaySends.MOST_AT_A_TIME);
    socket().close(1);
    told.untilClosed();
    assertThat(sent).allMatch(one -> one.results.size() == 1);
    assertThat(sent.stream().filter(one -> one.result() instanceof UnknownDelivery))
        .hasSize(GatewaySends.MOST_AT_A_TIME);
    assertThat(gateway.posts()).hasSize(GatewaySends.MOST_AT_A_TIME);
    until("nothing is left of them", () -> gateway.connections() == 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void whatIsWrongWithTheMessageIsFinal(int code) {
    opened();
    gateway.answerPosts(code, "{\"message\":\"no such thing\"}");
    assertThat(send("no").result())
        .isEqualTo(
            new Refused(
                "the gateway answered " + code + ": {\"message\":\"no such thing\"}", true));
    assertThat(told.all).containsExactly("opened");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 403, 404, 408, 429})
  void whatIsWrongWithTheMomentIsNotFinal(int code) {
    opened();
    gateway.answerPosts(code, "{}");
    assertThat(send("not now").result())
        .isEqualTo(new Refused("the gateway answered " + code + ": {}", false));
    assertThat(gateway.posts()).hasSize(1);
  }

  @Test
  void aSessionThatIsNotOpenIsNoReasonToGiveTheMessageUp() {
    opened();
    gateway.answerPosts(
        422, "{\"error\":\"not as expected\",\"status\":\"STARTING\",\"expected\":[\"WORKING\"]}");
    assertThat(send("later").result()).isEqualTo(new Refused("the session is STARTING", false));
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504})
  void afterAnErrorOfTheServersNobodyKnows(int code) {
    opened();
    gateway.answerPosts(code, "");
    assertThat(send("perhaps").result())
        .isEqualTo(new UnknownDelivery("the gateway answered " + code));
    assertThat(gateway.posts()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "", "{\"id\":null}", "[]", "<html>"})
  void successWithoutAnIdIsNoAcknowledgement(String body) {
    opened();
    gateway.answerPosts(200, body);
    assertThat(send("perhaps").result()).isInstanceOf(UnknownDelivery.class);
  }

  @Test
  void anAnswerThatIsTooLongIsNoAcknowledgement() {
    opened();
    gateway.answerPosts(201, "{\"id\":\"" + "x".repeat(CappedText.MOST_BYTES) + "\"}");
    assertThat(send("perhaps").result()).isInstanceOf(UnknownDelivery.class);
    gateway.answerPosts(201, "{\"id\":\"x\"}");
    assertThat(send("goes on").result()).isEqualTo(new Acked());
  }

  @ParameterizedTest
  @ValueSource(ints = {StandInGateway.NEVER, StandInGateway.HALF})
  void anAnswerThatNeverComesWholeLeavesItUnknown(int how) {
    openedWith(Duration.ofMillis(200));
    gateway.answerPosts(how, "{\"id\":\"x\"}");
    Sent sent = send("perhaps");
    assertThat(sent.result())
        .isEqualTo(new UnknownDelivery("it was handed over, then: no answer within PT0.2S"));
    gateway.answerPosts(201, "{\"id\":\"x\"}");
    assertThat(send("goes on").result()).isEqualTo(new Acked());
    assertThat(sent.results).hasSize(1);
    until("the exchange was given up", () -> gateway.connections() <= 2);
    assertThat(told.all).containsExactly("opened");
  }

  @Test
  void aConnectionThatBreaksAfterTheWriteLeavesItUnknownAndNothingIsSentAgain() {
    opened();
    assertThat(send("makes a connection that is kept").result()).isEqualTo(new Acked());
    gateway.answerPosts(StandInGateway.CUT, "");
    for (int i = 0; i < 5; i++) {
      assertThat(send("broken " + i).result()).isInstanceOf(UnknownDelivery.class);
    }
    assertThat(gateway.texts())
        .containsExactly(
            "makes a connection that is kept",
            "broken 0",
            "broken 1",
            "broken 2",
            "broken 3",
            "broken 4");
  }

  @Test
  void whatNobodyTookIsRefusedAndNotFinal() {
    GatewayMapper real = gateway.mapper();
    socket(
        new BentMapper(real) {
          @Override
          public GatewayRequest send(OutgoingMessage message) {
            return GatewayRequest.post(URI.create("http://127.0.0.1:1/"), "{}");
          }
        });
    socket().connect(1, told);
    until("it is open", () -> told.has("opened"));
    SendResult result = send("nobody there").result();
    assertThat(result).isInstanceOf(Refused.class);
    assertThat(((Refused) result).isFinal()).isFalse();
    assertThat(((Refused) result).reason()).startsWith("it was not handed over");
  }

  @Test
  void whatTheGatewayHasNoWordsForIsRefusedForGood() {
    opened();
    Sent sent = new Sent();
    socket()
        .send(
            new OutgoingMessage("m", JID, "{\"image\":{\"url\":\"x\"},\"caption\":\"c\"}"),
            sent.results::add);
    assertThat(sent.result())
        .isEqualTo(
            new Refused(
                "no request could be made of it: IllegalArgumentException: content: expected a"
                    + " text and nothing else, got image, caption",
                true));
    assertThat(gateway.posts()).isEmpty();
    assertThat(send("goes on").result()).isEqualTo(new Acked());
    assertThat(warnings()).isEmpty();
  }

  @Test
  void aLateAnswerChangesNothing() {
    opened();
    gateway.answerPosts(StandInGateway.NEVER, "");
    Sent sent = send("under way");
    Sent waits = send("waits for its turn");
    until("it is there", () -> !gateway.posts().isEmpty());
    gateway.status("STOPPED");
    told.untilClosed();
    assertThat(sent.results).hasSize(1);
    assertThat(sent.result())
        .isEqualTo(new UnknownDelivery("it was handed over, then: the link closed"));
    assertThat(waits.result())
        .isEqualTo(new Refused("it was not handed over: the link closed", false));
    assertThat(send("late").result()).isEqualTo(new Refused("the link is not open", false));
    until("nothing is left", () -> gateway.connections() == 0);
    assertThat(gateway.posts()).hasSize(1);
    assertThat(sent.results).hasSize(1);
    assertThat(waits.results).hasSize(1);
  }

  @Test
  void whoWaitsForAResultAndThrowsHarmsNobody() {
    opened();
    socket()
        .send(
            OutgoingMessage.text("m", JID, "first"),
            result -> {
              throw new IllegalStateException("not today");
            });
    assertThat(send("second").result()).isEqualTo(new Acked());
    assertThat(warnings()).hasSize(1);
  }
}
