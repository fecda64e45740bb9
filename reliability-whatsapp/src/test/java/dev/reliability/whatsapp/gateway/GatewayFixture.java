package dev.reliability.whatsapp.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.LinkListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.WhatsAppListener;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A gateway on loopback, a socket to it, and what was told and logged. */
abstract class GatewayFixture {
  static final String JID = "4915112345678@s.whatsapp.net";

  final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  final StandInGateway gateway = new StandInGateway();
  final List<IncomingMessage> messages = new CopyOnWriteArrayList<>();
  final List<Long> dropped = new CopyOnWriteArrayList<>();
  final Told told = new Told();
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private GatewaySocket socket;

  @BeforeEach
  final void listenToTheLog() {
    System.setErr(new PrintStream(log, true, UTF_8));
  }

  @AfterEach
  final void close() {
    if (socket != null) {
      socket.close();
    }
    gateway.close();
    runtime.close();
    System.setErr(before);
    assertThat(log()).doesNotContain(StandInGateway.KEY).doesNotContain("a task on");
  }

  final String log() {
    return log.toString(UTF_8);
  }

  /** What is warned of, one a line. */
  final List<String> warnings() {
    return log().lines().filter(line -> line.contains("WARN")).toList();
  }

  final GatewaySocket socket() {
    return Objects.requireNonNull(socket, "no socket was made");
  }

  final GatewaySocket socket(GatewayMapper mapper) {
    return socket(GatewaySocket.builder(runtime, mapper));
  }

  final GatewaySocket socket(GatewaySocket.Builder builder) {
    socket =
        builder
            .listener(
                new WhatsAppListener() {
                  @Override
                  public void message(IncomingMessage message) {
                    messages.add(message);
                  }

                  @Override
                  public void dropped(long count) {
                    dropped.add(count);
                  }
                })
            .build();
    return socket;
  }

  /** A socket that is open. */
  final GatewaySocket opened() {
    GatewaySocket open = socket(gateway.mapper());
    open.connect(1, told);
    until("it is open", () -> told.has("opened"));
    return open;
  }

  final Sent send(String text) {
    return send(text, JID);
  }

  final Sent send(String text, String jid) {
    Sent sent = new Sent();
    socket().send(OutgoingMessage.text("m", jid, text), sent.results::add);
    return sent;
  }

  static void until(String what, BooleanSupplier condition) {
    await(what)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(20))
        .until(condition::getAsBoolean);
  }

  /** What became of one message. */
  static final class Sent {
    final List<SendResult> results = new CopyOnWriteArrayList<>();

    SendResult result() {
      until("there is a result", () -> !results.isEmpty());
      return results.get(0);
    }
  }

  /** What was told of a connection, in its order. */
  static final class Told implements LinkListener {
    final List<String> all = new CopyOnWriteArrayList<>();
    final AtomicInteger activities = new AtomicInteger();
    volatile CloseReason reason;

    @Override
    public void opened() {
      all.add("opened");
    }

    @Override
    public void activity() {
      activities.incrementAndGet();
      if (reason != null) {
        all.add("activity after closed");
      }
    }

    @Override
    public void pairing(boolean waits) {
      all.add("pairing " + waits);
    }

    @Override
    public void closed(CloseReason why) {
      all.add("closed");
      reason = why; // last: whoever waits looks at this
    }

    boolean has(String what) {
      return all.contains(what);
    }

    CloseReason untilClosed() {
      until("it is closed", () -> reason != null);
      return reason;
    }
  }
}
