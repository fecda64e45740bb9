package dev.reliability.verification.sample.core.run;

import dev.reliability.verification.sample.core.runtime.RuntimeUsesEvent;

/** A sample for the proof that a rule bites. */
public final class RunUsesRuntime {
  public static final Class<?> USED = RuntimeUsesEvent.class;

  private RunUsesRuntime() {}
}
