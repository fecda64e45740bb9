package dev.reliability.testkit.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.RetryEvent;
import dev.reliability.core.retry.RejectedResultException;
import dev.reliability.core.retry.RetryAttempt;
import dev.reliability.core.retry.RetryListener;
import dev.reliability.core.retry.RetryOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What an error, a result, a rule or a listener means for the next attempt. */
class RetryVerdictsTest extends RetryFixture {
  // ---- delays from errors ----

  @Test
  void anErrorMayAskForALongerDelayAndNeverForAShorterOne() {
    Duration[] asked = {Duration.ofSeconds(7), Duration.ofSeconds(-7)};
    outcome(
        retry(THREE).delayFrom(error -> Optional.of(asked[attempts.size() - 1])).build(),
        attempt -> failing("429"));
    assertThat(told(RetryEvent.Scheduled.class))
        .extracting(RetryEvent.Scheduled::delay)
        .containsExactly(Duration.ofSeconds(7), SECOND);
  }

  @Test
  void aDelayLongerThanWhatIsLeftIsGivenUpAtOnce() {
    RetryOutcome<String> outcome =
        outcome(
            retry(THREE).delayFrom(error -> Optional.of(Duration.ofDays(400_000))).build(),
            attempt -> failing("429"));
    assertThat(outcome.elapsed()).isEqualTo(Duration.ZERO);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            RetryOutcome.Exhausted.class,
            exhausted ->
                assertThat(exhausted.why())
                    .contains("as the failure asked for, would begin after the PT1M"));
  }

  // ---- what is tried again ----

  @Test
  void errorsAndInterruptsAreNotTriedAgainAndExceptionsAre() {
    for (Throwable error : List.of(new OutOfMemoryError("made up"), new InterruptedException())) {
      attempts.clear();
      RetryOutcome<String> outcome =
          outcome(
              retry(THREE).build(),
              attempt -> CompletableFuture.failedFuture(new CompletionException(error)));
      assertThat(outcome).isInstanceOf(RetryOutcome.Aborted.class);
      assertThat(outcome.errors().newest()).isSameAs(error);
      assertThat(attempts).hasSize(1);
    }
    assertThat(told(RetryEvent.Exhausted.class)).isEmpty();
  }

  @Test
  void abortBeatsRetry() {
    RetryOutcome<String> outcome =
        outcome(
            retry(THREE)
                .retryOn(error -> true)
                .abortOn(error -> "no 2".equals(error.getMessage()))
                .build(),
            attempt -> failing("no " + attempt.number()));
    assertThat(outcome).isInstanceOf(RetryOutcome.Aborted.class);
    assertThat(outcome.attempts()).isEqualTo(2);
  }

  @Test
  void resultsMayBeAsGoodAsErrors() {
    RetryOutcome<String> outcome =
        outcome(
            retry(THREE).retryOnResult("busy"::equals).abortOnResult("gone"::equals).build(),
            attempt -> CompletableFuture.completedFuture(attempt.number() == 1 ? "busy" : "gone"));
    assertThat(outcome).isInstanceOf(RetryOutcome.Aborted.class);
    assertThat(outcome.errors().first())
        .isInstanceOfSatisfying(
            RejectedResultException.class,
            rejected -> assertThat(rejected.result()).isEqualTo("busy"));
    assertThat(outcome.errors().newest()).hasMessage("the result was not accepted: gone");
  }

  @Test
  void whatThrowsOrGivesNoStageIsAFailedAttempt() {
    RetryOutcome<String> outcome =
        outcome(
            retry(THREE).build(),
            attempt -> {
              if (attempt.number() == 1) {
                throw new IllegalStateException("thrown");
              }
              return noStage();
            });
    assertThat(outcome.errors().first()).hasMessage("thrown");
    assertThat(outcome.errors().newest()).isInstanceOf(NullPointerException.class);
    assertThat(outcome.attempts()).isEqualTo(3);
  }

  // ---- the host's rules and listeners ----

  @Test
  void aRuleOrListenerThatThrowsNeverTakesThePlaceOfTheRealError() {
    RuntimeException broken = new IllegalStateException("a broken rule");
    RetryOutcome<String> outcome =
        outcome(
            retry(THREE)
                .retryOn(
                    error -> {
                      throw broken;
                    })
                .abortOn(
                    error -> {
                      throw broken;
                    })
                .delayFrom(
                    error -> {
                      throw broken;
                    })
                .listener(
                    new RetryListener() {
                      @Override
                      public void failed(RetryAttempt attempt, Throwable error) {
                        throw broken;
                      }
                    })
                .build(),
            attempt -> failing("the real one"));
    assertThat(outcome).isInstanceOf(RetryOutcome.Exhausted.class);
    assertThat(outcome.attempts()).isEqualTo(3);
    assertThat(outcome.errors().first()).hasMessage("the real one");
    assertThat(messages(outcome.errors().last())).containsOnly("the real one");
  }
}
