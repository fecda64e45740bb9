package dev.reliability.core.health;

import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StateStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A signal as the state store holds it. Immutable.
 *
 * @param ttl the time to live that it was published with
 * @param told whether it was told that it is stale
 * @param mark how old it was found to be; null if nobody noted it
 */
record SignalDocument<T>(Signal<T> signal, Duration ttl, boolean told, @Nullable AgeMark mark) {

  /** The shorter of the time to live that it was published with and the reader's. */
  Duration shorterTtl() {
    return ttl.compareTo(signal.ttl()) < 0 ? ttl : signal.ttl();
  }

  SignalDocument<T> with(AgeMark next, boolean nowTold) {
    return new SignalDocument<>(signal, ttl, nowTold, next);
  }

  Map<String, String> spell() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("signal", signal.type().name());
    values.put("id", signal.id());
    values.put("value", signal.type().codec().spell(signal.value()));
    values.put("observed_at", signal.observedAt().toString());
    values.put("ttl", ttl.toString());
    values.put("source", signal.source());
    values.put("told", Boolean.toString(told));
    AgeMark.spell(values, mark);
    return values;
  }

  /** What is no such document, and why. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    private final Reading.Why why;

    Unusable(Reading.Why why, String message) {
      super(message, null, false, false);
      this.why = why;
    }

    Reading.Why why() {
      return why;
    }
  }

  static <T> SignalDocument<T> read(SignalType<T> type, StateStore.Doc doc) throws Unusable {
    Map<String, String> values = doc.values();
    if (!values.containsKey("observed_at") && values.containsKey("value")) {
      throw new Unusable(
          Reading.Why.UNDATED, "document " + doc.name() + " has a value and no observed_at");
    }
    try {
      Signal<T> signal =
          new Signal<>(
              type,
              DocValues.text(values, "id"),
              type.codec().parse(DocValues.text(values, "value")),
              DocValues.time(values, "observed_at"),
              DocValues.text(values, "source"));
      return new SignalDocument<>(
          signal,
          Duration.parse(DocValues.text(values, "ttl")),
          Boolean.parseBoolean(values.get("told")),
          AgeMark.read(values));
    } catch (RuntimeException | Error e) { // the codec is the host's: it may throw anything
      throw new Unusable(
          Reading.Why.CORRUPT,
          "document " + doc.name() + " is no signal " + type.name() + ": " + e);
    }
  }
}
