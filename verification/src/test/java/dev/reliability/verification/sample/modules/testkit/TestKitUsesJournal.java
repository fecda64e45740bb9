package dev.reliability.verification.sample.modules.testkit;

import dev.reliability.verification.sample.modules.journal.JournalUsesContainer;

/** A sample for the proof that a rule bites. */
public final class TestKitUsesJournal {
  public static final Class<?> USED = JournalUsesContainer.class;

  private TestKitUsesJournal() {}
}
