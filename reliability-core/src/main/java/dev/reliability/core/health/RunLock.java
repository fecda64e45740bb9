package dev.reliability.core.health;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One item that somebody claimed and neither completed nor gave back (requirements M1, M2). Times
 * are the store's clock.
 *
 * @param key which item
 * @param state how it stands
 * @param holder who claimed it
 * @param token under which fencing token
 * @param attempt which attempt at the item it is
 * @param claimedAt since when
 * @param lastRenewal when the lease was granted or renewed last
 * @param leaseUntil when it ends, or ended
 * @param elapsedMs since the claim, in milliseconds
 * @param budgetMs how long the work should take at most, in milliseconds
 * @param overBudget whether it takes longer
 * @param lanePaused whether its lane was paused meanwhile
 */
public record RunLock(
    ItemKey key,
    State state,
    String holder,
    long token,
    int attempt,
    Instant claimedAt,
    Instant lastRenewal,
    Instant leaseUntil,
    long elapsedMs,
    long budgetMs,
    boolean overBudget,
    boolean lanePaused) {

  /** How a lock stands. */
  public enum State {
    /** Its lease holds, and it is within its budget. */
    RUNNING,
    /** Its lease holds, but it takes longer than it should. */
    OVER_BUDGET,
    /** Its lease ran out, and nobody has taken the item on since. */
    ORPHANED;

    /** The spelling that leaves the process, such as {@code over_budget}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The lock on an item that was claimed, as it stands at {@code now}. */
  static RunLock of(ItemView item, boolean lanePaused, Instant now) {
    Instant claimed = or(item.claimedAt(), item.enqueuedAt());
    Instant until = or(item.until(), claimed);
    Duration budget = item.budget();
    long budgetMs = budget == null ? Long.MAX_VALUE : Durations.saturatedNanos(budget) / 1_000_000;
    long elapsedMs = Math.max(0, Duration.between(claimed, now).toMillis());
    boolean over = elapsedMs > budgetMs;
    State state = !now.isBefore(until) ? State.ORPHANED : over ? State.OVER_BUDGET : State.RUNNING;
    String holder = item.holder();
    return new RunLock(
        item.key(),
        state,
        holder == null ? "" : holder,
        item.token(),
        item.attempts(),
        claimed,
        or(item.renewedAt(), claimed),
        until,
        elapsedMs,
        budgetMs,
        over,
        lanePaused);
  }

  private static Instant or(@Nullable Instant value, Instant substitute) {
    return value == null ? substitute : value;
  }
}
