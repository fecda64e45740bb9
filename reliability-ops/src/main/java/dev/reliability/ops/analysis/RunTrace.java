package dev.reliability.ops.analysis;

import dev.reliability.core.event.EventId;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.RunState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one run ended, and what it came from. Immutable.
 *
 * @param run the run
 * @param lane its lane; null if the event does not say
 * @param item its item; null if the event does not say
 * @param ended when it ended
 * @param state how
 * @param reason why, as {@code run.ended} has it, or the reconciler that ended its record
 * @param cause the root cause in words, as far as the events tell
 * @param link how the link was then, if somebody said
 * @param close the close or reconnect of the link nearest to the end, if one was within 120 s
 * @param evidence the events that this was read from: the end first, then what led to it
 */
public record RunTrace(
    String run,
    @Nullable String lane,
    @Nullable String item,
    Instant ended,
    RunState state,
    String reason,
    String cause,
    @Nullable LinkSnapshot link,
    CorrelationReport.@Nullable Match close,
    List<EventId> evidence) {

  /** Copies {@code evidence}. */
  public RunTrace {
    evidence = List.copyOf(evidence);
  }
}
