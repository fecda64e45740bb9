package dev.reliability.verification.sample.core.stray;

/** A sample for the proof that a rule bites. */
public final class OnNoFloor {
  private OnNoFloor() {}
}
