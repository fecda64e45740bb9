package dev.reliability.testkit.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.retry.Backoff;
import dev.reliability.core.retry.Retry;
import dev.reliability.core.retry.RetryAttempt;
import dev.reliability.core.retry.RetryListener;
import dev.reliability.core.retry.RetryOutcome;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The host's code hangs, on real threads: wherever it does, the outcome comes in time. */
class RetryHangsTest {
  private static final Duration LIMIT = Duration.ofMillis(400);

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final EventBus bus = EventBus.builder(runtime).build();
  private final CountDownLatch never = new CountDownLatch(1);
  private final Retry.Builder retry = within(LIMIT);

  private Retry.Builder within(Duration limit) {
    return Retry.builder(
        "hangs",
        RetryPolicy.with(Backoff.fixed(Duration.ofMillis(1))).maxAttempts(3).maxElapsed(limit),
        bus);
  }

  @AfterEach
  void letGo() {
    never.countDown();
    bus.close();
    runtime.close();
  }

  private <T> T hang(T value) {
    while (never.getCount() > 0) {
      try {
        never.await();
      } catch (InterruptedException e) {
        continue; // as code does that heeds none
      }
    }
    return value;
  }

  private static void assertGivenUpInTime(RetryOutcome<?> outcome) {
    assertThat(outcome).isInstanceOf(RetryOutcome.Exhausted.class);
    assertThat(outcome.elapsed()).isBetween(LIMIT, Duration.ofSeconds(20));
  }

  @Test
  void anOperationThatNeverReturnsItsStage() {
    RetryOutcome<String> outcome =
        runtime.await(
            retry.build().start(a -> hang(CompletableFuture.completedFuture("late"))).outcome());
    assertGivenUpInTime(outcome);
    assertThat(outcome.attempts()).isEqualTo(1);
  }

  @Test
  void codeThatBlocksAndHeedsNoInterrupt() {
    assertGivenUpInTime(retry.build().call(attempt -> hang("late")));
  }

  @Test
  void aRule() {
    Retry hangs = retry.retryOn(error -> hang(true)).build();
    assertGivenUpInTime(
        runtime.await(
            hangs.start(a -> CompletableFuture.failedFuture(new IOException("no"))).outcome()));
  }

  @Test
  void aStageWhoseCancelHangs() {
    CompletableFuture<String> stage =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterruptIfRunning) {
            return hang(true);
          }
        };
    assertGivenUpInTime(runtime.await(retry.build().start(attempt -> stage).outcome()));
  }

  @Test
  void aListenerDelaysNothingAtAll() {
    Retry hangs =
        within(Duration.ofMinutes(1))
            .listener(
                new RetryListener() {
                  @Override
                  public void failed(RetryAttempt attempt, Throwable error) {
                    hang(true);
                  }
                })
            .build();
    RetryOutcome<Integer> outcome =
        hangs.call(
            attempt -> {
              if (attempt.number() == 1) {
                throw new IOException("no");
              }
              return attempt.number();
            });
    assertThat(outcome.orThrow()).isEqualTo(2);
  }
}
