package dev.reliability.core.health;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signals in a state store: whoever sees how things stand publishes it, whoever wants to know reads
 * it (requirements K1 to K4).
 *
 * <p>To read changes nothing in the store. How old a signal is follows from both clocks: at least
 * what the wall clock says, and at least what it was when this object first saw it plus the
 * monotonic time since; so a wall clock that is set back makes nothing younger. A {@link
 * ReadinessEvaluator} notes ages in the store as well, so that a restart makes nothing younger
 * either. One that is older than its time to live is taken for what its type says of stale values;
 * one that is exactly as old is fresh. Only something newer that is published makes it better.
 *
 * <p>Blocks as long as the store does. Thread-safe; several processes may share a store. Within a
 * process readers had better share one object: each remembers by itself what it saw.
 */
public final class Signals {
  private static final String DOCUMENTS = "signal";

  private final StateStore store;
  private final EventBus bus;
  private final Ages ages;

  /** Signals in {@code store}; what becomes stale is told to {@code bus}. */
  public Signals(StateStore store, EventBus bus) {
    this.store = Objects.requireNonNull(store, "store");
    this.bus = Objects.requireNonNull(bus, "bus");
    this.ages = new Ages(bus.runtime().time());
  }

  /**
   * Publishes how things stand now. It takes the place of what was there, whatever that was.
   *
   * @param source who says so
   * @throws IllegalArgumentException if {@code source} is blank
   */
  public <T> Signal<T> publish(SignalType<T> type, T value, String source) {
    return publish(type, value, source, ages.wall(), true);
  }

  /**
   * Publishes how things stood. The same value of the same source and time again changes nothing.
   *
   * @param observedAt when it was so: the age counts from there
   * @throws IllegalArgumentException if {@code source} is blank
   */
  public <T> Signal<T> publish(SignalType<T> type, T value, String source, Instant observedAt) {
    return publish(type, value, source, observedAt, false);
  }

  /** With {@code isNew} it is another observation, although the wall clock may stand still. */
  private <T> Signal<T> publish(
      SignalType<T> type, T value, String source, Instant observedAt, boolean isNew) {
    String document = document(type);
    Signal<T> signal =
        new Signal<>(
            type, bus.newId(), value, observedAt, StoredText.checkedName("source", source));
    SignalDocument<T> next = new SignalDocument<>(signal, type.ttl(), false, null);
    while (true) {
      Optional<StateStore.Doc> doc = store.read(document);
      SignalDocument<T> before = doc.isEmpty() ? null : usable(type, doc.get());
      if (!isNew && before != null && isSame(before.signal(), signal)) {
        return before.signal();
      }
      if (store.write(
          document, doc.map(StateStore.Doc::version).orElse(StateStore.NEW), next.spell())) {
        ages.of(document, signal.id(), observedAt, null); // from here on by the monotonic clock
        return signal;
      }
    }
  }

  private static <T> boolean isSame(Signal<T> a, Signal<T> b) {
    return a.value().equals(b.value())
        && a.observedAt().equals(b.observedAt())
        && a.source().equals(b.source());
  }

  private static <T> @Nullable SignalDocument<T> usable(SignalType<T> type, StateStore.Doc doc) {
    try {
      return SignalDocument.read(type, doc);
    } catch (SignalDocument.Unusable e) {
      return null;
    }
  }

  /**
   * What a signal says now. Throws nothing for a store that fails or a document that cannot be
   * read: that is {@link Reading.Unknown}.
   */
  public <T> Reading<T> read(SignalType<T> type) {
    String document = document(type);
    try {
      Optional<StateStore.Doc> doc = store.read(document);
      return doc.isEmpty()
          ? unknown(Reading.Why.MISSING, "no document " + document)
          : judged(document, SignalDocument.read(type, doc.get()));
    } catch (SignalDocument.Unusable e) {
      return unknown(e.why(), String.valueOf(e.getMessage()));
    } catch (StoreException e) {
      return unknown(
          Reading.Why.UNREADABLE, "document " + document + " cannot be read: " + e.getMessage());
    }
  }

