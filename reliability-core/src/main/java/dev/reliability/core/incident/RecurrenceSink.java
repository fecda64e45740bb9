package dev.reliability.core.incident;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.store.StoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens incidents again when what they are about happens again. On a sink's strand. */
final class RecurrenceSink implements EventSink {
  private static final Logger log = LoggerFactory.getLogger(IncidentRegistry.class);
  private static final int MOST_WAITING = 1000;

  private final IncidentRegistry registry;
  private final Function<Event, @Nullable String> fingerprint;
  private final Deque<Recurrence> waiting = new ArrayDeque<>(); // for a store that failed

  private record Recurrence(String fingerprint, Event event) {}

  RecurrenceSink(IncidentRegistry registry, Function<Event, @Nullable String> fingerprint) {
    this.registry = registry;
    this.fingerprint = Objects.requireNonNull(fingerprint, "fingerprint");
  }

  @Override
  public String name() {
    return "incidents";
  }

  @Override
  public void accept(Event event) {
    String known = fingerprint.apply(event);
    if (known == null) {
      return;
    }
    if (waiting.size() >= MOST_WAITING) {
      waiting.removeFirst(); // of the same kind as those behind it, or soon to come again
    }
    waiting.addLast(new Recurrence(known, event));
    waiting.removeIf(this::isTold);
  }

  /** Whether that is done with; one that cannot be told holds up no other. */
  private boolean isTold(Recurrence next) {
    Event event = next.event();
    try {
      registry.recurred(
          next.fingerprint(), event.id().toString(), event.time(), event.type() + " " + event.id());
      return true;
    } catch (StoreException e) {
      log.warn("incidents: {} waits for the store", event.id(), e);
      return false;
    } catch (RuntimeException e) {
      log.warn("incidents: what {} tells cannot be an incident's", event.id(), e);
      return true;
    }
  }
}
