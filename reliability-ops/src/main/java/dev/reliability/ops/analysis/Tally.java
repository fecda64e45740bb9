package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts events by a key. Of keys it keeps the first {@value #MOST_KEYS}; what has another is
 * counted together. Not thread-safe.
 */
final class Tally {
  static final int MOST_KEYS = 10_000;

  private static final Comparator<Hotspot> MOST_FIRST =
      Comparator.comparingLong((Hotspot hotspot) -> hotspot.failures().count())
          .reversed()
          .thenComparing(Hotspot::key);

  private final Map<String, Row> rows = new HashMap<>();
  private final Citations others = new Citations(Cited.MOST_EACH);

  private static final class Row {
    final Citations ids = new Citations(Cited.MOST_EACH);
    Instant first;
    Instant last;

    Row(Instant at) {
      first = at;
      last = at;
    }
  }

  void add(String key, Event event) {
    Row row = rows.get(key);
    if (row == null) {
      if (rows.size() >= MOST_KEYS) {
        others.add(event);
        return;
      }
      row = new Row(event.time());
      rows.put(key, row);
    }
    Instant at = event.time();
    row.ids.add(event);
    row.first = at.isBefore(row.first) ? at : row.first;
    row.last = at.isAfter(row.last) ? at : row.last;
  }

  /** The most frequent first; of those that are equally frequent, by their keys. */
  List<Hotspot> top(int most) {
    return rows.entrySet().stream()
        .map(
            entry ->
                new Hotspot(
                    entry.getKey(),
                    entry.getValue().ids.cited(),
                    entry.getValue().first,
                    entry.getValue().last))
        .sorted(MOST_FIRST)
        .limit(most)
        .toList();
  }

  /** What has a key that was not kept. */
  Cited others() {
    return others.cited();
  }
}
