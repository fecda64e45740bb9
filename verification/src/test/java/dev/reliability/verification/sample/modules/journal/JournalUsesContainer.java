package dev.reliability.verification.sample.modules.journal;

import dev.reliability.verification.sample.modules.container.ContainerUsesTestKit;

/** A sample for the proof that a rule bites. */
public final class JournalUsesContainer {
  public static final Class<?> USED = ContainerUsesTestKit.class;

  private JournalUsesContainer() {}
}
