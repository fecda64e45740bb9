package dev.reliability.container.orphan;

import java.util.List;
import java.util.Map;
import java.util.Set;

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

  /**
   * Whether somebody only looks: then nothing of what is found may be changed, not even tidied up.
   * False by default.
   */
  default boolean isLook() {
    return false;
  }

  /**
   * What others have in hand, of one kind: what the ledgers of living incarnations name, and those
   * that another reaper is just going through. Something that was adopted still carries the label
   * of whoever started it, and only here is it seen that it belongs to somebody. Blocks for a
   * moment.
   */
  InHand inHand(String kind);

  /**
   * What others have in hand. Immutable.
   *
   * @param cookies by what they recognise it: containers' names, for example
   * @param unreadable ledgers that cannot be read and may name more, and why
   */
  record InHand(Set<String> cookies, List<String> unreadable) {

    /** Copies both. */
    public InHand {
      cookies = Set.copyOf(cookies);
      unreadable = List.copyOf(unreadable);
    }
  }
}
