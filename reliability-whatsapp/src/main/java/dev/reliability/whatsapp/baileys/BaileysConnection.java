package dev.reliability.whatsapp.baileys;

import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.LinkListener;
import dev.reliability.core.runtime.Strand;
import dev.reliability.whatsapp.SendResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a {@link BaileysLink}, and whom it tells. Changed on the link's strand; whoever
 * is told hears it on another, in order.
 */
final class BaileysConnection {
  private static final Logger log = LoggerFactory.getLogger(BaileysSocket.class);

  final long generation;
  long wire; // the same for the bridge, whose generations only grow, whoever connects
  private final LinkListener listener;
  private final Strand telling;
  private final Map<String, Consumer<? super SendResult>> sends = new LinkedHashMap<>();
  boolean wasAsked; // the bridge, to connect
  boolean isOpen;
  boolean isClosing;
  private boolean isPairing;

  BaileysConnection(long generation, LinkListener listener, Strand telling) {
    this.generation = generation;
    this.listener = listener;
    this.telling = telling;
  }

  boolean takesMessages() {
    return isOpen && !isClosing;
  }

  void opened() {
    if (!isClosing && !isOpen) {
      isOpen = true;
      pairing(false);
      tell(listener::opened);
    }
  }

  void activity() {
    tell(listener::activity);
  }

  void pairing(boolean waits) {
    if (!isClosing && isPairing != waits) {
      isPairing = waits;
      tell(() -> listener.pairing(waits));
    }
  }

  /** Whether there is no message of that name under way. */
  boolean sending(String id, Consumer<? super SendResult> result) {
    return sends.putIfAbsent(id, result) == null;
  }

  void settle(String id, SendResult result) {
    Consumer<? super SendResult> waiting = sends.remove(id);
    if (waiting != null) {
      tell(() -> waiting.accept(result));
    }
  }

  /** The bridge told all that it knew: what it has not answered it never saw, and it is closed. */
  void closed(CloseReason reason) {
    end(new SendResult.Refused("the connection closed before it was sent", false), reason);
  }

  /** The bridge is gone: nobody knows what became of what is under way. */
  void lost(CloseReason reason) {
    end(new SendResult.UnknownDelivery("the connection ended: " + reason.words()), reason);
  }

  private void end(SendResult ofTheRest, CloseReason reason) {
    sends.values().forEach(waiting -> tell(() -> waiting.accept(ofTheRest)));
    sends.clear();
    tell(() -> listener.closed(reason));
  }

  private void tell(Runnable call) {
    telling.execute(
        () -> {
          try {
            call.run();
          } catch (Throwable e) {
            log.warn("whoever listens to a WhatsApp socket threw", e);
          }
        });
  }
}
