package dev.reliability.whatsapp.baileys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reliability.container.InputResult;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.LinkListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.whatsapp.CloseInfo;
import dev.reliability.whatsapp.CloseTable;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.WhatsAppListener;
import dev.reliability.whatsapp.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket on its strand: which connection there is, which one is to follow it, and the bridge
 * that they go through. The bridge is started for the first connection and outlives each; one that
 * does not answer, or does not close in time, is killed, and the next connection gets a new one.
 */
final class BaileysLink implements Bridge.Owner {
  /** How many messages may be on their way to the host. */
  static final int CREDIT = 256;

  private static final Logger log = LoggerFactory.getLogger(BaileysSocket.class);
  private static final long CLOSE_NANOS = Duration.ofSeconds(3).toNanos();
  private static final long SHUTDOWN_NANOS = Duration.ofSeconds(6).toNanos();
  private static final long SHUTDOWN_GRACE_MS = 4_000;

  private final ReliabilityRuntime runtime;
  private final ProcessRuntime processes;
  private final BaileysOptions options;
  private final BaileysHost host;
  private final Strand control;
  private final Strand telling;
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  // all on the control strand
  private @Nullable BridgeRun bridge;
  private long started;
  private long lastWire;
  private @Nullable BaileysConnection current;
  private @Nullable BaileysConnection next;
  private @Nullable CloseInfo previousClose;
  private long closeTimer = Scheduler.NO_TIMER;
  private boolean isShut;

  BaileysLink(
      ReliabilityRuntime runtime,
      ProcessRuntime processes,
      BaileysOptions options,
      WhatsAppListener listener) {
    this.runtime = runtime;
    this.processes = processes;
    this.options = options;
    control = runtime.strand(Strand.Kind.CONTROL, "whatsapp " + options.name());
    telling = runtime.strand(Strand.Kind.DELIVERY, "whatsapp " + options.name() + " link");
    host =
        new BaileysHost(
            listener,
            runtime.strand(Strand.Kind.DELIVERY, "whatsapp " + options.name() + " host"),
            taken -> control.execute(() -> say("credit", Json.object().put("n", taken))));
  }

  // ---- what the supervisor and the host want; from any thread ----

  void connect(long generation, LinkListener listener) {
    BaileysConnection connection = new BaileysConnection(generation, listener, telling);
    control.execute(
        () -> {
          if (isShut) {
            connection.closed(local("the socket is closed"));
          } else if (current == null) {
            begin(connection);
          } else {
            giveUp(next, "another connection took its place");
            next = connection;
            end(current);
          }
        });
  }

  void close(long generation) {
    control.execute(
        () -> {
          if (next != null && next.generation == generation) {
            giveUp(next, "closed as asked");
            next = null;
          } else if (current != null && current.generation == generation) {
            end(current);
          }
        });
  }

  void probe(long generation) {
    control.execute(() -> ask("probe", generation, Json.object()));
  }

  void pair(String phone) {
    control.execute(() -> ask("pair", null, Json.object().put("phone", phone)));
  }

  void logout() {
    control.execute(() -> ask("logout", null, Json.object()));
  }

  void send(OutgoingMessage message, Consumer<? super SendResult> result) {
    control.execute(() -> sendNow(message, result));
  }

  /** Ends everything; done when the bridge is gone. */
  CompletableFuture<Void> shut() {
    control.execute(
        () -> {
          isShut = true;
          giveUp(next, "the socket is closed");
          next = null;
          BridgeRun its = bridge;
          if (its == null) {
            over.complete(null);
            return;
          }
          if (current != null) {
            current.isClosing = true;
          }
          its.shutdown(SHUTDOWN_GRACE_MS);
          after(SHUTDOWN_NANOS, its::kill);
        });
    return over;
  }

  // ---- what the bridge tells; from its pumps ----

  @Override
  public void line(Bridge from, ObjectNode line) {
    control.execute(
        () -> {
          BridgeRun its = bridge;
          if (its != null && its.is(from)) {
            heard(its, line);
          }
        });
  }

  @Override
  public void gone(Bridge from, String why, boolean isFinal) {
    control.execute(
        () -> {
          if (bridge != null && bridge.is(from)) {
            ended(why, isFinal);
          }
        });
  }

  // ---- connections ----

  private void begin(BaileysConnection connection) {
    current = connection;
    if (bridge == null) {
      bridge = BridgeRun.start(runtime, processes, control, options, ++started, CREDIT, this);
    } else if (bridge.isReady()) {
      askToConnect(connection);
    }
  }

  private void askToConnect(BaileysConnection connection) {
    connection.wasAsked = true;
    connection.wire = ++lastWire;
    say("connect", options.connect(connection.wire));
  }

  /** Has it closed; the bridge's word ends it, or the bridge's own end. */
  private void end(BaileysConnection connection) {
    BridgeRun its = bridge;
    if (connection.isClosing) {
      return;
    }
    connection.isClosing = true;
    if (its == null || !connection.wasAsked) {
      over(local("closed as asked"));
    } else {
      say("close", Json.object().put("gen", connection.wire));
      closeTimer = after(CLOSE_NANOS, its::kill);
    }
  }

  private void over(CloseReason reason) {
    over(connection -> connection.closed(reason));
  }

  private void over(Consumer<BaileysConnection> told) {
    runtime.scheduler().cancel(closeTimer);
    BaileysConnection connection = current;
    BaileysConnection following = next;
    current = null;
    next = null;
    if (connection != null) {
      told.accept(connection);
    }
    if (following != null) {
      begin(following);
    }
  }

