package dev.reliability.whatsapp.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Mappers that throw, hang, or say what they may not. */
class GatewayMapperTroubleTest extends GatewayFixture {
  private volatile boolean isWell;

  private <T> T orThrow(T value) {
    if (!isWell) {
      throw new UnsupportedOperationException("the mapper is broken: " + StandInGateway.KEY);
    }
    return value;
  }

  private void closesAndOpensOnceItIsWell(GatewayMapper mapper, String what) {
    socket(mapper).connect(1, told);
    CloseReason reason = told.untilClosed();
    assertThat(reason.kind()).isEqualTo(CloseClass.RETRY);
    assertThat(reason.detail()).contains(what, "UnsupportedOperationException");
    assertThat(told.all).containsExactly("closed");
    assertThat(warnings()).hasSize(1);
    Told again = new Told();
    socket().connect(2, again);
    again.untilClosed();
    assertThat(warnings()).as("told once").hasSize(1);
    isWell = true;
    Told next = new Told();
    socket().connect(3, next);
    until("it is open", () -> next.has("opened"));
  }

  @Test
  void oneThatDoesNotKnowTheWebSocketClosesTheConnection() {
    closesAndOpensOnceItIsWell(
        new BentMapper(gateway.mapper()) {
          @Override
          public URI webSocket() {
            return orThrow(super.webSocket());
          }
        },
        "asking for a WebSocket");
  }

  @Test
  void oneThatDoesNotKnowTheHeadersClosesTheConnection() {
    closesAndOpensOnceItIsWell(
        new BentMapper(gateway.mapper()) {
          @Override
          public Map<String, String> headers() {
            return orThrow(super.headers());
          }
        },
        "asking for a WebSocket");
  }

  @Test
  void oneThatDoesNotKnowHowToAskForTheStatusClosesTheConnection() {
    closesAndOpensOnceItIsWell(
        new BentMapper(gateway.mapper()) {
          @Override
          public GatewayRequest status() {
            return orThrow(super.status());
          }
        },
        "status");
  }

  @Test
  void oneThatDoesNotUnderstandTheStatusClosesTheConnection() {
    closesAndOpensOnceItIsWell(
        new BentMapper(gateway.mapper()) {
          @Override
          public GatewayStatus readStatus(GatewayAnswer answer) {
            return orThrow(super.readStatus(answer));
          }
        },
        "status");
  }

  @Test
  void oneThatSaysNothingIsInTrouble() {
    socket(
            new BentMapper(gateway.mapper()) {
              @Override
              public GatewayStatus readStatus(GatewayAnswer answer) {
                return null;
              }
            })
        .connect(1, told);
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.RETRY);
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void oneThatThrowsAtFramesOrClosesIsIgnored() {
    socket(
            new BentMapper(gateway.mapper()) {
              @Override
              public GatewayEvent event(String text) {
                return orThrow(super.event(text));
              }

              @Override
              public CloseReason closed(int code, String reason) {
                isWell = false;
                return orThrow(super.closed(code, reason));
              }
            })
        .connect(1, told);
    until("it is open", () -> told.has("opened"));
    for (int i = 0; i < 50; i++) {
      gateway.webSocket().text(StandInGateway.message("m" + i, "lost"));
    }
    gateway.webSocket().ping();
    until("all were read", () -> gateway.webSocket().pongs() == 1);
    isWell = true;
    gateway.webSocket().text(StandInGateway.message("n", "read"));
    until("it came", () -> messages.size() == 1);
    assertThat(warnings()).hasSize(1);
    gateway.webSocket().close(1008, "Unauthorized");
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.RETRY);
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void oneThatThrowsAtAMessageRefusesItAndAtTheAnswerLeavesItUnknown() {
    socket(
            new BentMapper(gateway.mapper()) {
              @Override
              public GatewayRequest send(OutgoingMessage message) {
                return orThrow(super.send(message));
              }

              @Override
              public SendResult sent(GatewayAnswer answer) {
                isWell = false;
                return orThrow(super.sent(answer));
              }
            })
        .connect(1, told);
    until("it is open", () -> told.has("opened"));
    assertThat(send("refused").result())
        .isInstanceOfSatisfying(
            SendResult.Refused.class,
            refused -> {
              assertThat(refused.isFinal()).isTrue();
              assertThat(refused.reason()).contains("the mapper is broken: ***");
            });
    assertThat(gateway.posts()).isEmpty();
    isWell = true;
    assertThat(send("unknown").result()).isInstanceOf(SendResult.UnknownDelivery.class);
    assertThat(gateway.texts()).containsExactly("unknown");
    assertThat(told.all).containsExactly("opened");
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void aMessageIsNeverAGet() {
    socket(
            new BentMapper(gateway.mapper()) {
              @Override
              public GatewayRequest send(OutgoingMessage message) {
                return GatewayRequest.get(super.send(message).uri());
              }
            })
        .connect(1, told);
    until("it is open", () -> told.has("opened"));
    assertThat(send("by GET").result()).isInstanceOf(SendResult.Refused.class);
    assertThat(gateway.requests()).hasSize(2);
  }

  @Test
  void oneThatHangsKeepsNobodyFromClosing() throws InterruptedException {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    socket(
            GatewaySocket.builder(
                    runtime,
                    new BentMapper(gateway.mapper()) {
                      @Override
                      public GatewayRequest send(OutgoingMessage message) {
                        hang();
                        return super.send(message);
                      }

                      @Override
                      public GatewayEvent event(String text) {
                        hang();
                        return super.event(text);
                      }

                      private void hang() {
                        try {
                          hangs.countDown();
                          go.await();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                      }
                    })
                .requestTimeout(Duration.ofSeconds(3)))
        .connect(1, told);
    until("it is open", () -> told.has("opened"));
    Sent late = send("hangs");
    hangs.await();
    assertThat(late.result())
        .isEqualTo(new SendResult.Refused("it was not handed over: no answer within PT3S", false));
    gateway.webSocket().text(StandInGateway.message("1", "hangs"));
    socket().close(1);
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.LOCAL);
    go.countDown();
    Told next = new Told();
    socket().connect(2, next);
    until("it is open", () -> next.has("opened"));
    assertThat(send("goes").result()).isEqualTo(new SendResult.Acked());
    assertThat(gateway.texts()).containsExactly("goes");
    assertThat(messages).as("of a connection that is over").isEmpty();
  }
}
