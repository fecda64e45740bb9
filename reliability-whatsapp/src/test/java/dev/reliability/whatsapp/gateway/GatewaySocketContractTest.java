package dev.reliability.whatsapp.gateway;

import static org.awaitility.Awaitility.await;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.whatsapp.WhatsAppSocket;
import dev.reliability.whatsapp.contract.WhatsAppRemote;
import dev.reliability.whatsapp.contract.WhatsAppSocketContract;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** What every socket promises, kept by the one for gateways. */
class GatewaySocketContractTest extends WhatsAppSocketContract {
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final StandInGateway gateway = new StandInGateway();
  private final GatewaySocket socket =
      GatewaySocket.builder(runtime, gateway.mapper()).listener(listener()).build();

  @AfterEach
  void close() {
    socket.close();
    gateway.close();
    runtime.close();
  }

  @Override
  protected WhatsAppSocket socket() {
    return socket;
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    await(what)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(20))
        .until(condition::getAsBoolean);
  }

  @Override
  protected WhatsAppRemote remote() {
    return new WhatsAppRemote() {
      @Override
      public String jid() {
        return "4915112345678@s.whatsapp.net";
      }

      @Override
      public void accept() {
        gateway.answerUpgrades(101);
      }

      @Override
      public void refuse() {
        gateway.answerUpgrades(503);
      }

      @Override
      public void beSilent() {
        gateway.answerUpgrades(StandInGateway.NEVER);
      }

      @Override
      public void speak() {
        gateway.webSocket().ping();
      }

      @Override
      public void drop() {
        gateway.webSocket().close(1001, "going away");
      }

      @Override
      public void receipts(Receipt receipt) {
        switch (receipt) {
          case ACK -> gateway.answerPosts(201, "{\"id\":\"true_x_y\"}");
          case REFUSE -> gateway.answerPosts(400, "{\"message\":\"no\"}");
          case NONE -> gateway.answerPosts(StandInGateway.NEVER, "");
        }
      }

      @Override
      public void say(String text) {
        gateway.webSocket().text(StandInGateway.message("said", text));
      }

      @Override
      public List<String> got() {
        return gateway.texts();
      }

      @Override
      public Set<CloseClass> reasons() {
        return Set.of(CloseClass.STOP_CONFIG);
      }

      @Override
      public void drop(CloseClass reason) {
        gateway.webSocket().close(1008, "Unauthorized");
      }
    };
  }
}
