package dev.reliability.verification.sample.core.incident;

/** A sample for the proof that a rule bites. */
public final class Incident {
  private Incident() {}
}
