package dev.reliability.core.check;

import dev.reliability.core.check.CheckResult.Failed;
import dev.reliability.core.check.PreflightReport.CheckReport;
import dev.reliability.core.retry.AttemptTimeoutException;
import dev.reliability.core.retry.RejectedResultException;
import dev.reliability.core.retry.Retry;
import dev.reliability.core.retry.RetryAttempt;
import dev.reliability.core.retry.RetryOutcome;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One check in one preflight, all its attempts. What it says is masked and bounded before anybody
 * else sees it, the retry and its events included.
 */
final class CheckRun {
  private static final int MOST_WHY = 1024;
  private static final int MOST_OUTPUT = 2048;

  private final String name;
  private final DependencyCheck check;
  private final Duration limit;
  private final Masker masker;
  private final ReliabilityRuntime runtime;
  private volatile CheckOutput output = new CheckOutput();

  CheckRun(
      String name,
      DependencyCheck check,
      Duration limit,
      Masker masker,
      ReliabilityRuntime runtime) {
    this.name = name;
    this.check = check;
    this.limit = limit;
    this.masker = masker;
    this.runtime = runtime;
  }

  /** Never fails. */
  CompletableFuture<CheckReport> begin(Retry retry) {
    return retry.start(this::attempt).outcome().thenApply(this::report);
  }

  private CompletionStage<CheckResult> attempt(RetryAttempt attempt) {
    CheckOutput fresh = new CheckOutput();
    output = fresh;
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    CompletionStage<CheckResult> stage;
    try {
      CheckContext context =
          new CheckContext(runtime, attempt.number(), attempt.remaining(), fresh);
      stage = Objects.requireNonNull(check.check(context), "the check's stage");
    } catch (Exception e) {
      return CompletableFuture.completedFuture(masked(thrown(e), fresh));
    }
    stage.whenComplete(
        (value, error) -> {
          if (error == null && value == null) {
            result.complete(masked(CheckResult.failed("the check gave no result"), fresh));
          } else if (error == null) {
            result.complete(masked(value, fresh));
          } else if (unwrapped(error) instanceof Exception e) {
            result.complete(masked(thrown(e), fresh));
          } else {
            result.completeExceptionally(error);
          }
        });
    result.whenComplete(
        (value, error) -> {
          if (result.isCancelled()) {
            stage.toCompletableFuture().cancel(true);
          }
        });
    return result;
  }

  private CheckResult masked(CheckResult result, CheckOutput seen) {
    return result.fold(
        passed -> new CheckResult.Passed(masker.head(passed.detail(), MOST_WHY)),
        failed ->
            new Failed(
                masker.head(failed.why(), MOST_WHY),
                failed.output().isEmpty()
                    ? seen.snippet(masker, MOST_OUTPUT)
                    : masker.tail(failed.output(), false, MOST_OUTPUT)));
  }

  private static CheckResult thrown(Throwable error) {
    String message = error.getMessage();
    String type = error.getClass().getSimpleName();
    return CheckResult.failed(message == null ? type : type + ": " + message);
  }

  private CheckReport report(RetryOutcome<CheckResult> outcome) {
    if (outcome instanceof RetryOutcome.Succeeded<CheckResult> succeeded) {
      String detail = succeeded.value().fold(CheckResult.Passed::detail, Failed::why);
      return new CheckReport(name, true, detail, "", outcome.attempts(), outcome.elapsed());
    }
    Failed failed =
        outcome instanceof RetryOutcome.Cancelled<CheckResult> cancelled
            ? new Failed("cancelled: " + cancelled.why(), "")
            : failed(outcome.errors().newest());
    return new CheckReport(
        name, false, failed.why(), failed.output(), outcome.attempts(), outcome.elapsed());
  }

  private Failed failed(@Nullable Throwable newest) {
    if (newest instanceof RejectedResultException rejected
        && rejected.result() instanceof Failed failed) {
      return failed;
    } else if (newest instanceof AttemptTimeoutException) {
      return new Failed(
          "hung: it did not end within " + limit + " and was given up",
          output.snippet(masker, MOST_OUTPUT));
    }
    return new Failed(
        masker.head(String.valueOf(newest), MOST_WHY), output.snippet(masker, MOST_OUTPUT));
  }

  private static Throwable unwrapped(Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : null;
    return cause == null ? error : cause;
  }
}
