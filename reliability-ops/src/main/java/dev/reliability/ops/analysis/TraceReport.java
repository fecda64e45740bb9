package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a lane, or to a run (requirements E1 to E4). Immutable.
 *
 * @param window the time asked for
 * @param lane the lane asked for; null for all
 * @param run the run asked for; null for all
 * @param timeline what happened, in the order of the journal; of very much the last
 * @param omitted how many events before the first of {@code timeline} were left out
 * @param ends how the runs that ended in the window ended, by reason
 * @param runs each of them with its root cause, in the order in which they ended; of very many the
 *     last
 * @param open runs that were told of in the window and had not ended: the last event of each
 * @param dispatch what came in and what became of it, in the lane or all lanes, whichever run was
 *     asked for
 * @param correlation runs without output beside closes of the link
 */
public record TraceReport(
    Window window,
    @Nullable String lane,
    @Nullable String run,
    List<Event> timeline,
    long omitted,
    Map<String, Cited> ends,
    List<RunTrace> runs,
    Cited open,
    DispatchNumbers dispatch,
    CorrelationReport correlation) {
  /** The name that operators know the matched events of {@link #correlation} by. */
  public static final String NO_OUTPUT_WITH_CLOSE = "no_output_events_with_wa_close_within_120s";

  /** Copies the collections. */
  public TraceReport {
    timeline = List.copyOf(timeline);
    ends = Collections.unmodifiableMap(new TreeMap<>(ends));
    runs = List.copyOf(runs);
  }

  /** How many runs that ended in the window are not in {@link #runs}. */
  public long runsOmitted() {
    long all = ends.values().stream().mapToLong(Cited::count).sum();
    return all - runs.size();
  }

  /**
   * The numbers under the names that operators know: those of {@link DispatchNumbers#named}, and
   * {@value #NO_OUTPUT_WITH_CLOSE}. The reasons of suppressions are in {@link
   * DispatchNumbers#suppressed}.
   */
  public Map<String, Cited> named() {
    Map<String, Cited> named = new LinkedHashMap<>(dispatch.named());
    named.put(NO_OUTPUT_WITH_CLOSE, correlation.matched());
    return Collections.unmodifiableMap(named);
  }
}
