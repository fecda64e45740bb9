package dev.reliability.core.run;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.RunRecord;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a run that has ended. Immutable.
 *
 * @param run the run's id
 * @param work what it was about
 * @param end what its end event says
 * @param result the final result, if one was seen
 * @param recordedElsewhere the record as somebody else had ended it before this end could be
 *     recorded, such as a reconciler that took the supervisor for dead; null if nobody had
 */
public record RunReport(
    String run,
    Work work,
    RunEvent.Ended end,
    @Nullable String result,
    @Nullable RunRecord recordedElsewhere) {

  /** A run whose record nobody else ended. */
  public RunReport(String run, Work work, RunEvent.Ended end, @Nullable String result) {
    this(run, work, end, result, null);
  }

  /**
   * Whether somebody else had ended the record before: this end came too late for it, and is told
   * in {@code run.late_result} if it brought something.
   */
  public boolean isLate() {
    return recordedElsewhere != null;
  }

  /** The terminal state. */
  public RunState state() {
    return end.state();
  }

  /** Why it ended. */
  public EndReason reason() {
    return end.reason();
  }
}
