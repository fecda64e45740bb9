package dev.reliability.testkit.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.RetryEvent;
import dev.reliability.core.retry.AttemptTimeoutException;
import dev.reliability.core.retry.Backoff;
import dev.reliability.core.retry.Retry;
import dev.reliability.core.retry.RetryAttempt;
import dev.reliability.core.retry.RetryException;
import dev.reliability.core.retry.RetryHandle;
import dev.reliability.core.retry.RetryListener;
import dev.reliability.core.retry.RetryOutcome;
import dev.reliability.core.retry.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What bit others who try again and again. */
class RetryTest extends RetryFixture {
  // ---- bounds and deadlines ----

  @Test
  void theNamedDefaultIsTenAttemptsInTenMinutes() {
    RetryOutcome<Object> outcome =
        outcome(retry(RetryPolicy.ofDefaults()).build(), attempt -> failing("away"));
    assertThat(outcome).isInstanceOf(RetryOutcome.Exhausted.class);
    assertThat(outcome.attempts()).isEqualTo(10);
    assertThat(outcome.elapsed()).isEqualTo(Duration.ofSeconds(30 + 8 * 60));
    assertThat(told(RetryEvent.Scheduled.class))
        .extracting(RetryEvent.Scheduled::delay)
        .startsWith(Duration.ofSeconds(30), Duration.ofMinutes(1), Duration.ofMinutes(1))
        .hasSize(9);
    assertThat(told(RetryEvent.Exhausted.class))
        .containsExactly(
            new RetryEvent.Exhausted(
                "fetch",
                10,
                outcome.elapsed(),
                "10 of 10 attempts made",
                "java.io.IOException: away"));
  }

  @Test
  void anAttemptThatStillRunsAtTheEndIsGivenUpThenAndItsLateResultIgnored() {
    CompletableFuture<String> hangs = new CompletableFuture<>();
    RetryOutcome<String> outcome = outcome(retry(THREE).build(), attempt -> hangs);
    assertThat(outcome.elapsed()).isEqualTo(Duration.ofMinutes(1));
    assertThat(outcome)
        .isInstanceOfSatisfying(
            RetryOutcome.Exhausted.class,
            exhausted ->
                assertThat(exhausted.why())
                    .isEqualTo(
                        "not done within the PT1M that trying may take; attempt 1 was still"
                            + " running"));
    assertThat(outcome.errors().first()).isInstanceOf(AttemptTimeoutException.class);
    world.advance(Duration.ZERO);
    assertThat(hangs).isCancelled();
    assertThat(attempts).extracting(RetryAttempt::remaining).containsExactly(Duration.ofMinutes(1));
  }

  @Test
  void eachAttemptIsToldWhatIsLeftAndWhatWentWrong() {
    outcome(retry(THREE).build(), attempt -> failing("no " + attempt.number()));
    assertThat(attempts)
        .extracting(RetryAttempt::remaining)
        .containsExactly(Duration.ofSeconds(60), Duration.ofSeconds(59), Duration.ofSeconds(58));
    assertThat(attempts.get(0).lastError()).isNull();
    assertThat(attempts.get(2).lastError()).hasMessage("no 2");
    assertThat(attempts).extracting(RetryAttempt::id).doesNotHaveDuplicates();
  }

  @Test
  void aLateResultOfAnAttemptThatWasGivenUpIsNotTakenForThatOfTheNext() {
    List<CompletableFuture<String>> stages = new ArrayList<>();
    RetryHandle<String> handle =
        retry(THREE)
            .attemptLimit(Duration.ofSeconds(5))
            .build()
            .start(
                attempt -> {
                  // one whose cancel does nothing, as that of many clients
                  CompletableFuture<String> stage =
                      new CompletableFuture<>() {
                        @Override
                        public boolean cancel(boolean mayInterruptIfRunning) {
                          return false;
                        }
                      };
                  stages.add(stage);
                  return stage;
                });
    world.advance(Duration.ofSeconds(6));
    assertThat(stages).hasSize(2);
    stages.get(0).complete("of the first");
    world.advance(SECOND);
    assertThat(handle.outcome()).isNotDone();
    stages.get(1).complete("of the second");
    RetryOutcome<String> outcome = world.await(handle.outcome());
    assertThat(outcome.orThrow()).isEqualTo("of the second");
    assertThat(outcome.attempts()).isEqualTo(2);
    assertThat(outcome.errors().first())
        .isInstanceOf(AttemptTimeoutException.class)
        .hasMessage("attempt 1 was still running after PT5S");
  }

  @Test
  void afterTheProcessStoodStillNoAttemptBeginsTooLate() {
    RetryHandle<String> handle =
        retry(THREE)
            .build()
            .start(
                attempt -> {
                  attempts.add(attempt);
                  return failing("away");
                });
    world.advance(Duration.ofMillis(500));
    world.pauseProcess(Duration.ofMinutes(5));
    world.advance(Duration.ZERO);
    assertThat(attempts).hasSize(1);
    assertThat(handle.outcome()).isDone();
    assertThat(handle.outcome().join()).isInstanceOf(RetryOutcome.Exhausted.class);
  }

