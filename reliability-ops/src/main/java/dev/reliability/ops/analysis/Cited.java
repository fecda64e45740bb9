package dev.reliability.ops.analysis;

import dev.reliability.core.event.EventId;
import java.util.List;

/**
 * A number with the events that it was counted from. Immutable.
 *
 * @param count how many there are
 * @param ids the events; of very many only the first are named, so that a report stays of a size
 *     that can be read: {@value #MOST}, or {@value #MOST_EACH} for each line of a table
 */
public record Cited(long count, List<EventId> ids) {
  /** How many events are named. */
  public static final int MOST = 1000;

  /** How many events are named for each line of a table. */
  public static final int MOST_EACH = 100;

  /** None. */
  public static final Cited NONE = new Cited(0, List.of());

  /**
   * Copies {@code ids}.
   *
   * @throws IllegalArgumentException if there are more of them than were counted
   */
  public Cited {
    ids = List.copyOf(ids);
    if (ids.size() > count) {
      throw new IllegalArgumentException(
          "count: expected at least " + ids.size() + ", since so many are named, got " + count);
    }
  }

  /** One event. */
  static Cited one(EventId id) {
    return new Cited(1, List.of(id));
  }

  /** Whether there are none. */
  public boolean isNone() {
    return count == 0;
  }

  /** Whether every event is named. */
  public boolean isComplete() {
    return ids.size() == count;
  }
}
