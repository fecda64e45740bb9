package dev.reliability.verification.sample.cycle.two;

import dev.reliability.verification.sample.cycle.one.One;

/** A sample for the proof that a rule bites. */
public final class Two {
  public static final Class<?> USED = One.class;

  private Two() {}
}
