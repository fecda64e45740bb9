package dev.reliability.verification.sample.core.runtime;

import dev.reliability.verification.sample.core.event.EventUsesIncident;

/** A sample for the proof that a rule bites. */
public final class RuntimeUsesEvent {
  public static final Class<?> USED = EventUsesIncident.class;

  private RuntimeUsesEvent() {}
}
