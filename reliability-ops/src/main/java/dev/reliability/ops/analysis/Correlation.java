package dev.reliability.ops.analysis;

import dev.reliability.core.event.ClockEvent;
import dev.reliability.core.event.Event;
import dev.reliability.ops.analysis.CorrelationReport.Doubt;
import dev.reliability.ops.analysis.CorrelationReport.Match;
import dev.reliability.ops.analysis.CorrelationReport.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether events of one kind, A, go together with events of another, B: by default runs
 * without output with closes of the link (requirements E3 to E6, invariant 19). An A event of the
 * window matches if and only if a B event is at most the tolerance away from it, earlier or later,
 * this far included; in which order they come does not matter. An event that is of both kinds
 * counts as A only, and one that comes twice counts once.
 *
 * <p>The rule is the one that operators know: at a ratio of 0.8 the B events are the primary
 * trigger, below they are not. It is applied only where the ratio can mean something; else the
 * verdict is inconclusive and says why. In particular a high ratio has to be improbable by chance,
 * and the A events have to make as many bunches as there have to be A events: twenty runs that fail
 * in the same minute as one close are one coincidence, not twenty.
 *
 * <p>Give it, or tell it of, the events of all types, and not only those of the two kinds: they
 * show from when to when anything was recorded. It keeps the time and the id of every A and B
 * event, about 100 bytes each, and nothing of the others.
 */
public final class Correlation implements Analysis<CorrelationReport> {
  private final Window window;
  private final Window reading;
  private final EventKind kindA;
  private final EventKind kindB;
  private final Duration tolerance;
  private final int minimum;
  private final double threshold;
  private final double significance;
  private final List<Sighting> as = new ArrayList<>();
  private final List<Sighting> bs = new ArrayList<>();
  private final Citations clockJumps = new Citations();
  private boolean watched;
  private @Nullable Instant first;
  private @Nullable Instant last;

  private Correlation(Builder builder) {
    window = builder.window;
    kindA = builder.kindA;
    kindB = builder.kindB;
    tolerance = builder.tolerance;
    minimum = builder.minimum;
    threshold = builder.threshold;
    significance = builder.significance;
    reading = window.widened(tolerance, tolerance);
  }

  /** A correlation of the A events of {@code window}; build it with what differs. */
  public static Builder builder(Window window) {
    return new Builder(window);
  }

  /** Runs without output and closes of the link, with all defaults. */
  public static Correlation of(Window window) {
    return builder(window).build();
  }

  @Override
  public Window reading() {
    return reading;
  }

  @Override
  public Set<String> types() {
    Set<String> a = kindA.types();
    Set<String> b = kindB.types();
    Set<String> types = new HashSet<>(EventKind.names(ClockEvent.Jumped.class));
    types.addAll(a);
    types.addAll(b);
    return a.isEmpty() || b.isEmpty() ? Set.of() : types;
  }

  @Override
  public void other(String epoch, Instant at) {
    if (window.contains(at)) {
      first = first == null || at.isBefore(first) ? at : first;
      last = last == null || at.isAfter(last) ? at : last;
    }
  }

  @Override
  public void accept(Event event) {
    Instant at = event.time();
    if (!reading.contains(at)) {
      return;
    }
    boolean inside = window.contains(at);
    other(event.id().epoch(), at);
    if (event.data() instanceof ClockEvent.Jumped) {
      clockJumps.add(event);
    }
    watched |= kindB.isWatched(event);
    if (kindA.is(event)) {
      if (inside) {
        as.add(Sighting.of(event));
      }
    } else if (kindB.is(event)) {
      bs.add(Sighting.of(event));
    }
  }

  @Override
  public CorrelationReport report() {
    List<Sighting> a = Sighting.inOrder(as);
    List<Sighting> b = Sighting.inOrder(bs);
    Citations matched = new Citations();
    Citations before = new Citations();
    Citations after = new Citations();
    List<Match> matches = new ArrayList<>();
    int next = 0; // the first B event that is later than the A event
    for (Sighting event : a) {
      while (next < b.size() && !b.get(next).at().isAfter(event.at())) {
        next++;
      }
      Match earlier = next == 0 ? null : event.near(b.get(next - 1), tolerance);
      Match later = next == b.size() ? null : event.near(b.get(next), tolerance);
      Match nearest = Sighting.nearer(earlier, later);
      if (nearest != null) {
        matched.add(event.id());
        (earlier != null ? before : after).add(event.id());
        if (matches.size() < Cited.MOST) {
          matches.add(nearest);
        }
      }
    }
    long n = a.size();
    long k = matched.count();
    Coverage covered = new Coverage(tolerance);
    b.forEach(event -> covered.add(event.at()));
    double coverage = covered.share(window.since(), window.until());
    double observed = first == null || last == null ? 0 : covered.share(first, last);
    double chance = Math.max(coverage, observed);
    Double ratio = n == 0 ? null : (double) k / n;
    Double lift = ratio == null || chance == 0 ? null : (Double) (ratio / chance);
    Double pValue = n == 0 ? null : (Double) Binomial.atLeast(k, n, chance);
    int bunches = bunches(a);
    Doubt doubt = doubt(n, ratio, chance, pValue, bunches, b.isEmpty());
    return new CorrelationReport(
        window,
        kindA.name(),
        kindB.name(),
        tolerance,
        cited(a),
        cited(b),
        matched.cited(),
        before.cited(),
        after.cited(),
        bunches,
        matches,
        ratio,
        coverage,
        observed,
        chance,
        lift,
        pValue,
        verdict(ratio, doubt),
        doubt,
        clockJumps.cited());
  }

