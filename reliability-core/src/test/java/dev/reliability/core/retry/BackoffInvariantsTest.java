package dev.reliability.core.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/**
 * What holds for every {@link Backoff}, whatever it was made of. The extremes are among the values
 * generated.
 */
class BackoffInvariantsTest {
  private static final BigDecimal MOST_NANOS = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final MathContext PRECISE = new MathContext(60);

  enum Mode {
    NONE,
    ADDITIVE,
    FULL,
    DECORRELATED
  }

  /** The arguments of a backoff, beside the backoff made of them. */
  record Made(Duration base, Duration cap, double multiplier, Mode mode, Duration jitter) {

    Backoff backoff() {
      Backoff plain = Backoff.exponential(base, cap).withMultiplier(multiplier);
      return switch (mode) {
        case NONE -> plain;
        case ADDITIVE -> plain.withAdditiveJitter(jitter);
        case FULL -> plain.withFullJitter();
        case DECORRELATED -> plain.withDecorrelatedJitter();
      };
    }

    Made with(Mode newMode) {
      return new Made(base, cap, multiplier, newMode, jitter);
    }

    /** The model: multiplied one by one in decimal numbers of any size, then capped. */
    BigDecimal plain(int attempt) {
      BigDecimal top = nanos(cap);
      BigDecimal delay = nanos(base);
      BigDecimal factor = new BigDecimal(multiplier);
      for (int i = 0; i < attempt && delay.compareTo(top) < 0; i++) {
        if (multiplier == 1) {
          break;
        }
        delay = delay.multiply(factor, PRECISE);
      }
      return delay.min(top);
    }
  }

  private static BigDecimal nanos(Duration duration) {
    return BigDecimal.valueOf(duration.getSeconds())
        .movePointRight(9)
        .add(BigDecimal.valueOf(duration.getNano()))
        .min(MOST_NANOS);
  }

  @Provide
  Arbitrary<Duration> durations() {
    return Arbitraries.oneOf(
        Arbitraries.longs().between(1, Long.MAX_VALUE).map(Duration::ofNanos),
        Arbitraries.longs().between(1, 60_000).map(Duration::ofMillis),
        Arbitraries.longs().between(1, Long.MAX_VALUE).map(Duration::ofSeconds),
        Arbitraries.of(
            Duration.ofNanos(1),
            Duration.ofNanos(Long.MAX_VALUE),
            Duration.ofSeconds(Long.MAX_VALUE)));
  }

  @Provide
  Arbitrary<Made> backoffs() {
    Arbitrary<Duration> jitter = Arbitraries.oneOf(durations(), Arbitraries.just(Duration.ZERO));
    // so that the model needs a thousand steps at most, and the table of Backoff not even those
    Arbitrary<Double> multipliers =
        Arbitraries.oneOf(
            Arbitraries.of(1.0, 1.05, 1.5, 2.0, 3.0, 1e9, Double.MAX_VALUE),
            Arbitraries.doubles().between(1.05, 10));
    return Combinators.combine(
            durations(), durations(), multipliers, Arbitraries.of(Mode.class), jitter)
        .as(
            (a, b, multiplier, mode, most) ->
                a.compareTo(b) <= 0
                    ? new Made(a, b, multiplier, mode, most)
                    : new Made(b, a, multiplier, mode, most));
  }

  @Provide
  Arbitrary<Integer> attempts() {
    return Arbitraries.oneOf(
        Arbitraries.integers(),
        Arbitraries.integers().between(0, 200),
        Arbitraries.of(Integer.MAX_VALUE, Integer.MAX_VALUE - 1, Integer.MIN_VALUE, -1));
  }

