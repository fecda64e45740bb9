package dev.reliability.core.run;

import dev.reliability.core.store.Claim;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What became of a run. A value for every case, never an exception. */
public sealed interface RunOutcome {

  /**
   * It ended well.
   *
   * @param report everything about it
   */
  record Succeeded(RunReport report) implements RunOutcome {}

  /**
   * It ended badly.
   *
   * @param report everything about it
   */
  record Failed(RunReport report) implements RunOutcome {}

  /**
   * It ended because somebody asked for it, or the supervisor was closed.
   *
   * @param report everything about it
   */
  record Cancelled(RunReport report) implements RunOutcome {}

  /**
   * It was not taken on; nothing was recorded or started.
   *
   * @param work what was asked for
   * @param why why not
   * @param claim what the store answered, if the claim was refused: who works on it, since when the
   *     lane is paused
   * @param detail more in words, if there is more to say
   */
  record Refused(Work work, Refusal why, @Nullable Claim claim, @Nullable String detail)
      implements RunOutcome {}

  /** Why a run was not taken on. */
  enum Refusal {
    /** The supervisor is closing or closed. */
    SHUTTING_DOWN,
    /** Somebody works on the item (requirement I1). */
    DUPLICATE_CLAIM,
    /** The item is done. */
    ALREADY_DONE,
    /** The lane is paused (requirement J4). */
    LANE_PAUSED,
    /** The item was claimed as often as it may be. */
    ATTEMPTS_EXHAUSTED,
    /** Whether the item may be worked on could not be found out. */
    STORE_FAILED
  }

  /** Applies the function that fits. */
  default <T> T fold(
      Function<Succeeded, T> succeeded,
      Function<Failed, T> failed,
      Function<Cancelled, T> cancelled,
      Function<Refused, T> refused) {
    if (this instanceof Succeeded s) {
      return succeeded.apply(s);
    }
    if (this instanceof Failed f) {
      return failed.apply(f);
    }
    return this instanceof Cancelled c ? cancelled.apply(c) : refused.apply((Refused) this);
  }

  /** The report of a run that was taken on; empty if it was refused. */
  default Optional<RunReport> ended() {
    return fold(
        s -> Optional.of(s.report()),
        f -> Optional.of(f.report()),
        c -> Optional.of(c.report()),
        r -> Optional.empty());
  }

  /** True if it ended well. */
  default boolean isSuccess() {
    return this instanceof Succeeded;
  }
}
