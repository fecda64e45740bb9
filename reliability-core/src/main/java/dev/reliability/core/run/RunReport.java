package dev.reliability.core.run;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a run that has ended. Immutable.
 *
 * @param run the run's id
 * @param work what it was about
 * @param end what its end event says
 * @param result the final result, if one was seen
 */
public record RunReport(String run, Work work, RunEvent.Ended end, @Nullable String result) {

  /** The terminal state. */
  public RunState state() {
    return end.state();
  }

  /** Why it ended. */
  public EndReason reason() {
    return end.reason();
  }
}