  @Provide
  Arbitrary<Long> previous() {
    return Arbitraries.oneOf(
        Arbitraries.longs(), Arbitraries.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE));
  }

  @Provide
  Arbitrary<RandomGenerator> randoms() {
    return Arbitraries.oneOf(
        Arbitraries.longs().map(bits -> () -> bits), // a stuck generator, at its worst
        Arbitraries.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE).map(bits -> () -> bits),
        Arbitraries.longs().map(SplittableRandom::new));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void invariant1NoDelayIsNegativeOrAboveTheCapPlusAdditiveJitter(
      @ForAll("backoffs") Made made,
      @ForAll("attempts") int attempt,
      @ForAll("previous") long previousNanos,
      @ForAll("randoms") RandomGenerator random) {
    BigDecimal most = nanos(made.cap());
    if (made.mode() == Mode.ADDITIVE) {
      most = most.add(nanos(made.jitter())).min(MOST_NANOS);
    }

    long delay = made.backoff().delayNanos(attempt, previousNanos, random);

    assertThat(delay).isNotNegative();
    assertThat(BigDecimal.valueOf(delay)).isLessThanOrEqualTo(most);
    assertThat(nanos(made.backoff().longest())).isEqualByComparingTo(most);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void invariant2WithoutJitterDelaysNeverDecrease(
      @ForAll("backoffs") Made made, @ForAll("attempts") int one, @ForAll("attempts") int other) {
    Backoff backoff = made.with(Mode.NONE).backoff();
    assertThat(backoff.delayNanos(Math.min(one, other), 0, () -> 0))
        .isLessThanOrEqualTo(backoff.delayNanos(Math.max(one, other), 0, () -> 0));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void invariant2WithoutJitterEachAttemptsDelayIsAtMostTheNext(
      @ForAll("backoffs") Made made, @ForAll("attempts") int attempt) {
    Backoff backoff = made.with(Mode.NONE).backoff();
    int from = Math.max(0, Math.min(attempt, Integer.MAX_VALUE - 300));
    long last = 0;
    for (int i = from; i < from + 300; i++) {
      long delay = backoff.delayNanos(i, 0, () -> 0);
      assertThat(delay).isGreaterThanOrEqualTo(last);
      last = delay;
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void invariant2AfterAResetTheFirstDelayIsTheBaseAgain(
      @ForAll("backoffs") Made made, @ForAll("attempts") int attempt) {
    Backoff backoff = made.with(Mode.NONE).backoff();
    long first = backoff.delayNanos(0, 0, () -> 0);
    long later = backoff.delayNanos(attempt, first, () -> 0);
    assertThat(backoff.delayNanos(0, later, () -> 0)).isEqualTo(first);
    assertNear(BigDecimal.valueOf(first), nanos(made.base()));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void invariant3FullJitterCoversAtLeast8Of10DecilesIn1000Draws(
      @ForAll("backoffs") Made made, @ForAll("attempts") int attempt, @ForAll long seed) {
    long range = made.with(Mode.NONE).backoff().delayNanos(attempt, 0, () -> 0);
    if (range < 1000) {
      return; // too few values for ten deciles
    }
    Backoff backoff = made.with(Mode.FULL).backoff();
    SplittableRandom random = new SplittableRandom(seed);
    Set<Long> deciles = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      deciles.add(Math.min(9, backoff.delayNanos(attempt, 0, random) / (range / 10)));
    }
    assertThat(deciles).hasSizeGreaterThanOrEqualTo(8);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void theDelayBeforeJitterIsTheModelsToRounding(
      @ForAll("backoffs") Made made, @ForAll("attempts") int attempt) {
    long delay = made.with(Mode.NONE).backoff().delayNanos(attempt, 0, () -> 0);
    assertNear(BigDecimal.valueOf(delay), made.plain(attempt));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void doublingIsExactWhereDoublesAre(
      @ForAll @LongRange(min = 1, max = 1L << 50) long base, @ForAll("attempts") int attempt) {
    Backoff backoff = Backoff.exponential(Duration.ofNanos(base), Duration.ofNanos(Long.MAX_VALUE));
    int shift = Math.max(0, attempt);
    long expected = shift > Long.numberOfLeadingZeros(base) - 1 ? Long.MAX_VALUE : base << shift;
    assertThat(backoff.delayNanos(attempt, 0, () -> 0)).isEqualTo(expected);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void additiveJitterOnlyAdds(
      @ForAll("backoffs") Made made,
      @ForAll("attempts") int attempt,
      @ForAll("randoms") RandomGenerator random) {
    long plain = made.with(Mode.NONE).backoff().delayNanos(attempt, 0, random);
    long jittered = made.with(Mode.ADDITIVE).backoff().delayNanos(attempt, 0, random);
    assertThat(jittered).isGreaterThanOrEqualTo(plain);
    assertThat(BigDecimal.valueOf(jittered - plain)).isLessThanOrEqualTo(nanos(made.jitter()));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void decorrelatedJitterStaysBetweenTheBaseAndThreeTimesThePreviousDelay(
      @ForAll("backoffs") Made made,
      @ForAll("attempts") int attempt,
      @ForAll("previous") long firstPrevious,
      @ForAll("randoms") RandomGenerator random) {
    Backoff backoff = made.with(Mode.DECORRELATED).backoff();
    BigDecimal base = nanos(made.base());
    long previous = firstPrevious;
    for (int i = 0; i < 20; i++) {
      BigDecimal high =
          BigDecimal.valueOf(previous)
              .max(base)
              .multiply(BigDecimal.valueOf(3))
              .min(nanos(made.cap()));
      long delay = backoff.delayNanos(attempt, previous, random);
      assertThat(BigDecimal.valueOf(delay)).isBetween(base, high);
      previous = delay;
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void equalStreamsGiveEqualDelays(
      @ForAll("backoffs") Made made, @ForAll("attempts") int attempt, @ForAll long seed) {
    SplittableRandom one = new SplittableRandom(seed);
    SplittableRandom other = new SplittableRandom(seed);
    Backoff backoff = made.backoff();
    Backoff same = made.backoff();
    for (int i = 0; i < 20; i++) {
      assertThat(backoff.delayNanos(attempt, i, one)).isEqualTo(same.delayNanos(attempt, i, other));
    }
  }

  /** Equal but for the last bits of a double, and for what truncation takes. */
  private static void assertNear(BigDecimal actual, BigDecimal expected) {
    BigDecimal slack = expected.movePointLeft(14).add(BigDecimal.ONE);
    assertThat(actual).isBetween(expected.subtract(slack), expected.add(slack));
  }
}
