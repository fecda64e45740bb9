package dev.reliability.whatsapp.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.WhatsAppListener;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What comes over the WebSocket. */
class GatewayFramesTest extends GatewayFixture {

  @Test
  void aMessageIsHandedOnInOurWords() {
    opened();
    gateway.webSocket().text(StandInGateway.message("3EB0AA", "grüße 😀"));
    until("it came", () -> !messages.isEmpty());
    assertThat(messages)
        .containsExactly(
            new IncomingMessage(
                "3EB0AA",
                JID,
                JID,
                false,
                null,
                Instant.ofEpochSecond(1_700_000_000L),
                "text",
                "grüße 😀",
                false,
                true));
  }

  @Test
  void aTextInPartsIsPutTogether() {
    opened();
    String whole = StandInGateway.message("1", "in several parts");
    gateway
        .webSocket()
        .textInParts(whole.substring(0, 5), "", whole.substring(5, 60), whole.substring(60));
    gateway.webSocket().text(StandInGateway.message("2", "x".repeat(300_000)));
    until("both came", () -> messages.size() == 2);
    assertThat(messages.get(0).text()).isEqualTo("in several parts");
    assertThat(messages.get(1).text()).hasSize(300_000);
    assertThat(dropped).isEmpty();
  }

  @Test
  void whatIsTooLongIsDroppedAndCountedAndWhatFollowsComes() {
    opened();
    String half = "y".repeat(GatewayFrames.MOST_CHARACTERS / 2);
    gateway.webSocket().textInParts(half, half, half, half);
    gateway.webSocket().text(StandInGateway.message("1", "z".repeat(2 << 20)));
    gateway.webSocket().text(StandInGateway.message("2", "short"));
    until("the short one came", () -> !messages.isEmpty());
    assertThat(messages.stream().map(IncomingMessage::text)).containsExactly("short");
    assertThat(dropped.stream().mapToLong(Long::longValue).sum()).isEqualTo(2);
    assertThat(told.all).containsExactly("opened");
  }

  @Test
  void theLongestTextComes() {
    opened();
    int rest = GatewayFrames.MOST_CHARACTERS - StandInGateway.message("1", "").length();
    gateway.webSocket().text(StandInGateway.message("1", "a".repeat(rest)));
    gateway.webSocket().text(StandInGateway.message("2", "a".repeat(rest + 1)));
    until("one came, one was dropped", () -> messages.size() == 1 && dropped.size() == 1);
    assertThat(messages.get(0).text()).hasSize(rest);
  }

  @Test
  void whatCannotBeReadIsIgnoredWithOneWarning() {
    opened();
    StandInWebSocket from = gateway.webSocket();
    from.text("not JSON at all");
    from.text("{\"event\":\"session.status\"");
    from.text("[1,2]");
    from.text("{\"event\":\"message\",\"payload\":{}}");
    from.text("{\"event\":\"message\",\"payload\":7}");
    from.text("{\"event\":\"session.status\",\"payload\":{}}");
    from.text("{\"event\":\"group.join\",\"payload\":{}}");
    from.text("{}");
    from.text("");
    from.binary(new byte[70_000]);
    from.ping();
    from.text(StandInGateway.message("1", "after all that"));
    until("what follows came", () -> !messages.isEmpty());
    assertThat(messages.stream().map(IncomingMessage::text)).containsExactly("after all that");
    assertThat(told.all).containsExactly("opened");
    assertThat(warnings()).hasSize(1);
    assertThat(warnings().get(0)).contains("could not be read", "not JSON at all");
  }

  @Test
  void aListenerThatIsSlowLosesWhatIsBeyondAThousandAndDoesNotMakeTheLinkLookDead() {
    CountDownLatch go = new CountDownLatch(1);
    WhatsAppListener slow =
        new WhatsAppListener() {
          @Override
          public void message(IncomingMessage message) {
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            messages.add(message);
          }

          @Override
          public void dropped(long count) {
            messages.add(null);
            dropped.add(count);
          }
        };
    GatewaySocket.Builder builder = GatewaySocket.builder(runtime, gateway.mapper());
    try (GatewaySocket slowly = builder.listener(slow).build()) {
      slowly.connect(1, told);
      until("it is open", () -> told.has("opened"));
      int many = GatewayInbox.ROOM + 200;
      for (int i = 0; i < many; i++) {
        gateway.webSocket().text(StandInGateway.message("m" + i, "text " + i));
      }
      gateway.webSocket().ping();
      until("all were read", () -> gateway.webSocket().pongs() == 1);
      int before = told.activities.get();
      assertThat(slowly.probe(1)).isTrue();
      until("the probe is answered", () -> told.activities.get() > before);
      gateway.status("STOPPED");
      assertThat(told.untilClosed().code()).isEqualTo("STOPPED");
      go.countDown();
      until("they were told", () -> !dropped.isEmpty());
      assertThat(dropped).hasSize(1);
      long lost = dropped.get(0);
      assertThat(lost).isBetween(199L, 200L); // one may have left its place before the others came
      assertThat(messages).hasSize((int) (many - lost) + 1);
      assertThat(messages.get(messages.size() - 1)).as("the loss, in its place").isNull();
      assertThat(messages.get(0).text()).isEqualTo("text 0");
    }
  }

  @Test
  void aListenerThatThrowsHarmsNobody() {
    WhatsAppListener throwing =
        new WhatsAppListener() {
          @Override
          public void message(IncomingMessage message) {
            messages.add(message);
            throw new IllegalStateException("not today");
          }
        };
    GatewaySocket.Builder builder = GatewaySocket.builder(runtime, gateway.mapper());
    try (GatewaySocket open = builder.listener(throwing).build()) {
      open.connect(1, told);
      until("it is open", () -> told.has("opened"));
      List.of("a", "b", "c")
          .forEach(text -> gateway.webSocket().text(StandInGateway.message(text, text)));
      until("all came", () -> messages.size() == 3);
      assertThat(told.all).containsExactly("opened");
    }
    until("it was told", () -> !warnings().isEmpty());
    assertThat(warnings()).hasSize(1);
    assertThat(warnings().get(0)).contains("the listener threw", "not today");
  }
}
