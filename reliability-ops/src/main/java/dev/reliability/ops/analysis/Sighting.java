package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.ops.analysis.CorrelationReport.Match;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When an event happened: all that is kept of one that is held against others. */
record Sighting(Instant at, EventId id) {
  private static final Comparator<Sighting> BY_TIME =
      Comparator.comparing(Sighting::at)
          .thenComparing(sighting -> sighting.id().epoch())
          .thenComparingLong(sighting -> sighting.id().seq());

  static Sighting of(Event event) {
    return new Sighting(event.time(), event.id());
  }

  /** By time, each once. */
  static List<Sighting> inOrder(List<Sighting> sightings) {
    List<Sighting> sorted = new ArrayList<>(sightings);
    sorted.sort(BY_TIME);
    List<Sighting> once = new ArrayList<>(sorted.size());
    for (Sighting sighting : sorted) {
      if (once.isEmpty() || !once.get(once.size() - 1).equals(sighting)) {
        once.add(sighting);
      }
    }
    return once;
  }

  /** The two of them as a match, if they are no further apart than the tolerance. */
  @Nullable Match near(Sighting other, Duration tolerance) {
    Duration offset = Duration.between(at, other.at);
    return offset.abs().compareTo(tolerance) <= 0 ? new Match(id, other.id, offset) : null;
  }

  /** The nearer of two matches; of two that are equally near, the earlier. */
  static @Nullable Match nearer(@Nullable Match earlier, @Nullable Match later) {
    if (earlier == null || later == null) {
      return earlier == null ? later : earlier;
    }
    return later.offset().compareTo(earlier.offset().abs()) < 0 ? later : earlier;
  }
}
