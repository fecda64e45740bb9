package dev.reliability.whatsapp;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.Strand;
import dev.reliability.whatsapp.OutboxEntry.State;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what becomes of an outbox's messages: as events, and to the host's listener. */
final class OutboxTeller {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  private final String name;
  private final EventBus bus;
  private final OutboxListener listener;
  private final Strand delivery;
  private final Set<String> knownAsUnknown = new HashSet<>(); // on the outbox's strand

  OutboxTeller(String name, EventBus bus, OutboxListener listener) {
    this.name = name;
    this.bus = bus;
    this.listener = listener;
    delivery = bus.runtime().strand(Strand.Kind.DELIVERY, "outbox " + name);
  }

  /** What came of an attempt; deliveries that are unknown are told by {@link #unknown}. */
  void after(OutboxEntry attempt, OutboxEntry now) {
    if (now.state() == State.DELIVERED) {
      emit("delivered", attempt, null);
      tell(() -> listener.delivered(attempt.message()));
    } else if (now.state() == State.REFUSED) {
      emit("refused", now, null);
      tell(() -> listener.refused(now));
    }
  }

  /** Tells of each message that is unknown, once for as long as it is. */
  void unknown(List<OutboxEntry> entries) {
    List<OutboxEntry> unknown =
        entries.stream().filter(entry -> entry.state() == State.UNKNOWN).toList();
    knownAsUnknown.retainAll(
        unknown.stream().map(entry -> entry.message().id()).collect(Collectors.toSet()));
    for (OutboxEntry entry : unknown) {
      if (knownAsUnknown.add(entry.message().id())) {
        emit("unknown", entry, null);
        tell(() -> listener.unknown(entry));
      }
    }
  }

  /** Somebody decided what becomes of a message. */
  void decided(String what, OutboxEntry entry, String actor) {
    emit(what, entry, actor);
  }

  private void emit(String what, OutboxEntry entry, @Nullable String actor) {
    bus.emit(
        Subject.NONE.by(actor),
        new CustomEvent(
            "outbox." + what,
            Map.of(
                "outbox", name,
                "id", entry.message().id(),
                "jid", entry.message().jid(),
                "attempts", String.valueOf(entry.attempts()),
                "detail", entry.detail())));
  }

  private void tell(Runnable call) {
    delivery.execute(
        () -> {
          try {
            call.run();
          } catch (Throwable e) {
            log.warn("outbox {}: its listener threw", name, e);
          }
        });
  }
}
