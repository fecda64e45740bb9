package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import dev.reliability.ops.analysis.CorrelationReport.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The closes and reconnects of links, to find the one that is nearest to an event. */
final class LinkCloses {
  /** How near one has to be. */
  static final Duration TOLERANCE = Duration.ofMinutes(2);

  private final List<Sighting> closes = new ArrayList<>();

  void accept(Event event) {
    if (EventKind.LINK_CLOSE.is(event)) {
      closes.add(Sighting.of(event));
    }
  }

  /** As they are known now. */
  Sorted sorted() {
    return new Sorted(Sighting.inOrder(closes));
  }

  /** By time. */
  record Sorted(List<Sighting> closes) {

    /** The one nearest to a moment, within the tolerance; null if there is none. */
    @Nullable Match nearest(Sighting here) {
      int low = 0; // how many are not later than the event
      int high = closes.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (closes.get(middle).at().isAfter(here.at())) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      Match earlier = low == 0 ? null : here.near(closes.get(low - 1), TOLERANCE);
      Match later = low == closes.size() ? null : here.near(closes.get(low), TOLERANCE);
      return Sighting.nearer(earlier, later);
    }
  }
}
