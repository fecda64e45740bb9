package dev.reliability.verification.sample.modules.container;

import dev.reliability.verification.sample.modules.testkit.TestKitUsesJournal;

/** A sample for the proof that a rule bites. */
public final class ContainerUsesTestKit {
  public static final Class<?> USED = TestKitUsesJournal.class;

  private ContainerUsesTestKit() {}
}
