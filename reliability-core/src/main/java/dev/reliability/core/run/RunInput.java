package dev.reliability.core.run;

import dev.reliability.core.store.RunRecord;
import org.jspecify.annotations.Nullable;

/**
 * What can happen to a run, as its machine sees it. Inputs of an attempt carry its number: those of
 * an earlier one change nothing.
 */
sealed interface RunInput {

  /** The record was created, or ({@code error}) could not be. */
  record Created(@Nullable String error) implements RunInput {}

  /** It is this run's turn in its lane. */
  record Admitted() implements RunInput {}

  /** The adapter returned the handle. */
  record HandleArrived(int attempt) implements RunInput {}

  /** The adapter confirmed the spawn. */
  record Spawned(int attempt, String worker) implements RunInput {}

  /** The adapter reported that the spawn failed. */
  record SpawnFailed(int attempt, SpawnFailure failure) implements RunInput {}

  /**
   * The adapter's start threw, or returned no handle: whatever it told before, nothing can stop it.
   */
  record StartBroke(int attempt, String detail) implements RunInput {}

  /** The adapter does not know. */
  record SpawnUnknown(int attempt, String detail) implements RunInput {}

  /**
   * The record says running now; {@code conflict} if it belongs to somebody else; {@code error} if
   * the store failed.
   */
  record Marked(@Nullable String conflict, @Nullable String error) implements RunInput {}

  /** The first bytes came. */
  record FirstOutput(int attempt) implements RunInput {}

  /** A marker came that is worth a look: the first, or a sample. */
  record Progressed(int attempt) implements RunInput {}

  /** The final result came. */
  record Result(int attempt, String payload) implements RunInput {}

  /** All output was read. */
  record Eof(int attempt) implements RunInput {}

  /** The worker ended. */
  record Exited(int attempt, ExitStatus status) implements RunInput {}

  /** A step of stopping was taken, or ({@code error}) failed. */
  record StopDone(int attempt, StopStep step, StopReport report, @Nullable String error)
      implements RunInput {}

  /** The answer to the question whether the handle is alive. */
  record Alive(int attempt, boolean alive) implements RunInput {}

  /** Somebody asked for the end. */
  record Cancel(String actor, String reason) implements RunInput {}

  /** The lease on the item is lost: somebody else may work on it from now on. */
  record LeaseLost(String why) implements RunInput {}

  /** The supervisor closes: what has no worker yet gets none. */
  record Drain() implements RunInput {}

  /** The supervisor closes and the time to drain is over. */
  record Shutdown() implements RunInput {}

  /** There is no time for graces: what is being stopped is to be stopped harder. */
  record Escalate() implements RunInput {}

  /**
   * The end was recorded, or ({@code error}) could not be.
   *
   * @param settled the end as it became when the claim was settled; null if it stayed as it was
   * @param elsewhere the record as somebody else had ended it before; null if nobody had
   */
  record EndRecorded(
      @Nullable RunEnd settled, @Nullable String error, @Nullable RunRecord elsewhere)
      implements RunInput {
    EndRecorded(@Nullable RunEnd settled, @Nullable String error) {
      this(settled, error, null);
    }
  }

  /** Time passed. */
  record Tick() implements RunInput {}
}
