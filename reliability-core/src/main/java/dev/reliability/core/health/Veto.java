package dev.reliability.core.health;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * A signal that may keep a gate shut. It never opens one: what it does not object to, it does not
 * vouch for. Immutable; thread-safe if the predicate is.
 *
 * @param <T> the values
 * @param type which kind of signal
 * @param objects which values keep the gate shut; a pure function
 * @param required whether there must be a fresh one; if not, one that is missing or stale is no
 *     opinion. One that cannot be read is never passed over
 */
public record Veto<T>(SignalType<T> type, Predicate<T> objects, boolean required) {

  /** Checks that nothing is missing. */
  public Veto {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(objects, "objects");
  }

  /** The stored handoff: NO_GO while one is fresh that says so. */
  public static Veto<StandardSignals.Handoff> handoff() {
    return new Veto<>(
        StandardSignals.HANDOFF, value -> value == StandardSignals.Handoff.NO_GO, false);
  }

  /** The ops incident: NO_GO while one is fresh that says {@code CRITICAL}. */
  public static Veto<StandardSignals.OpsState> opsIncident() {
    return new Veto<>(
        StandardSignals.OPS_INCIDENT, value -> value == StandardSignals.OpsState.CRITICAL, false);
  }
}
