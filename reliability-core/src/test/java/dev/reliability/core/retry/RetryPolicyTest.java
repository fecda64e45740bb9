package dev.reliability.core.retry;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.retry.RetryPolicy.Decision;
import dev.reliability.core.retry.RetryPolicy.GiveUp;
import dev.reliability.core.retry.RetryPolicy.NeedsMaxAttempts;
import dev.reliability.core.retry.RetryPolicy.NeedsMaxElapsed;
import dev.reliability.core.retry.RetryPolicy.RetryIn;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single decisions of {@link RetryPolicy}, and how one is written down. */
class RetryPolicyTest {
  private static final RandomGenerator NO_CHANCE = () -> 0;
  private static final Duration FOREVER = ofSeconds(Long.MAX_VALUE);

  /** Ten attempts, 30 s doubling, ten minutes in all: what the field runs with. */
  private static final RetryPolicy SEED =
      RetryPolicy.exponential(ofSeconds(30), ofMinutes(10))
          .maxAttempts(10)
          .maxElapsed(ofMinutes(10));

  /** The delays until it gives up, if every attempt takes this long; the last word is the why. */
  private static List<Object> history(RetryPolicy policy, Duration attemptTakes) {
    List<Object> history = new ArrayList<>();
    Duration elapsed = Duration.ZERO;
    Duration previous = Duration.ZERO;
    for (int attempts = 1; ; attempts++) {
      elapsed = elapsed.plus(attemptTakes);
      Decision decision = policy.afterFailure(attempts, elapsed, previous, NO_CHANCE);
      if (decision instanceof GiveUp giveUp) {
        history.add(giveUp.why());
        return history;
      }
      previous = ((RetryIn) decision).delay();
      history.add(previous.toSeconds());
      elapsed = elapsed.plus(previous);
    }
  }

  @Test
  void theSeedsPolicyGivesUpAfterFourDelaysBecauseTheFifthWouldEndAfterTenMinutes() {
    assertThat(history(SEED, Duration.ZERO))
        .containsExactly(
            30L,
            60L,
            120L,
            240L,
            "the next attempt, in PT8M, would begin after the PT10M that trying may take");
  }

  @Test
  void theSeedsPolicyWithDelaysCappedAtTwoMinutesGivesUpAfterSix() {
    RetryPolicy policy =
        RetryPolicy.exponential(ofSeconds(30), ofMinutes(2))
            .maxAttempts(10)
            .maxElapsed(ofMinutes(10));
    assertThat(history(policy, Duration.ZERO))
        .containsExactly(
            30L,
            60L,
            120L,
            120L,
            120L,
            120L,
            "the next attempt, in PT2M, would begin after the PT10M that trying may take");
  }

  @Test
  void elapsedTimeCountsTheAttemptsAsWellAsTheWaits() {
    assertThat(history(SEED, ofSeconds(90)))
        .containsExactly(
            30L,
            60L,
            120L,
            "the next attempt, in PT4M, would begin after the PT10M that trying may take");
    assertThat(history(SEED, ofMinutes(10)))
        .containsExactly(
            "the next attempt, in PT30S, would begin after the PT10M that trying may take");
  }

  @Test
  void theBoundOnAttemptsCountsTheFirstOneToo() {
    RetryPolicy policy =
        RetryPolicy.with(Backoff.fixed(ofSeconds(1))).maxAttempts(3).maxElapsed(ofMinutes(10));
    assertThat(history(policy, Duration.ZERO)).containsExactly(1L, 1L, "3 of 3 attempts made");
  }

  @Test
  void noWaitBeginsThatWouldEndAtOrAfterTheBound() {
    RetryPolicy policy =
        RetryPolicy.with(Backoff.fixed(ofSeconds(10))).maxAttempts(9).maxElapsed(ofSeconds(60));
    Duration lastMoment = ofSeconds(50).minusNanos(1);
    assertThat(policy.afterFailure(1, lastMoment, Duration.ZERO, NO_CHANCE))
        .isEqualTo(new RetryIn(ofSeconds(10), Duration.ofNanos(1)));
    assertThat(policy.afterFailure(1, ofSeconds(50), Duration.ZERO, NO_CHANCE))
        .isInstanceOf(GiveUp.class);
  }

  @Test
  void theAttemptAfterTheWaitIsHandedWhatIsLeftAsItsDeadline() {
    assertThat(SEED.afterFailure(1, ofSeconds(90), Duration.ZERO, NO_CHANCE))
        .isEqualTo(new RetryIn(ofSeconds(30), ofSeconds(600 - 90 - 30)));
  }

  @Test
  void thePreviousDelayReachesABackoffThatNeedsIt() {
    RetryPolicy policy =
        RetryPolicy.with(Backoff.exponential(ofSeconds(1), ofMinutes(5)).withDecorrelatedJitter())
            .maxAttempts(9)
            .maxElapsed(ofMinutes(60));
    assertThat(policy.afterFailure(1, Duration.ZERO, ofSeconds(20), () -> -1))
        .isEqualTo(new RetryIn(ofMinutes(1), ofMinutes(59)));
  }