  private void giveUp(@Nullable BaileysConnection connection, String why) {
    if (connection != null) {
      connection.closed(local(why));
    }
  }

  private void sendNow(OutgoingMessage message, Consumer<? super SendResult> result) {
    BaileysConnection connection = current;
    if (connection == null || !connection.takesMessages()) {
      refuse(result, "not connected", false);
      return;
    }
    ObjectNode line =
        Json.object()
            .put("gen", connection.wire)
            .put("id", message.id())
            .put("jid", message.jid())
            .set("content", Json.requireObject("content", message.content()));
    int bytes = line.toString().getBytes(StandardCharsets.UTF_8).length + 100;
    if (bytes > Bridge.MOST_LINE_BYTES) {
      refuse(result, "longer than " + Bridge.MOST_LINE_BYTES + " bytes: " + bytes, true);
    } else if (!connection.sending(message.id(), result)) {
      refuse(result, "a message of that id is under way: " + message.id(), false);
    } else if (say("send", line) != InputResult.QUEUED) {
      connection.settle(
          message.id(), new SendResult.Refused("the bridge takes nothing more", false));
    }
  }

  private void refuse(Consumer<? super SendResult> result, String why, boolean isFinal) {
    telling.execute(() -> result.accept(new SendResult.Refused(why, isFinal)));
  }

  // ---- the bridge ----

  private void ended(String why, boolean isFinal) {
    CloseReason words = bridge == null ? null : bridge.gone();
    bridge = null;
    CloseReason reason =
        current != null && current.isClosing && !isFinal
            ? local("closed as asked; " + why)
            : words != null
                ? words
                : CloseReason.of(isFinal ? CloseClass.STOP_CONFIG : CloseClass.RETRY, "", why);
    over(connection -> connection.lost(reason));
    if (isShut) {
      over.complete(null);
    }
  }

  private void heard(BridgeRun its, ObjectNode line) {
    String type = Json.text(line, "type", "");
    switch (type) {
      case "ready" -> {
        its.ready();
        if (current != null && !current.isClosing) {
          askToConnect(current);
        }
      }
      case "fatal" -> its.fatal(Json.text(line, "reason", "fatal"), Json.text(line, "detail", ""));
      case "pong" -> its.pong();
      case "complaint" ->
          log.warn(
              "whatsapp {}: the bridge complains: {}: {}",
              options.name(),
              Json.text(line, "what", ""),
              Json.text(line, "detail", ""));
      case "message" -> host.message(line);
      case "dropped" -> host.dropped(line.path("count").asLong());
      case "restriction" -> host.restricted(Json.text(line, "kind", ""));
      default -> heardOfConnection(type, line);
    }
  }

  /** What is of an older generation changes nothing. */
  private void heardOfConnection(String type, ObjectNode line) {
    BaileysConnection connection = current;
    if (connection == null || line.path("gen").asLong() != connection.wire) {
      return;
    }
    String id = Json.text(line, "id", "");
    switch (type) {
      case "state" -> {
        if ("open".equals(Json.text(line, "state"))) {
          previousClose = null;
          connection.opened();
        }
      }
      case "activity" -> connection.activity();
      case "qr" -> {
        connection.pairing(true);
        host.qr(Json.text(line, "qr", ""));
      }
      case "pairingCode" -> host.pairingCode(Json.text(line, "code", ""));
      case "paired" -> {
        connection.pairing(false);
        host.paired(Json.text(line.path("me"), "id", ""));
      }
      case "ack" -> connection.settle(id, new SendResult.Acked());
      case "nack" -> {
        String why = Json.text(line, "reason", "");
        connection.settle(
            id,
            line.path("unknownDelivery").asBoolean(true)
                ? new SendResult.UnknownDelivery(why)
                : new SendResult.Refused(why, line.path("final").asBoolean()));
      }
      case "closed" -> closed(line);
      default -> log.debug("whatsapp {}: passed over: {}", options.name(), type);
    }
  }

  private void closed(ObjectNode line) {
    String origin = Json.text(line, "origin", "");
    CloseInfo info =
        new CloseInfo(
            Json.number(line, "code"),
            Json.text(line, "message", ""),
            Json.text(line, "tag", ""),
            Json.texts(line, "attrs"),
            Json.number(line, "httpStatus"),
            "local".equals(origin));
    CloseReason reason = CloseTable.reason(info, previousClose, runtime.time().wall());
    previousClose = info;
    boolean isConfig = line.path("final").asBoolean() && "bridge".equals(origin);
    over(
        isConfig ? CloseReason.of(CloseClass.STOP_CONFIG, reason.code(), reason.detail()) : reason);
  }

  // ---- small things ----

  private InputResult say(String type, ObjectNode fields) {
    BridgeRun its = bridge;
    return its == null ? InputResult.CLOSED : its.say(type, fields);
  }

  private void ask(String type, @Nullable Long generation, ObjectNode fields) {
    BaileysConnection connection = current;
    if (connection != null
        && connection.wasAsked
        && !connection.isClosing
        && (generation == null || generation == connection.generation)) {
      say(type, fields.put("gen", connection.wire));
    }
  }

  private long after(long nanos, Runnable task) {
    try {
      return runtime.scheduler().schedule(control, nanos, task);
    } catch (RejectedExecutionException runtimeClosed) {
      task.run(); // there is no time any more to wait in
      return Scheduler.NO_TIMER;
    }
  }

  private static CloseReason local(String why) {
    return CloseReason.of(CloseClass.LOCAL, "", why);
  }
}
