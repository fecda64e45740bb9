package dev.reliability.core.incident;

import java.util.function.Function;

/** The answer to the wish to close an incident. */
public sealed interface Resolution {

  /**
   * It is closed.
   *
   * @param incident as it is now
   * @param report what was checked
   */
  record Resolved(Incident incident, ClosureReport report) implements Resolution {}

  /**
   * It stays as it is.
   *
   * @param incident as it is
   * @param report everything that is missing, and what is not
   */
  record Refused(Incident incident, ClosureReport report) implements Resolution {}

  /** Applies the function that fits. */
  default <T> T fold(Function<Resolved, T> resolved, Function<Refused, T> refused) {
    return this instanceof Resolved r ? resolved.apply(r) : refused.apply((Refused) this);
  }

  /** Whether it is closed. */
  default boolean isResolved() {
    return this instanceof Resolved;
  }
}
