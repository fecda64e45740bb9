package dev.reliability.container.orphan;

import java.util.List;
import java.util.Map;

/** What is known of dead incarnations while a reaper goes through their ledgers. */
public interface DeadIncarnations {

  /**
   * What their ledgers say of one kind, and what is not known to be gone, by incarnation. Those of
   * living incarnations are not in it.
   */
  Map<String, List<LedgerEntry>> entries(String kind);

  /**
   * Whether an incarnation is known to be dead. For sources that recognise what is theirs without a
   * ledger, by the label that names its incarnation. Blocks for a moment.
   */
  boolean isDead(String incarnation);
}
