package dev.reliability.core.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.retry.RetryPolicy.GiveUp;
import dev.reliability.core.retry.RetryPolicy.RetryIn;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;

/** What holds for every {@link RetryPolicy}, however long the attempts take. */
class RetryPolicyInvariantsTest {

  @Provide
  Arbitrary<Backoff> backoffs() {
    return Arbitraries.of(
        Backoff.fixed(Duration.ofMillis(500)),
        Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(30)),
        Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(30))
            .withAdditiveJitter(Duration.ofMillis(750)),
        Backoff.exponential(Duration.ofSeconds(30), Duration.ofHours(3)).withFullJitter(),
        Backoff.exponential(Duration.ofSeconds(1), Duration.ofMinutes(5)).withDecorrelatedJitter());
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void tryingEndsWithinBothBoundsHoweverLongTheAttemptsTake(
      @ForAll("backoffs") Backoff backoff,
      @ForAll @IntRange(min = 1, max = 40) int maxAttempts,
      @ForAll @LongRange(min = 1, max = 3_600_000) long maxElapsedMillis,
      @ForAll @NotEmpty @Size(max = 40) List<@LongRange(min = 0, max = 120_000) Long> attemptMillis,
      @ForAll long seed) {
    Duration maxElapsed = Duration.ofMillis(maxElapsedMillis);
    RetryPolicy policy = RetryPolicy.with(backoff).maxAttempts(maxAttempts).maxElapsed(maxElapsed);
    SplittableRandom random = new SplittableRandom(seed);
    Duration elapsed = Duration.ZERO;
    Duration previous = Duration.ZERO;
    Duration attempt;
    int attempts = 0;
    while (true) {
      attempt = Duration.ofMillis(attemptMillis.get(attempts % attemptMillis.size()));
      attempts++;
      elapsed = elapsed.plus(attempt);
      RetryPolicy.Decision decision = policy.afterFailure(attempts, elapsed, previous, random);
      if (decision instanceof GiveUp) {
        break;
      }
      RetryIn in = (RetryIn) decision;
      assertThat(in.delay()).isBetween(Duration.ZERO, backoff.longest());
      elapsed = elapsed.plus(in.delay());
      previous = in.delay();
      assertThat(elapsed).as("no wait ends after the bound").isLessThan(maxElapsed);
      assertThat(in.remaining()).isEqualTo(maxElapsed.minus(elapsed)).isPositive();
    }
    assertThat(attempts).isLessThanOrEqualTo(maxAttempts);
    assertThat(elapsed.minus(attempt))
        .as("only the last attempt itself may reach beyond the bound")
        .isLessThan(maxElapsed);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void attemptsThatKeepToTheDeadlineTheyAreHandedNeverExceedTheBound(
      @ForAll("backoffs") Backoff backoff,
      @ForAll @LongRange(min = 1, max = 3_600_000) long maxElapsedMillis,
      @ForAll long seed) {
    Duration maxElapsed = Duration.ofMillis(maxElapsedMillis);
    RetryPolicy policy = RetryPolicy.with(backoff).maxAttempts(1000).maxElapsed(maxElapsed);
    SplittableRandom random = new SplittableRandom(seed);
    Duration elapsed = Duration.ZERO;
    Duration previous = Duration.ZERO;
    Duration deadline = maxElapsed;
    for (int attempts = 1; attempts <= 1000; attempts++) {
      elapsed = elapsed.plusNanos(random.nextLong(deadline.toNanos() + 1));
      assertThat(elapsed).isLessThanOrEqualTo(maxElapsed);
      RetryPolicy.Decision decision = policy.afterFailure(attempts, elapsed, previous, random);
      if (!(decision instanceof RetryIn in)) {
        return;
      }
      previous = in.delay();
      deadline = in.remaining();
      elapsed = elapsed.plus(previous);
    }
    throw new AssertionError("1000 attempts and no end");
  }
}
