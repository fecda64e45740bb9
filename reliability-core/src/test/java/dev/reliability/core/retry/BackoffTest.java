package dev.reliability.core.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single values of {@link Backoff}: the seeds' progression, the pitfalls, bad arguments. */
class BackoffTest {
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  /** Draws nothing: the least the jitter can give. */
  private static final RandomGenerator LEAST = () -> 0;

  /** Draws all: the most the jitter can give. */
  private static final RandomGenerator MOST = () -> -1;

  private static final Backoff SEED =
      Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(30))
          .withAdditiveJitter(Duration.ofMillis(750));

  private static List<Long> millis(Backoff backoff, int attempts, RandomGenerator random) {
    List<Long> delays = new ArrayList<>();
    for (int attempt = 0; attempt < attempts; attempt++) {
      delays.add(backoff.delay(attempt, Duration.ZERO, random).toMillis());
    }
    return delays;
  }

  @Test
  void theSeedsProgressionDoublesFromOneSecondToThirty() {
    assertThat(millis(SEED, 8, LEAST))
        .containsExactly(1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L, 30000L);
  }

  @DisplayName("backoff progression and jitter bound")
  @Test
  void theSeedsJitterAddsFrom0To750MillisecondsAndNoMore() {
    assertThat(millis(SEED, 8, MOST))
        .containsExactly(1750L, 2750L, 4750L, 8750L, 16750L, 30750L, 30750L, 30750L);
    SplittableRandom random = new SplittableRandom(1);
    for (int attempt = 0; attempt < 1000; attempt++) {
      long plain = Math.min(30_000_000_000L, 1_000_000_000L << Math.min(attempt, 10));
      assertThat(SEED.delayNanos(attempt, 0, random)).isBetween(plain, plain + 750_000_000L);
    }
  }

  @Test
  void pitfall1JitterStillVariesAtTheCap() {
    for (Backoff backoff : List.of(SEED, SEED.withFullJitter(), SEED.withDecorrelatedJitter())) {
      SplittableRandom random = new SplittableRandom(13);
      long distinct =
          random.ints(1000, 13, Integer.MAX_VALUE).boxed().toList().stream()
              .mapToLong(n -> backoff.delayNanos(n, 30_000_000_000L, random))
              .distinct()
              .count();
      assertThat(distinct).isGreaterThan(990);
    }
  }

  @Test
  void pitfall1JitterNeverBreaksTheCap() {
    assertThat(SEED.delay(13, Duration.ZERO, MOST)).isEqualTo(Duration.ofMillis(30_750));
    assertThat(SEED.longest()).isEqualTo(Duration.ofMillis(30_750));
    assertThat(SEED.withFullJitter().delay(13, Duration.ZERO, MOST))
        .isEqualTo(Duration.ofSeconds(30))
        .isEqualTo(SEED.withFullJitter().longest());
    assertThat(SEED.withDecorrelatedJitter().delay(13, Duration.ofDays(1), MOST))
        .isEqualTo(Duration.ofSeconds(30))
        .isEqualTo(SEED.withDecorrelatedJitter().longest());
  }

  @Test
  void pitfall2FiveMillisecondsWithFiftyOfJitterAreNeverNegative() {
    Backoff plain = Backoff.fixed(Duration.ofMillis(5));
    for (Backoff backoff :
        List.of(
            plain.withAdditiveJitter(Duration.ofMillis(50)),
            plain.withFullJitter(),
            plain.withDecorrelatedJitter())) {
      for (RandomGenerator random :
          List.<RandomGenerator>of(
              LEAST, MOST, () -> Long.MIN_VALUE, () -> Long.MAX_VALUE, new SplittableRandom(2))) {
        for (int draw = 0; draw < 40; draw++) {
          assertThat(backoff.delayNanos(0, -50_000_000, random)).isBetween(0L, 55_000_000L);
        }
      }
    }
  }

  @Test
  void pitfall3AttemptOneHundredIsTheCapAndNotTheYear292279051() {
    Backoff backoff = Backoff.exponential(Duration.ofSeconds(1), Duration.ofDays(30));
    assertThat(backoff.delay(100, Duration.ZERO, LEAST)).isEqualTo(Duration.ofDays(30));
    assertThat(backoff.delay(Integer.MAX_VALUE, FOREVER, LEAST)).isEqualTo(Duration.ofDays(30));
  }

  @Test
  void pitfall3DurationsThatDoNotFitIntoNanosecondsSaturate() {
    Backoff backoff = Backoff.exponential(Duration.ofSeconds(1), FOREVER);
    assertThat(backoff.delay(Integer.MAX_VALUE, FOREVER, MOST)).isEqualTo(LONGEST);
    assertThat(backoff.withAdditiveJitter(FOREVER).delay(0, FOREVER, MOST)).isEqualTo(LONGEST);
    assertThat(backoff.withAdditiveJitter(FOREVER).longest()).isEqualTo(LONGEST);
    assertThat(backoff.withFullJitter().delay(99, FOREVER.negated(), MOST))
        .isGreaterThan(Duration.ofDays(365 * 290))
        .isLessThanOrEqualTo(LONGEST);
    assertThat(backoff.withDecorrelatedJitter().delay(99, FOREVER, MOST))
        .isGreaterThan(Duration.ofDays(365 * 290))
        .isLessThanOrEqualTo(LONGEST);
    assertThat(Backoff.fixed(FOREVER).delay(7, Duration.ZERO, LEAST)).isEqualTo(LONGEST);
  }

  @Test
  void pitfall3NoAttemptNumberIsReachedByCountingUpToIt() {
    // neither capped nor constant over two thousand million attempts: a loop would not come back
    Backoff backoff = Backoff.exponential(Duration.ofNanos(1000), FOREVER).withMultiplier(1 + 1e-9);
    SplittableRandom random = new SplittableRandom(3);
    for (int call = 0; call < 10_000; call++) {
      assertThat(backoff.delayNanos(Integer.MAX_VALUE, 0, random)).isBetween(8_000L, 9_000L);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void attemptZeroAndNegativeAttemptsGiveTheBase(int attempt) {
    assertThat(SEED.delay(attempt, Duration.ofHours(1), LEAST)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aFixedDelayStaysWhatItIs() {
    Backoff backoff = Backoff.fixed(Duration.ofSeconds(7));
    assertThat(millis(backoff, 100, MOST)).containsOnly(7000L);
    assertThat(backoff.longest()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void anotherMultiplierKeepsTheJitter() {
    assertThat(millis(SEED.withMultiplier(3), 5, MOST))
        .containsExactly(1750L, 3750L, 9750L, 27750L, 30750L);
    assertThat(millis(SEED.withMultiplier(1), 3, LEAST)).containsExactly(1000L, 1000L, 1000L);
  }

  @Test
  void theLastJitterModeAskedForIsTheOneInForce() {
    assertThat(SEED.withFullJitter().delay(0, Duration.ZERO, LEAST)).isZero();
    assertThat(
            SEED.withFullJitter().withAdditiveJitter(Duration.ZERO).delay(0, Duration.ZERO, MOST))
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void equalStreamsGiveEqualDelaysAndADelayDrawsAtMostOnce() {
    for (Backoff backoff : List.of(SEED, SEED.withFullJitter(), SEED.withDecorrelatedJitter())) {
      assertThat(millis(backoff, 50, new SplittableRandom(42)))
          .isEqualTo(millis(backoff, 50, new SplittableRandom(42)))
          .isNotEqualTo(millis(backoff, 50, new SplittableRandom(43)));
      int[] drawn = {0};
      backoff.delayNanos(3, 0, () -> drawn[0]++);
      assertThat(drawn[0]).isEqualTo(1);
    }
    Backoff.fixed(Duration.ofSeconds(1))
        .delayNanos(
            3,
            0,
            () -> {
              throw new AssertionError("nothing to draw without jitter");
            });
  }

  @Test
  void badArgumentsAreNamedWithTheirValue() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> Backoff.exponential(Duration.ZERO, second))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("base: expected a positive duration, got PT0S");
    assertThatThrownBy(() -> Backoff.fixed(Duration.ofMillis(-5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("base: expected a positive duration, got PT-0.005S");
    assertThatThrownBy(() -> Backoff.exponential(second, Duration.ofMillis(999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cap: expected at least the base of PT1S, got PT0.999S");
    assertThatThrownBy(
            () -> Backoff.exponential(second, second).withAdditiveJitter(second.negated()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("jitter: expected a duration that is not negative, got PT-1S");
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {0.999, 0, -2, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aMultiplierThatIsNotAFiniteNumberOfAtLeastOneIsNamed(double factor) {
    Backoff backoff = Backoff.fixed(Duration.ofSeconds(1));
    assertThatThrownBy(() -> backoff.withMultiplier(factor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("multiplier: expected a finite number of at least 1, got " + factor);
  }

  @Test
  void aCapBelowTheBaseIsRefusedAlsoWhereBothSaturate() {
    assertThatThrownBy(() -> Backoff.exponential(FOREVER, FOREVER.minusSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("cap: expected at least the base of ");
  }
}
