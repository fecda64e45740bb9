package dev.reliability.whatsapp.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.whatsapp.SendResult;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a socket that was closed leaves behind. */
class GatewayThreadsTest extends GatewayFixture {

  @Test
  void noThreadIsLeftOfASocketThatWasClosed() {
    Set<Thread> before = new HashSet<>(ofGateways());
    opened();
    assertThat(send("one").result()).isEqualTo(new SendResult.Acked());
    gateway.answerPosts(StandInGateway.NEVER, "");
    Sent underWay = send("never answered");
    until("it is under way", () -> gateway.posts().size() == 2);
    assertThat(ofGateways()).anyMatch(thread -> !before.contains(thread));
    socket().close();
    assertThat(underWay.result()).isInstanceOf(SendResult.UnknownDelivery.class);
    assertThat(told.untilClosed().code()).isEmpty();
    until(
        "no thread is left",
        () -> {
          System.gc(); // before Java 21 the client's own thread waits for it
          return before.containsAll(ofGateways());
        });
    until("no connection is left", () -> gateway.connections() == 0);
  }

  @Test
  void aSocketWhoseRuntimeWasClosedFirstCanBeClosed() {
    opened();
    gateway.webSocket().beDeaf();
    runtime.close();
    socket().close();
    assertThat(told.untilClosed().detail()).isEqualTo("the socket is closed");
    until("the WebSocket is gone", () -> gateway.webSocket().isOver());
  }

  private static List<Thread> ofGateways() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                thread.getName().startsWith("gateway-")
                    || thread.getName().startsWith("HttpClient-"))
        .toList();
  }
}