  @Test
  void oneAttemptAndNoOtherIsAPolicyToo() {
    assertThat(history(RetryPolicy.none(), ofSeconds(1))).containsExactly("1 of 1 attempts made");
    assertThat(RetryPolicy.none().maxAttempts()).isEqualTo(1);
  }

  @Test
  void durationsOfAnySizeAreDecidedUponAndNeverOverflow() {
    RetryPolicy policy =
        RetryPolicy.exponential(ofSeconds(1), FOREVER)
            .maxAttempts(Integer.MAX_VALUE)
            .maxElapsed(FOREVER);
    assertThat(policy.afterFailure(1_000_000, ofSeconds(1), FOREVER, NO_CHANCE))
        .isInstanceOf(GiveUp.class);
    assertThat(policy.afterFailure(1, FOREVER, FOREVER, NO_CHANCE)).isInstanceOf(GiveUp.class);
    assertThat(policy.afterFailure(Integer.MIN_VALUE, Duration.ZERO, FOREVER, NO_CHANCE))
        .isEqualTo(new RetryIn(ofSeconds(1), Duration.ofNanos(Long.MAX_VALUE).minusSeconds(1)));
  }

  @Test
  void negativeElapsedTimeCountsAsNone() {
    assertThat(SEED.afterFailure(1, ofSeconds(-90), Duration.ZERO, NO_CHANCE))
        .isEqualTo(new RetryIn(ofSeconds(30), ofSeconds(570)));
    RetryPolicy longest =
        RetryPolicy.with(Backoff.fixed(ofSeconds(1))).maxAttempts(2).maxElapsed(FOREVER);
    assertThat(longest.afterFailure(1, FOREVER.negated(), Duration.ZERO, NO_CHANCE))
        .isEqualTo(new RetryIn(ofSeconds(1), Duration.ofNanos(Long.MAX_VALUE).minusSeconds(1)));
  }

  @Test
  void aDecisionIsFoldedIntoOneValue() {
    Decision retry = SEED.afterFailure(1, Duration.ZERO, Duration.ZERO, NO_CHANCE);
    Decision giveUp = SEED.afterFailure(10, Duration.ZERO, Duration.ZERO, NO_CHANCE);
    assertThat(retry.<String>fold(in -> "in " + in.delay(), GiveUp::why)).isEqualTo("in PT30S");
    assertThat(giveUp.<String>fold(in -> "in " + in.delay(), GiveUp::why))
        .isEqualTo("10 of 10 attempts made");
  }

  @Test
  void aPolicyShowsWhatItWasWrittenDownWith() {
    assertThat(SEED.maxAttempts()).isEqualTo(10);
    assertThat(SEED.maxElapsed()).isEqualTo(ofMinutes(10));
    assertThat(SEED.backoff().longest()).isEqualTo(ofMinutes(10));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void lessThanOneAttemptIsRefusedWithItsValue(int attempts) {
    NeedsMaxAttempts unbounded = RetryPolicy.exponential(ofSeconds(1), ofSeconds(2));
    assertThatThrownBy(() -> unbounded.maxAttempts(attempts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxAttempts: expected at least 1, got " + attempts);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void elapsedTimeThatIsNotPositiveIsRefusedWithItsValue(long seconds) {
    NeedsMaxElapsed unbounded = RetryPolicy.with(Backoff.fixed(ofSeconds(1))).maxAttempts(2);
    assertThatThrownBy(() -> unbounded.maxElapsed(ofSeconds(seconds)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxElapsed: expected a positive duration, got " + ofSeconds(seconds));
  }

  @Test
  void noWayLeadsToAPolicyThatLacksABound() {
    assertThat(methods(NeedsMaxAttempts.class)).containsExactly("NeedsMaxElapsed maxAttempts(int)");
    assertThat(methods(NeedsMaxElapsed.class)).containsExactly("RetryPolicy maxElapsed(Duration)");
    assertThat(RetryPolicy.class.getConstructors()).isEmpty();
    assertThat(
            Arrays.stream(RetryPolicy.class.getMethods())
                .filter(method -> Modifier.isStatic(method.getModifiers()))
                .map(RetryPolicyTest::describe))
        .containsExactlyInAnyOrder(
            "NeedsMaxAttempts exponential(Duration, Duration)",
            "NeedsMaxAttempts with(Backoff)",
            "RetryPolicy none()",
            "RetryPolicy ofDefaults()");
  }

  private static List<String> methods(Class<?> type) {
    return Arrays.stream(type.getMethods()).map(RetryPolicyTest::describe).toList();
  }

  private static String describe(Method method) {
    return method.getReturnType().getSimpleName()
        + " "
        + method.getName()
        + Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .toList()
            .toString()
            .replace('[', '(')
            .replace(']', ')');
  }
}
