package dev.reliability.core.store;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a store knows of one item. Times are the store's clock.
 *
 * @param key which item
 * @param state what holds of it
 * @param token the last token given out for it, 0 if it was never claimed
 * @param holder who holds the lease, or held it last
 * @param attempts how often it was claimed
 * @param enqueuedAt when the store heard of it first
 * @param claimedAt when it was claimed last
 * @param renewedAt when that lease was granted or renewed last
 * @param until when that lease ends, or ended
 * @param budget how long the work should take at most
 * @param doneAt when it was completed
 * @param payload what it was enqueued with
 * @param result what it was completed with
 */
public record ItemView(
    ItemKey key,
    State state,
    long token,
    @Nullable String holder,
    int attempts,
    Instant enqueuedAt,
    @Nullable Instant claimedAt,
    @Nullable Instant renewedAt,
    @Nullable Instant until,
    @Nullable Duration budget,
    @Nullable Instant doneAt,
    @Nullable String payload,
    @Nullable String result) {

  /** What holds of an item. */
  public enum State {
    /** Nobody has it: it was enqueued, or given back. */
    QUEUED,
    /** Somebody claimed it and neither completed nor gave it back; the lease may have run out. */
    LEASED,
    /** It was completed. */
    DONE
  }
}
