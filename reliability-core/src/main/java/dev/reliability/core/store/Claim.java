package dev.reliability.core.store;

import java.time.Instant;
import java.util.function.Function;

/**
 * The answer to a claim (requirements I1, I2, J4). Only {@link Granted} lets anybody work; all the
 * others are refusals that changed nothing.
 */
public sealed interface Claim {

  /** What a duplicate carries where it leaves the process. */
  String DUPLICATE_GUARD = "duplicate_claim_guard";

  /**
   * The item is the caller's until the lease ends.
   *
   * @param lease the right to work on it
   */
  record Granted(Lease lease) implements Claim {}

  /**
   * Somebody else (or an earlier call of the same holder) works on it.
   *
   * @param holder who
   * @param leaseUntil when that lease ends unless it is renewed, by the store's clock
   */
  record Duplicate(String holder, Instant leaseUntil) implements Claim {
    /** {@value Claim#DUPLICATE_GUARD}. */
    public String guard() {
      return DUPLICATE_GUARD;
    }
  }

  /**
   * The item is done.
   *
   * @param doneAt since when, by the store's clock
   */
  record AlreadyDone(Instant doneAt) implements Claim {}

  /**
   * The lane is paused; nothing of it may be claimed.
   *
   * @param lane which
   * @param reason why, as whoever paused it said
   * @param since since when, by the store's clock
   */
  record LanePaused(String lane, String reason, Instant since) implements Claim {}

  /**
   * The item was claimed as often as it may be, and never completed.
   *
   * @param attempts how often
   */
  record AttemptsExhausted(int attempts) implements Claim {}

  /** Applies the function that fits. */
  default <T> T fold(
      Function<Granted, T> granted,
      Function<Duplicate, T> duplicate,
      Function<AlreadyDone, T> alreadyDone,
      Function<LanePaused, T> lanePaused,
      Function<AttemptsExhausted, T> attemptsExhausted) {
    if (this instanceof Granted g) {
      return granted.apply(g);
    }
    if (this instanceof Duplicate d) {
      return duplicate.apply(d);
    }
    if (this instanceof AlreadyDone a) {
      return alreadyDone.apply(a);
    }
    return this instanceof LanePaused p
        ? lanePaused.apply(p)
        : attemptsExhausted.apply((AttemptsExhausted) this);
  }
}
