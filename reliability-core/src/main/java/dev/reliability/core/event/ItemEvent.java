package dev.reliability.core.event;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the claim of one item. The subject names lane and item, and the token where
 * there is one.
 */
public sealed interface ItemEvent extends EventData {

  /**
   * Somebody may work on the item.
   *
   * @param holder who
   * @param attempt which attempt at the item this is, from 1
   * @param ttl how long the lease holds without renewal
   * @param trial whether it is the one item by which a paused lane is tried out
   * @param budget how long the work should take at most; null if it was told by a version that did
   *     not say
   */
  @EventType("item.claimed")
  record Claimed(String holder, int attempt, Duration ttl, boolean trial, @Nullable Duration budget)
      implements ItemEvent {}

  /**
   * A claim was refused, and nothing was started (requirements I1, J4, M3).
   *
   * @param guard {@code duplicate_claim_guard}, {@code already_done}, {@code lane_paused} or {@code
   *     attempts_exhausted}
   * @param holder who works on it, if somebody does
   * @param until when that lease ends, by the store's clock
   * @param detail more in words
   */
  @EventType("item.claim_refused")
  record ClaimRefused(
      String guard, @Nullable String holder, @Nullable Instant until, @Nullable String detail)
      implements ItemEvent {}

  /**
   * The right to work on the item was lost while somebody did.
   *
   * @param why what the store said, or {@code not_renewed} if it did not answer in time
   */
  @EventType("item.lease_lost")
  record LeaseLost(String why) implements ItemEvent {}

  /** The item is done: told after the store said so. */
  @EventType("item.completed")
  record Completed() implements ItemEvent {}

  /**
   * The item was done already under the same token: fine (requirement I3).
   *
   * @param guard {@code duplicate_complete_guard}
   */
  @EventType("item.complete_duplicate")
  record CompleteDuplicate(String guard) implements ItemEvent {}

  /**
   * A completion was refused because somebody else has claimed the item since. What it brought is
   * kept here.
   *
   * @param currentToken the token in force, 0 if the store knows nothing of the item
   * @param result what the completion brought
   */
  @EventType("item.complete_superseded")
  record CompleteSuperseded(long currentToken, @Nullable String result) implements ItemEvent {}

  /** The item was given back undone. */
  @EventType("item.released")
  record Released() implements ItemEvent {}

  /**
   * The item is undone and nobody's, and its attempts are spent: no run of this policy gets it any
   * more. Told when its last lease was given back or lost; of an item that another process left,
   * when its lane is next asked for queued items (at most once a minute, of the first 1,000). An
   * incarnation tells it once.
   *
   * @param attempts how often it was claimed
   */
  @EventType("item.attempts_exhausted")
  record AttemptsExhausted(int attempts) implements ItemEvent {}
}
