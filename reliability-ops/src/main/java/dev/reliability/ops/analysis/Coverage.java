package dev.reliability.ops.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The time that is within a tolerance of one of some moments. Not thread-safe. */
final class Coverage {
  private final Duration tolerance;

  /** Disjoint, in order. */
  private final List<Window> covered = new ArrayList<>();

  Coverage(Duration tolerance) {
    this.tolerance = tolerance;
  }

  /** Adds a moment that is not earlier than those before it. */
  void add(Instant moment) {
    Instant from = Window.earlier(moment, tolerance);
    Instant to = Window.later(moment, tolerance);
    int last = covered.size() - 1;
    if (last >= 0 && !from.isAfter(covered.get(last).until())) {
      covered.set(last, new Window(covered.get(last).since(), to));
    } else {
      covered.add(new Window(from, to));
    }
  }

  /** The share of a span that is covered; of a span without length, whether its moment is. */
  double share(Instant since, Instant until) {
    Duration sum = Duration.ZERO;
    boolean touched = false;
    for (Window part : covered) {
      Instant from = part.since().isAfter(since) ? part.since() : since;
      Instant to = part.until().isBefore(until) ? part.until() : until;
      if (!from.isAfter(to)) {
        touched = true;
        sum = sum.plus(Duration.between(from, to));
      }
    }
    Duration length = Duration.between(since, until);
    return length.isZero() ? (touched ? 1 : 0) : seconds(sum) / seconds(length);
  }

  static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }
}