  private static <T> Reading<T> unknown(Reading.Why why, String detail) {
    return new Reading.Unknown<>(why, detail, null, null);
  }

  private <T> Reading<T> judged(String document, SignalDocument<T> doc) {
    return judged(document, doc, age(document, doc));
  }

  private <T> Ages.Age age(String document, SignalDocument<T> doc) {
    return ages.of(document, doc.signal().id(), doc.signal().observedAt(), doc.mark());
  }

  private static <T> Reading<T> judged(String document, SignalDocument<T> doc, Ages.Age age) {
    Signal<T> signal = doc.signal();
    if (age.ahead()) {
      return new Reading.Unknown<>(
          Reading.Why.IN_THE_FUTURE,
          "document " + document + " was dated " + signal.observedAt() + ", in the future",
          age.duration(),
          signal.source());
    }
    if (age.duration().compareTo(doc.shorterTtl()) <= 0) {
      return new Reading.Fresh<>(signal, age.duration());
    }
    try {
      return new Reading.Stale<>(signal.onStale(), signal, age.duration());
    } catch (RuntimeException | Error e) { // the type is the host's: it may throw anything
      return new Reading.Unknown<>(
          Reading.Why.CORRUPT,
          "document " + document + " is stale, and nobody can tell what it is taken for: " + e,
          age.duration(),
          signal.source());
    }
  }

  /**
   * Reads, and notes beside the signal how old it is if it got notably older; tells once that it
   * became stale.
   *
   * @throws StoreException if that could not be noted
   */
  <T> Reading<T> note(SignalType<T> type) {
    String document = document(type);
    while (true) {
      Optional<StateStore.Doc> doc = store.read(document);
      SignalDocument<T> before = doc.isEmpty() ? null : usable(type, doc.get());
      if (doc.isEmpty() || before == null) {
        return read(type);
      }
      Ages.Age age = age(document, before);
      Reading<T> reading = judged(document, before, age);
      boolean tells = reading instanceof Reading.Stale && !before.told();
      if (!tells && !isNotablyOlder(before, age)) {
        return reading;
      }
      SignalDocument<T> next = before.with(age.asMark(ages.wall()), before.told() || tells);
      if (store.write(document, doc.get().version(), next.spell())) {
        if (tells && reading instanceof Reading.Stale<T> stale) {
          tell(before, stale);
        }
        return reading;
      }
    }
  }

  /** A tenth of the time to live is worth a write. */
  private static boolean isNotablyOlder(SignalDocument<?> doc, Ages.Age age) {
    AgeMark mark = doc.mark();
    Duration noted = mark == null ? Duration.ZERO : mark.age();
    boolean wasStale = noted.compareTo(doc.shorterTtl()) > 0;
    boolean isStale = age.duration().compareTo(doc.shorterTtl()) > 0;
    return (age.ahead() && (mark == null || !mark.ahead()))
        || isStale != wasStale
        || (!isStale && age.duration().minus(noted).compareTo(doc.shorterTtl().dividedBy(10)) >= 0);
  }

  private <T> void tell(SignalDocument<T> doc, Reading.Stale<T> stale) {
    SignalCodec<T> codec = doc.signal().type().codec();
    bus.emit(
        Subject.NONE,
        new HealthEvent.SignalStale(
            doc.signal().type().name(),
            doc.signal().id(),
            codec.spell(doc.signal().value()),
            codec.spell(stale.value()),
            doc.signal().observedAt(),
            stale.age(),
            doc.shorterTtl(),
            doc.signal().source()));
  }

  Instant now() {
    return ages.wall();
  }

  private static String document(SignalType<?> type) {
    return DocNaming.document(DOCUMENTS, type.name());
  }
}
