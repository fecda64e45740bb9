package dev.reliability.verification.sample.cycle.one;

import dev.reliability.verification.sample.cycle.two.Two;

/** A sample for the proof that a rule bites. */
public final class One {
  public static final Class<?> USED = Two.class;

  private One() {}
}
