package dev.reliability.core.store;

import java.time.Duration;

/**
 * On which terms items are claimed. Immutable.
 *
 * @param holder who claims: an incarnation, a node, a process; two that claim must not share it
 * @param ttl how long a lease holds without renewal, at least a millisecond
 * @param maxAttempts how often an item may be claimed in all, lost leases included
 * @param budget how long the work should take at most; what takes longer is shown as over budget,
 *     and goes on
 */
public record ClaimRequest(String holder, Duration ttl, int maxAttempts, Duration budget) {
  /** How often an item may be claimed unless somebody says otherwise. */
  public static final int DEFAULT_ATTEMPTS = 3;

  /**
   * Checks the terms.
   *
   * @throws IllegalArgumentException naming the term that cannot be used
   */
  public ClaimRequest {
    StoredText.checkedName("holder", holder);
    if (ttl.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("ttl: expected at least PT0.001S, got " + ttl);
    }
    LeaseStore.checkAttempts(maxAttempts);
    if (budget.isNegative() || budget.isZero()) {
      throw new IllegalArgumentException("budget: expected a positive duration, got " + budget);
    }
  }
}
