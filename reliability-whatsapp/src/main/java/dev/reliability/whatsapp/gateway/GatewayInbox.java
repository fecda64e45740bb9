package dev.reliability.whatsapp.gateway;

import dev.reliability.core.runtime.Strand;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.WhatsAppListener;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Messages on their way to the host's listener, of which there is room for a thousand; the others
 * are dropped, and the listener is told how many, in their place among the messages. Thread-safe.
 */
final class GatewayInbox {
  static final int ROOM = 1_000;

  private final Strand strand;
  private final WhatsAppListener listener;
  private final GatewayComplaints complaints;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();

  GatewayInbox(Strand strand, WhatsAppListener listener, GatewayComplaints complaints) {
    this.strand = strand;
    this.listener = listener;
    this.complaints = complaints;
  }

  void add(IncomingMessage message) {
    if (waiting.incrementAndGet() > ROOM) {
      waiting.decrementAndGet();
      drop();
      return;
    }
    strand.execute(
        () -> {
          waiting.decrementAndGet();
          tell(to -> to.message(message));
        });
  }

  /** A message is lost. */
  void drop() {
    if (dropped.getAndIncrement() == 0) {
      strand.execute(() -> tell(to -> to.dropped(dropped.getAndSet(0))));
    }
  }

  private void tell(Consumer<WhatsAppListener> call) {
    try {
      call.accept(listener);
    } catch (Throwable e) {
      complaints.warn(GatewayComplaints.Kind.LISTENER, "the listener threw", e);
    }
  }
}