  @Test
  void oneAttemptWithoutALimitNeverEndsByItself() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    RetryHandle<String> handle = retry(RetryPolicy.none()).build().start(attempt -> stage);
    world.advance(Duration.ofDays(1000));
    assertThat(handle.outcome()).isNotDone();
    stage.complete("at last");
    assertThat(world.await(handle.outcome()).orThrow()).isEqualTo("at last");
  }

  @Test
  void aListenerIsToldEachFailureAndTheEnd() {
    List<String> heard = new ArrayList<>();
    outcome(
        retry(THREE)
            .listener(
                new RetryListener() {
                  @Override
                  public void failed(RetryAttempt attempt, Throwable error) {
                    heard.add(attempt.number() + " " + error.getMessage());
                  }

                  @Override
                  public void succeeded(RetryAttempt attempt) {
                    heard.add(attempt.number() + " ok");
                  }

                  @Override
                  public void ended(RetryOutcome<?> outcome) {
                    heard.add("ended " + outcome.isSuccess());
                  }
                })
            .build(),
        attempt -> attempt.number() < 3 ? failing("no") : CompletableFuture.completedFuture("yes"));
    world.advance(Duration.ZERO);
    assertThat(heard).containsExactly("1 no", "2 no", "3 ok", "ended true");
  }

  // ---- history ----

  @Test
  void theFirstErrorAndTheLastFiveAreKeptOfAThousand() {
    RetryPolicy many =
        RetryPolicy.with(Backoff.fixed(SECOND)).maxAttempts(1000).maxElapsed(Duration.ofHours(1));
    RetryOutcome<String> outcome =
        outcome(retry(many).build(), attempt -> failing("no " + attempt.number()));
    assertThat(outcome.attempts()).isEqualTo(1000);
    assertThat(outcome.errors().first()).hasMessage("no 1");
    assertThat(messages(outcome.errors().last()))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(996, 1000).mapToObj(i -> "no " + i).toList());
    assertThat(outcome.errors().dropped()).isEqualTo(994);
    assertThat(outcome.errors().count()).isEqualTo(1000);
    assertThatThrownBy(outcome::orThrow)
        .isInstanceOfSatisfying(
            RetryException.class, e -> assertThat(e.outcome()).isSameAs(outcome))
        .hasMessageStartingWith("given up: 1000 of 1000 attempts made (1000 attempts, PT16M39S)")
        .hasRootCauseMessage("no 1000")
        .satisfies(
            e ->
                assertThat(messages(List.of(e.getSuppressed())))
                    .containsExactly("no 1", "no 996", "no 997", "no 998", "no 999"));
  }

  // ---- blocking code ----

  @Test
  void codeThatBlocksIsTriedTheSameWay() {
    Retry retry = retry(THREE).build();
    String value =
        retry
            .<String>call(
                attempt -> {
                  if (attempt.number() < 3) {
                    throw new IOException("not yet");
                  }
                  return "done";
                })
            .orThrow();
    assertThat(value).isEqualTo("done");
    assertThat(world.elapsed()).isEqualTo(Duration.ofSeconds(2));
  }

  // ---- the end of everything ----

  @Test
  void aClosedRuntimeIsACancelledCall() {
    Retry retry = retry(THREE).build();
    world.close();
    RetryHandle<String> handle = retry.start(attempt -> failing("never called"));
    assertThat(handle.outcome().join()).isInstanceOf(RetryOutcome.Cancelled.class);
    handle.cancel("again");
  }

  @Test
  void whatCannotBeBuiltIsSaidAllAtOnce() {
    assertThatThrownBy(
            () -> Retry.builder(" ", THREE, bus).attemptLimit(Duration.ZERO).errorsKept(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("operation: expected a name, got \" \"")
        .hasMessageContaining("attemptLimit: expected a positive duration, got PT0S")
        .hasMessageContaining("errorsKept: expected at least 1, got 0");
  }

  @Test
  void theSameOperationDoesNotComeBackInOneHerd() {
    RetryPolicy jittered =
        RetryPolicy.with(Backoff.fixed(Duration.ofSeconds(10)).withFullJitter())
            .maxAttempts(2)
            .maxElapsed(Duration.ofMinutes(1));
    Retry shared = retry(jittered).build();
    for (int i = 0; i < 5; i++) {
      shared.start(attempt -> failing("away"));
      retry(jittered).build().start(attempt -> failing("away"));
    }
    world.advance(Duration.ZERO);
    assertThat(told(RetryEvent.Scheduled.class))
        .extracting(RetryEvent.Scheduled::delay)
        .doesNotHaveDuplicates()
        .hasSize(10);
  }
}
