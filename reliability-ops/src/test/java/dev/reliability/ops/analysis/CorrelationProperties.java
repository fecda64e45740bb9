package dev.reliability.ops.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;

/** Invariant 19 against the definition, and sums of probabilities against exact ones. */
class CorrelationProperties {

  @Property(tries = 500)
  void invariant19MatchesAreThoseAtMostTheToleranceAwayInWhateverOrderTheyCome(
      @ForAll @Size(max = 40) List<@IntRange(min = -30, max = 130) Integer> as,
      @ForAll @Size(max = 40) List<@IntRange(min = -30, max = 130) Integer> bs,
      @ForAll @IntRange(max = 12) int tolerance,
      @ForAll Random random) {
    Told told = new Told();
    List<Event> a = new ArrayList<>();
    List<Event> b = new ArrayList<>();
    as.forEach(second -> a.add(told.noOutput(second, second)));
    bs.forEach(second -> b.add(told.close(second)));
    Collections.shuffle(told.events, random);
    Window window = new Window(Told.START, Told.at(100));
    CorrelationReport report =
        Correlation.builder(window)
            .tolerance(Duration.ofSeconds(tolerance))
            .build()
            .of(told.events);

    List<EventId> events = new ArrayList<>();
    List<EventId> matched = new ArrayList<>();
    List<EventId> before = new ArrayList<>();
    for (Event event : a) {
      if (window.contains(event.time())) {
        events.add(event.id());
        if (b.stream().anyMatch(other -> distance(event, other) <= tolerance)) {
          matched.add(event.id());
        }
        if (b.stream()
            .anyMatch(
                other ->
                    distance(event, other) <= tolerance && !other.time().isAfter(event.time()))) {
          before.add(event.id());
        }
      }
    }
    assertThat(report.events().ids()).containsExactlyInAnyOrderElementsOf(events);
    assertThat(report.matched().ids()).containsExactlyInAnyOrderElementsOf(matched);
    assertThat(report.before().ids()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(report.after().count()).isEqualTo(matched.size() - before.size());
    assertThat(report.matches())
        .allSatisfy(
            match -> {
              Event event = a.stream().filter(e -> e.id().equals(match.a())).findAny().get();
              assertThat(match.offset().abs().toSeconds())
                  .isEqualTo(b.stream().mapToLong(o -> distance(event, o)).min().getAsLong());
            });
  }

  @Property(tries = 300)
  void theReportDoesNotDependOnTheOrder(
      @ForAll @Size(max = 20) List<@IntRange(max = 1000) Integer> as,
      @ForAll @Size(max = 20) List<@IntRange(max = 1000) Integer> bs,
      @ForAll Random random) {
    Told told = new Told();
    as.forEach(second -> told.noOutput(second, second));
    bs.forEach(told::close);
    CorrelationReport report = Correlation.of(Told.DAY).of(told.events);
    Collections.shuffle(told.events, random);
    assertThat(Correlation.of(Told.DAY).of(told.events)).isEqualTo(report);
  }

  @Property(tries = 300)
  void theCoverageIsTheShareOfTheSecondsNearAClose(
      @ForAll @Size(max = 12) List<@IntRange(min = -20, max = 120) Integer> bs,
      @ForAll @IntRange(max = 15) int tolerance) {
    Told told = new Told();
    bs.forEach(told::close);
    Window window = new Window(Told.START, Told.at(100));
    long covered = 0;
    for (int half = 1; half < 200; half += 2) { // the middles of its seconds
      double middle = half / 2.0;
      covered += bs.stream().anyMatch(b -> Math.abs(b - middle) <= tolerance) ? 1 : 0;
    }
    assertThat(
            Correlation.builder(window)
                .tolerance(Duration.ofSeconds(tolerance))
                .build()
                .of(told.events)
                .coverage())
        .isCloseTo(covered / 100.0, within(1e-12));
  }

  private static long distance(Event a, Event b) {
    return Duration.between(a.time(), b.time()).abs().toSeconds();
  }

  // ---- the binomial distribution ----

  @Property(tries = 300)
  void theProbabilityIsTheExactOne(
      @ForAll @IntRange(min = 1, max = 120) int n,
      @ForAll @IntRange(max = 120) int some,
      @ForAll @IntRange(min = 0, max = 64) int sixtyFourths) {
    int k = some % (n + 1);
    double exact = exact(k, n, sixtyFourths).doubleValue();
    assertThat(Binomial.atLeast(k, n, sixtyFourths / 64.0))
        .as("P(X >= %d), n = %d, p = %d/64", k, n, sixtyFourths)
        .isCloseTo(exact, within(Math.max(1e-12 * exact, 1e-15)));
  }

  /** The sum of whole numbers over 64^n. */
  private static BigDecimal exact(int k, int n, int sixtyFourths) {
    BigInteger sum = BigInteger.ZERO;
    BigInteger choose = BigInteger.ONE;
    for (int i = 0; i <= n; i++) {
      if (i >= k) {
        sum =
            sum.add(
                choose
                    .multiply(BigInteger.valueOf(sixtyFourths).pow(i))
                    .multiply(BigInteger.valueOf(64 - sixtyFourths).pow(n - i)));
      }
      choose = choose.multiply(BigInteger.valueOf(n - i)).divide(BigInteger.valueOf(i + 1));
    }
    return new BigDecimal(sum)
        .divide(new BigDecimal(BigInteger.valueOf(64).pow(n)), MathContext.DECIMAL64);
  }

  @Property(tries = 30)
  void aMillionEventsOverflowNothingAndTheTailsAddUp(
      @ForAll @IntRange(min = 1, max = 1_000_000) int n,
      @ForAll @DoubleRange(min = 1e-9, max = 1 - 1e-9) @Scale(9) double p,
      @ForAll @DoubleRange(max = 1) @Scale(6) double where) {
    long k = Math.round(n * where);
    double atLeast = Binomial.atLeast(k, n, p);
    double fewerOfTheRest = Binomial.atLeast(n - k, n, 1 - p); // X <= k, seen from the other side
    double exactlyK = atLeast - (k == n ? 0 : Binomial.atLeast(k + 1, n, p));
    assertThat(atLeast).isBetween(0.0, 1.0);
    assertThat(exactlyK).isGreaterThanOrEqualTo(-1e-8);
    assertThat(atLeast + fewerOfTheRest - exactlyK).isCloseTo(1, within(1e-8));
  }

  @Example
  void halfOfAMillionOrMoreIsAsProbableAsStirlingSays() {
    double n = 1e6;
    double justHalf = Math.sqrt(2 / (Math.PI * n)) * (1 - 1 / (4 * n) + 1 / (32 * n * n));
    assertThat(Binomial.atLeast(500_000, 1_000_000, 0.5))
        .isCloseTo(0.5 + justHalf / 2, within(1e-11));
    assertThat(Binomial.atLeast(700_000, 1_000_000, 0.5)).as("less than any double").isZero();
    assertThat(Binomial.atLeast(500_000, 1_000_000, 0.7)).isEqualTo(1);
  }

  @Property(tries = 20)
  void aMillionEventsHaveTheProbabilityThatTheNormalDistributionSays(
      @ForAll @IntRange(min = 200, max = 800) int perMille,
      @ForAll @IntRange(min = -3, max = 3) int deviations) {
    int n = 1_000_000;
    double p = perMille / 1000.0;
    double deviation = Math.sqrt(n * p * (1 - p));
    long k = Math.round(n * p + deviations * deviation);
    double normal = aboveNormal((k - 0.5 - n * p) / deviation);
    assertThat(Binomial.atLeast(k, n, p)).isCloseTo(normal, within(2e-3 * normal + 1e-4));
  }

  /** P(Z > z) of the standard normal distribution, summed up by Simpson's rule. */
  private static double aboveNormal(double z) {
    int steps = 4000;
    double to = 12;
    double h = (to - z) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double x = z + i * h;
      sum += Math.exp(-x * x / 2) * (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2);
    }
    return sum * h / 3 / Math.sqrt(2 * Math.PI);
  }

  @Property(tries = 100)
  void nothingIsAsProbableAsMore(
      @ForAll @IntRange(min = 1, max = 5000) int n, @ForAll @DoubleRange(max = 1) double p) {
    var tuple = Tuple.of(Binomial.atLeast(0, n, p), Binomial.atLeast(n, n, p));
    assertThat(tuple.get1()).isEqualTo(1);
    assertThat(tuple.get2()).isCloseTo(Math.pow(p, n), within(1e-10 * Math.pow(p, n) + 1e-300));
  }
}
