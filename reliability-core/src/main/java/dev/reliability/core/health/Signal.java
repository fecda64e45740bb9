package dev.reliability.core.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * What somebody said about how things stood at one time. Immutable.
 *
 * @param <T> the values
 * @param type which kind of signal
 * @param id names this publication
 * @param value what was said
 * @param observedAt when it was so, by the wall clock of whoever saw it
 * @param source who said so
 */
public record Signal<T>(SignalType<T> type, String id, T value, Instant observedAt, String source) {

  /** Checks that nothing is missing. */
  public Signal {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(observedAt, "observedAt");
    Objects.requireNonNull(source, "source");
  }

  /** How long it says how things stand. */
  public Duration ttl() {
    return type.ttl();
  }

  /** What it is taken for when it is older than that. */
  public T onStale() {
    return type.downgraded(value);
  }
}
