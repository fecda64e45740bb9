package dev.reliability.verification.sample.modules.examples;

import dev.reliability.verification.sample.modules.testkit.TestKitUsesJournal;

/** A sample for the proof that a rule bites. */
public final class ExampleUsesTestKit {
  public static final Class<?> USED = TestKitUsesJournal.class;

  private ExampleUsesTestKit() {}
}