  private Verdict verdict(@Nullable Double ratio, @Nullable Doubt doubt) {
    if (doubt != null || ratio == null) {
      return Verdict.INCONCLUSIVE;
    }
    return ratio >= threshold ? Verdict.PRIMARY_TRIGGER : Verdict.HANG_DIAGNOSTICS;
  }

  private @Nullable Doubt doubt(
      long n,
      @Nullable Double ratio,
      double chance,
      @Nullable Double pValue,
      int bunches,
      boolean noneOfB) {
    if (ratio == null || pValue == null) {
      return Doubt.NO_EVENTS;
    }
    if (n < minimum) {
      return Doubt.TOO_FEW;
    }
    if (noneOfB && !watched) {
      return Doubt.NOT_WATCHED;
    }
    if (ratio < threshold) {
      return chance >= threshold ? Doubt.CHANCE : null;
    }
    if (pValue > significance) {
      return Doubt.CHANCE;
    }
    return bunches < minimum ? Doubt.BUNCHED : null;
  }

  private int bunches(List<Sighting> inOrder) {
    int bunches = 0;
    Instant before = null;
    for (Sighting event : inOrder) {
      if (before == null || Duration.between(before, event.at()).compareTo(tolerance) > 0) {
        bunches++;
      }
      before = event.at();
    }
    return bunches;
  }

  private static Cited cited(List<Sighting> sightings) {
    Citations citations = new Citations();
    sightings.forEach(sighting -> citations.add(sighting.id()));
    return citations.cited();
  }

  /** Collects what differs from the defaults. Not thread-safe. */
  public static final class Builder {
    private final Window window;
    private EventKind kindA = EventKind.NO_OUTPUT_TIMEOUT;
    private EventKind kindB = EventKind.LINK_CLOSE;
    private Duration tolerance = Duration.ofMinutes(2);
    private int minimum = 5;
    private double threshold = 0.8;
    private double significance = 0.01;

    private Builder(Window window) {
      this.window = Objects.requireNonNull(window, "window");
    }

    /** The events whose cause is looked for; runs without output by default. */
    public Builder events(EventKind a) {
      kindA = Objects.requireNonNull(a, "events");
      return this;
    }

    /** The events that may be the cause; closes of a link and reconnects by default. */
    public Builder with(EventKind b) {
      kindB = Objects.requireNonNull(b, "with");
      return this;
    }

    /**
     * How far apart two events may be to go together; 120 s by default.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder tolerance(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException("tolerance: expected zero or more, got " + value);
      }
      tolerance = value;
      return this;
    }

    /**
     * How many A events it takes to say anything, and how many bunches of them to call the B events
     * the trigger; 5 by default.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder minimum(int value) {
      if (value < 1) {
        throw new IllegalArgumentException("minimum: expected at least 1, got " + value);
      }
      minimum = value;
      return this;
    }

    /**
     * From which ratio on the B events are the primary trigger; 0.8 by default.
     *
     * @throws IllegalArgumentException unless it is greater than 0 and at most 1
     */
    public Builder threshold(double value) {
      if (!(value > 0 && value <= 1)) {
        throw new IllegalArgumentException("threshold: expected above 0 to 1, got " + value);
      }
      threshold = value;
      return this;
    }

    /**
     * Up to which p-value matches are no chance; 0.01 by default.
     *
     * @throws IllegalArgumentException unless it is greater than 0 and less than 1
     */
    public Builder significance(double value) {
      if (!(value > 0 && value < 1)) {
        throw new IllegalArgumentException("significance: expected between 0 and 1, got " + value);
      }
      significance = value;
      return this;
    }

    /** The analysis, with no events yet. */
    public Correlation build() {
      return new Correlation(this);
    }
  }
}
