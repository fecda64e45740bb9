package dev.reliability.verification.sample.modules.journal;

import dev.reliability.verification.sample.modules.core.CoreUsesJournal;

/** A sample for the proof that a rule bites. */
public final class JournalUsesCore {
  public static final Class<?> USED = CoreUsesJournal.class;

  private JournalUsesCore() {}
}
