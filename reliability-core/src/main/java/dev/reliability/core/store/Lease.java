package dev.reliability.core.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The right to work on one item for a while. Times are the store's clock.
 *
 * @param key what it is for
 * @param token the fencing token: greater than every token that was given out for this key before,
 *     also before a purge. Whatever the work changes elsewhere should refuse lower ones.
 * @param holder who holds it
 * @param attempt which attempt at the item this is, from 1
 * @param claimedAt when it was granted
 * @param until the first instant at which it holds no more
 * @param payload what the item was enqueued with, if it was
 * @param trial whether this is the one item by which a paused lane is tried out
 */
public record Lease(
    ItemKey key,
    long token,
    String holder,
    int attempt,
    Instant claimedAt,
    Instant until,
    @Nullable String payload,
    boolean trial) {}
