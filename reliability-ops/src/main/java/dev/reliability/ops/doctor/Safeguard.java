package dev.reliability.ops.doctor;

import java.util.Locale;

/** What keeps faults from happening again, each of which the doctor asks for. */
public enum Safeguard {
  /** Everything that is needed is checked before work begins. */
  CHECKS_AT_START,
  /** And again and again while it goes on. */
  CHECKS_WHILE_RUNNING,
  /** Nothing is tried again without an end. */
  BOUNDED_RETRIES,
  /** A start has a deadline. */
  START_DEADLINE,
  /** A run has one, however it hangs. */
  RUN_DEADLINE,
  /** Somebody is woken when a dependency keeps failing. */
  ESCALATION,
  /** Somebody is woken when anything else hangs. */
  ALERTS(false),
  /** No item is worked on by two. */
  CLAIMS,
  /** A lane that keeps failing the same way is paused. */
  LANE_BREAKER,
  /** What is done to the outside is bounded. */
  EFFECT_BUDGET,
  /** Records that nobody has in hand are found, by a detector that is alive. */
  RECONCILER,
  /** What happened is written down, whole. */
  JOURNAL(false),
  /** There is room for it. */
  DISK(false),
  /** The stores answer. */
  STORES(false),
  /** What a dead incarnation left is known, by its owner. */
  ORPHANS(false);

  private final boolean shownByEvents;

  Safeguard() {
    this(true);
  }

  Safeguard(boolean shownByEvents) {
    this.shownByEvents = shownByEvents;
  }

  /** Whether a journal shows that it is in force; if not, something else has to be looked at. */
  boolean isShownByEvents() {
    return shownByEvents;
  }

  /** The spelling that leaves the process, such as {@code checks_at_start}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
