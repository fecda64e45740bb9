package dev.reliability.whatsapp.baileys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reliability.core.runtime.Strand;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.WhatsAppListener;
import dev.reliability.whatsapp.wire.Json;
import java.time.Instant;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the host what comes, on a strand of its own, and the bridge how much of it the host has
 * taken.
 */
final class BaileysHost {
  private static final Logger log = LoggerFactory.getLogger(BaileysSocket.class);
  private static final int CREDITS_AT_A_TIME = 32;

  private final WhatsAppListener listener;
  private final Strand strand;
  private final IntConsumer taken;
  private int untold; // on the strand: messages taken of which the bridge does not know

  BaileysHost(WhatsAppListener listener, Strand strand, IntConsumer taken) {
    this.listener = listener;
    this.strand = strand;
    this.taken = taken;
  }

  void message(ObjectNode line) {
    IncomingMessage message = read(line);
    strand.execute(
        () -> {
          call(() -> listener.message(message));
          if (++untold >= CREDITS_AT_A_TIME) {
            taken.accept(untold);
            untold = 0;
          }
        });
  }

  void qr(String code) {
    tell(() -> listener.qr(code));
  }

  void pairingCode(String code) {
    tell(() -> listener.pairingCode(code));
  }

  void paired(String account) {
    tell(() -> listener.paired(account));
  }

  void dropped(long count) {
    log.warn("{} messages were dropped: the listener does not take them fast enough", count);
    tell(() -> listener.dropped(count));
  }

  void restricted(String what) {
    tell(() -> listener.restricted(what));
  }

  private static IncomingMessage read(ObjectNode line) {
    String chat = Json.text(line, "jid", "");
    boolean isFromMe = line.path("fromMe").asBoolean();
    String participant = Json.text(line, "participant");
    return new IncomingMessage(
        Json.text(line, "id", ""),
        chat,
        participant == null && !isFromMe ? chat : participant,
        isFromMe,
        Json.text(line, "pushName"),
        Instant.ofEpochMilli(line.path("timestamp").asLong()),
        Json.text(line, "kind", ""),
        Json.text(line, "text"),
        line.path("truncated").asBoolean(),
        !"append".equals(Json.text(line, "upsert")));
  }

  private void tell(Runnable call) {
    strand.execute(() -> call(call));
  }

  private static void call(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      log.warn("a listener of a WhatsApp socket threw", e);
    }
  }
}
