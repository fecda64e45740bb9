package dev.reliability.verification.sample.modules.stray;

/** A sample for the proof that a rule bites. */
public final class InNoModule {
  private InNoModule() {}
}
