package dev.reliability.verification.sample.modules.core;

import dev.reliability.verification.sample.modules.journal.JournalUsesContainer;

/** A sample for the proof that a rule bites. */
public final class CoreUsesJournal {
  public static final Class<?> USED = JournalUsesContainer.class;

  private CoreUsesJournal() {}
}
