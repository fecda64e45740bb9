package dev.reliability.core.incident;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the events for what must not happen, and for the proofs that it would be noticed
 * (requirement S4). Add it to the bus as a sink; a {@link Soak} is what it knows by now.
 *
 * <p>What the store does not take is kept and written with the next event; if a thousand wait, the
 * detector counts as dead until its next proof. Each event counts once, however often it comes. The
 * sink belongs to one bus; several processes may watch the same soak, each on its own.
 */
public final class SoakWatch implements EventSink {
  private static final Logger log = LoggerFactory.getLogger(SoakWatch.class);
  private static final String DOCUMENTS = "soak";
  private static final int MOST_WAITING = 1000;

  private final StateStore state;
  private final String name;
  private final Duration window;
  private final Duration gap;
  private final Function<Event, Kind> kind;
  private final Deque<Sighting> waiting = new ArrayDeque<>(); // on the sink's strand
  private boolean overflowed;
  private String epoch = "";
  private long lastSeq;

  /** What an event means. */
  public enum Kind {
    /** Nothing. */
    NONE,
    /** It happened. */
    OCCURRED,
    /** The detector proved that it can fire. */
    PROVEN,
    /** The detector could not prove it. */
    NOT_PROVEN
  }

  /** An event that means something, or behind one that was dropped: nobody knows what that was. */
  private record Sighting(Event event, Kind kind, boolean missed) {}

  private SoakWatch(
      StateStore state, String name, Duration window, Duration gap, Function<Event, Kind> kind) {
    this.state = Objects.requireNonNull(state, "state");
    this.name = StoredText.checkedName("soak", name);
    this.window = positive("window", window);
    this.gap = positive("gap", gap);
    this.kind = Objects.requireNonNull(kind, "kind");
  }

  /**
   * A watch of one's own.
   *
   * @param name what must not happen
   * @param window for how long it must not have happened
   * @param gap how far apart the proofs of its detector may be
   * @param kind what an event means; called on the sink's strand
   * @throws IllegalArgumentException if the name can be none, or a duration is not positive
   */
  public static SoakWatch of(
      StateStore state, String name, Duration window, Duration gap, Function<Event, Kind> kind) {
    return new SoakWatch(state, name, window, gap, kind);
  }

  /**
   * That no reconciler finds records of one reason for 48 h, while it tests itself at least every
   * two hours (it does so every hour by default).
   *
   * @param reason such as {@code running_without_container}; also the soak's name
   */
  public static SoakWatch ofReconciler(StateStore state, String reason) {
    return of(
        state,
        reason,
        Duration.ofHours(48),
        Duration.ofHours(2),
        event -> {
          if (event.data() instanceof ReconcileEvent.Found found) {
            return found.reason().equals(reason) ? Kind.OCCURRED : Kind.NONE;
          }
          if (event.data() instanceof ReconcileEvent.SelfTest test) {
            return test.ok() && test.reasons().contains(reason) ? Kind.PROVEN : Kind.NOT_PROVEN;
          }
          return Kind.NONE;
        });
  }

  /**
   * What is known by now; changes nothing.
   *
   * @throws StoreException if the store fails or its document cannot be read
   */
  public static Optional<Soak> read(StateStore state, String name) {
    return state
        .read(DocNaming.document(DOCUMENTS, name))
        .map(doc -> Soak.read(doc.name(), doc.values()));
  }

  @Override
  public String name() {
    return "soak " + name;
  }

  @Override
  public void accept(Event event) {
    EventId id = event.id();
    boolean missed = id.epoch().equals(epoch) && id.seq() > lastSeq + 1;
    lastSeq = id.epoch().equals(epoch) ? Math.max(lastSeq, id.seq()) : id.seq();
    epoch = id.epoch();
    Kind meaning = kind.apply(event);
    if (meaning == Kind.NONE && !missed) {
      return;
    }
    if (waiting.size() >= MOST_WAITING) {
      overflowed = true;
      waiting.removeFirst();
    }
    waiting.addLast(new Sighting(event, meaning, missed));
    try {
      write();
    } catch (StoreException e) {
      log.warn("soak {}: {} events wait for the store", name, waiting.size(), e);
    }
  }

  private void write() {
    String document = DocNaming.document(DOCUMENTS, name);
    while (true) {
      Optional<StateStore.Doc> doc = state.read(document);
      Map<String, String> before = doc.map(StateStore.Doc::values).orElse(Map.of());
      Map<String, String> after = after(document, before);
      long version = doc.map(StateStore.Doc::version).orElse(StateStore.NEW);
      if (after.equals(before) || state.write(document, version, after)) {
        waiting.clear();
        overflowed = false;
        return;
      }
    }
  }

  private Map<String, String> after(String document, Map<String, String> before) {
    Soak soak = before.isEmpty() ? Soak.none(name, window, gap) : Soak.read(document, before);
    soak = soak.within(window, gap);
    String epoch = before.get("epoch");
    long seq =
        epoch == null
            ? 0
            : DocValues.read(document, "soak", before, values -> DocValues.number(values, "seq"));
    if (overflowed) {
      Sighting oldest = waiting.getFirst();
      soak = soak.tested(false, oldest.event().time());
    }
    for (Sighting sighting : waiting) {
      Event event = sighting.event();
      if (event.id().epoch().equals(epoch) && event.id().seq() <= seq) {
        continue; // it came before
      }
      soak = next(soak, sighting);
      epoch = event.id().epoch();
      seq = event.id().seq();
    }
    Map<String, String> values = new HashMap<>(soak.spell());
    if (epoch != null) {
      values.put("epoch", epoch);
      values.put("seq", Long.toString(seq));
    }
    return values;
  }

  private static Soak next(Soak before, Sighting sighting) {
    Soak soak = sighting.missed() ? before.tested(false, sighting.event().time()) : before;
    return switch (sighting.kind()) {
      case OCCURRED -> soak.occurred(sighting.event().time());
      case PROVEN -> soak.tested(true, sighting.event().time());
      case NOT_PROVEN -> soak.tested(false, sighting.event().time());
      case NONE -> soak;
    };
  }

  private static Duration positive(String what, @Nullable Duration value) {
    Objects.requireNonNull(value, what);
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + ": expected a positive duration, got " + value);
    }
    return value;
  }
}
