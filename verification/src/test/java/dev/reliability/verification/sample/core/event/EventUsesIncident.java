package dev.reliability.verification.sample.core.event;

import dev.reliability.verification.sample.core.incident.Incident;

/** A sample for the proof that a rule bites. */
public final class EventUsesIncident {
  public static final Class<?> USED = Incident.class;

  private EventUsesIncident() {}
}
