package dev.reliability.core.store;

import java.time.Instant;
import java.util.function.Function;

/** The answer to a completion (requirement I3). */
public sealed interface Completion {

  /** What a duplicate carries where it leaves the process. */
  String DUPLICATE_GUARD = "duplicate_complete_guard";

  /**
   * The item is done now, and stays done until it is purged.
   *
   * @param doneAt since when, by the store's clock
   */
  record Accepted(Instant doneAt) implements Completion {}

  /**
   * The item was done already, under the same token: fine, and nothing was changed.
   *
   * @param doneAt since when, by the store's clock
   */
  record Duplicate(Instant doneAt) implements Completion {
    /** {@value Completion#DUPLICATE_GUARD}. */
    public String guard() {
      return DUPLICATE_GUARD;
    }
  }

  /**
   * Refused: the token is not the current one. Somebody else has claimed the item since, or it was
   * purged.
   *
   * @param currentToken the token in force, 0 if the store knows nothing of the item
   */
  record Superseded(long currentToken) implements Completion {}

  /** True unless it was refused. */
  default boolean isOk() {
    return !(this instanceof Superseded);
  }

  /** Applies the function that fits. */
  default <T> T fold(
      Function<Accepted, T> accepted,
      Function<Duplicate, T> duplicate,
      Function<Superseded, T> superseded) {
    if (this instanceof Accepted a) {
      return accepted.apply(a);
    }
    return this instanceof Duplicate d ? duplicate.apply(d) : superseded.apply((Superseded) this);
  }
}
