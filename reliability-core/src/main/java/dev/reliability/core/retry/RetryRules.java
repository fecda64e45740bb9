package dev.reliability.core.retry;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an error or a result means, as the host told it. A predicate that throws is logged and
 * counts as not having been there: it never replaces the error that it was asked about.
 */
record RetryRules(
    String operation,
    @Nullable Predicate<? super Throwable> retryOn,
    @Nullable Predicate<? super Throwable> abortOn,
    @Nullable Predicate<Object> retryOnResult,
    @Nullable Predicate<Object> abortOnResult,
    @Nullable Function<? super Throwable, Optional<Duration>> delayFrom) {
  private static final Logger log = LoggerFactory.getLogger(Retry.class);

  /** What is to be done about an attempt that ended. */
  sealed interface Judgement {}

  /** Its result counts. */
  record Accept() implements Judgement {}

  /** Another attempt, not before the delay that the error asked for. */
  record Again(Throwable error, Duration atLeast) implements Judgement {}

  /** Nothing more. */
  record Stop(Throwable error, String why) implements Judgement {}

  /** Judges what an attempt came to. Calls the host's code. */
  Judgement judge(@Nullable Object result, @Nullable Throwable failure) {
    if (failure != null) {
      return judge(unwrapped(failure));
    } else if (asked("abortOnResult", abortOnResult, result, false)) {
      return new Stop(new RejectedResultException(result), "the result is one after which to stop");
    } else if (asked("retryOnResult", retryOnResult, result, false)) {
      return again(new RejectedResultException(result));
    }
    return new Accept();
  }

  private Judgement judge(Throwable error) {
    if (asked("abortOn", abortOn, error, false)) {
      return new Stop(error, "the error is one after which to stop");
    } else if (asked("retryOn", retryOn, error, isRetryable(error))) {
      return again(error);
    }
    return new Stop(error, "the error is not one to try again after");
  }

  private Again again(Throwable error) {
    Duration atLeast = Duration.ZERO;
    if (delayFrom != null) {
      try {
        atLeast = delayFrom.apply(error).orElse(Duration.ZERO);
      } catch (Throwable broken) {
        log.warn("{}: delayFrom threw, the backoff alone counts", operation, broken);
      }
    }
    return new Again(error, atLeast.isNegative() ? Duration.ZERO : atLeast);
  }

  private <V> boolean asked(
      String name, @Nullable Predicate<? super V> rule, @Nullable V value, boolean otherwise) {
    if (rule == null) {
      return otherwise;
    }
    try {
      return rule.test(value);
    } catch (Throwable broken) {
      log.warn("{}: {} threw, and counts as if it was not there", operation, name, broken);
      return otherwise;
    }
  }

  /** Exceptions are; what no second attempt makes better is not: errors, and interrupts. */
  static boolean isRetryable(Throwable error) {
    return error instanceof Exception && !(error instanceof InterruptedException);
  }

  private static Throwable unwrapped(Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : null;
    return cause == null ? error : cause;
  }
}
