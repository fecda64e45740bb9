package dev.reliability.core.run;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.RunRecord;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a run ended, as its machine decided; {@link RunMachine} says what the parts mean. */
record RunEnd(
    RunState state,
    EndReason reason,
    @Nullable String detail,
    int attempts,
    @Nullable String worker,
    Duration queued,
    Duration running,
    long progressCount,
    long outputBytes,
    ExitStatus exit,
    StopStep stoppedBy,
    StopReport leftovers,
    Cursor cursor,
    @Nullable String result) {

  /** What becomes of the input that the run worked on (requirement B11). */
  enum Cursor {
    COMMIT,
    ROLLBACK;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The same end, after somebody else's claim made its completion void. */
  RunEnd superseded(long currentToken) {
    return failed(
        EndReason.LEASE_LOST,
        "its completion was refused: "
            + (currentToken == 0
                ? "the store knows nothing of the item"
                : "token " + currentToken + " was given out since")
            + "; what it brought is kept in item.complete_superseded");
  }

  private RunEnd failed(EndReason why, String words) {
    return new RunEnd(
        RunState.FAILED,
        why,
        words,
        attempts,
        worker,
        queued,
        running,
        progressCount,
        outputBytes,
        exit,
        stoppedBy,
        leftovers,
        cursor,
        result);
  }

  /**
   * The same end, as long as nobody knows whether its completion was taken: it is no success, since
   * the item may be done again.
   */
  RunEnd unsettled(String error) {
    return state.isSuccess()
        ? failed(
            EndReason.STORE_FAILED,
            "it ended well ("
                + reason
                + "), but whether its completion was recorded is not known: "
                + error)
        : this;
  }

  /** What it brought, after somebody else had ended its record. */
  RunEvent.LateResult lateFor(RunRecord elsewhere) {
    return new RunEvent.LateResult(
        state, reason, result, elsewhere.state(), elsewhere.reason(), elsewhere.detail());
  }

  RunEvent.Ended toEvent(
      Work work,
      RunTimeouts timeouts,
      @Nullable LinkSnapshot link,
      boolean hasCursor,
      boolean recorded) {
    return new RunEvent.Ended(
        state,
        reason,
        detail,
        attempts,
        worker,
        timeouts.values(),
        queued,
        running,
        progressCount,
        outputBytes,
        exit instanceof ExitStatus.Code code ? (Integer) code.code() : null,
        exit instanceof ExitStatus.Signal signal ? (Integer) signal.number() : null,
        stoppedBy.wireName(),
        leftovers.guarantee(),
        leftovers.survivors(),
        leftovers.pipesAbandoned(),
        hasCursor ? cursor.wireName() : "none",
        work.inputFirst(),
        work.inputLast(),
        link,
        work.context(),
        recorded);
  }
}
