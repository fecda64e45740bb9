package dev.reliability.core.gate;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Calls what may hang, throw or answer late, and has an answer in time. */
final class Within {
  private Within() {}

  /**
   * Calls {@code foreign} on a strand of its own.
   *
   * @return what it answers; fails with what it threw, or, once {@code limit} has passed, with
   *     {@link Late}
   */
  static <T> CompletableFuture<T> limit(
      ReliabilityRuntime runtime,
      Strand.Kind kind,
      String label,
      Duration limit,
      Supplier<? extends CompletionStage<T>> foreign) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    long timer;
    try {
      timer =
          runtime
              .scheduler()
              .schedule(
                  runtime.strand(Strand.Kind.CONTROL, label),
                  Durations.saturatedNanos(limit),
                  () -> answer.completeExceptionally(new Late(limit)));
    } catch (RejectedExecutionException closed) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("the runtime is closed", closed));
    }
    answer.whenComplete((value, error) -> runtime.scheduler().cancel(timer));
    runtime
        .strand(kind, label)
        .execute(
            () -> {
              try {
                foreign
                    .get()
                    .whenComplete(
                        (value, error) -> {
                          if (error != null) {
                            answer.completeExceptionally(error);
                          } else {
                            answer.complete(value);
                          }
                        });
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }

  /** There was no answer in time. */
  static final class Late extends RuntimeException {
    private static final long serialVersionUID = 1;

    Late(Duration limit) {
      super("no answer within " + limit);
    }
  }

  /** What went wrong, in words. */
  static String words(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof Late ? String.valueOf(cause.getMessage()) : cause.toString();
  }
}
