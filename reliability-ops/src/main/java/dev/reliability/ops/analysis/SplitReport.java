package dev.reliability.ops.analysis;

import java.time.Instant;
import java.util.List;

/**
 * What happened before a change and since (requirement A5). Immutable.
 *
 * @param window the time asked for
 * @param mark the moment of the change, which belongs to what is since
 * @param rows one for each kind, in the order asked for
 */
public record SplitReport(Window window, Instant mark, List<Row> rows) {

  /** Copies {@code rows}. */
  public SplitReport {
    rows = List.copyOf(rows);
  }

  /**
   * One kind of events.
   *
   * @param kind its name
   * @param before how often it happened from the beginning of the window to the change
   * @param since how often it happened from the change to the end of the window
   * @param watchedSince what shows since the change that it would have been seen: if there is
   *     nothing, none since means nothing
   */
  public record Row(String kind, Cited before, Cited since, Cited watchedSince) {

    /** Whether it did not happen any more although it would have been seen. */
    public boolean isGone() {
      return since.isNone() && !watchedSince.isNone();
    }
  }
}
