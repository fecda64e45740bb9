package dev.reliability.core.retry;

import dev.reliability.core.event.EventData;
import dev.reliability.core.event.RetryEvent;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of an operation, from its first attempt to its outcome. Decides on a control strand of
 * its own; the host's code (the operation, the rules, listeners, whoever waits for the outcome) is
 * called on delivery strands, of which each attempt has new ones: one that hangs delays nothing.
 */
final class RetryRun<T> {
  private static final Logger log = LoggerFactory.getLogger(Retry.class);
  private static final int SHOWN = 500;

  private final Retry retry;
  private final Function<RetryAttempt, ? extends CompletionStage<T>> operation;
  private final String id;
  private final ReliabilityRuntime runtime;
  private final RandomGenerator random;
  private final Strand control;
  private final Strand listeners;
  private final CompletableFuture<RetryOutcome<T>> outcome = new CompletableFuture<>();
  private final long beganNanos;
  private final long limitNanos;

  /** No attempt begins any more; set by any thread. */
  private volatile boolean cancelled;

  // ---- on the control strand ----

  private boolean over;
  private int attempts;
  private @Nullable Attempt current;
  private Duration delay = Duration.ZERO;
  private RetryErrors errors = RetryErrors.NONE;
  private long deadlineTimer = Scheduler.NO_TIMER;
  private long delayTimer = Scheduler.NO_TIMER;

  RetryRun(Retry retry, String id, Function<RetryAttempt, ? extends CompletionStage<T>> operation) {
    this.retry = retry;
    this.operation = operation;
    this.id = id;
    runtime = retry.bus().runtime();
    // By the call: calls of one operation that fail together must not come back together.
    random = runtime.randomness().stream("retry", id);
    control = runtime.strand(Strand.Kind.CONTROL, "retry " + retry.operation());
    listeners = delivery("listeners of ");
    beganNanos = runtime.time().nanos();
    limitNanos = Durations.saturatedNanos(retry.policy().maxElapsed());
  }

  RetryHandle<T> begin() {
    try {
      control.execute(() -> guarded(this::first));
    } catch (RejectedExecutionException closed) {
      outcome.complete(
          new RetryOutcome.Cancelled<>("the runtime is closed", 0, Duration.ZERO, errors));
    }
    return new RetryHandle<>(outcome, this::cancel);
  }

  private void cancel(String why) {
    cancelled = true;
    try {
      control.execute(() -> guarded(() -> cancelNow(why)));
    } catch (RejectedExecutionException closed) {
      outcome.complete(new RetryOutcome.Cancelled<>(why, 0, elapsed(), RetryErrors.NONE));
    }
  }

  private void cancelNow(String why) {
    if (!over) {
      giveUpCurrent();
      end(new RetryOutcome.Cancelled<>(why, attempts(), elapsed(), errors));
    }
  }

  private void first() {
    if (!over) {
      deadlineTimer = later(limitNanos - elapsedNanos(), this::deadline);
      next();
    }
  }

  private void next() {
    long left = limitNanos - elapsedNanos();
    if (over || cancelled || left <= 0) {
      return; // the deadline's timer, or the cancellation, is on its way
    }
    attempts++;
    Attempt attempt = new Attempt(attempts, errors.newest());
    current = attempt;
    if (attempt.limitNanos < left) {
      attempt.timer =
          later(
              attempt.limitNanos,
              () ->
                  attempt.giveUp(
                      "attempt "
                          + attempt.number
                          + " was still running after "
                          + Duration.ofNanos(attempt.limitNanos)));
    }
    delivery("attempt at ").execute(attempt::call);
  }

  private void settle(Attempt attempt, RetryRules.Judgement judgement) {
    if (over || attempt != current) {
      return;
    }
    runtime.scheduler().cancel(attempt.timer);
    current = null;
    if (judgement instanceof RetryRules.Again again) {
      failed(attempt, again.error());
      again(again);
    } else if (judgement instanceof RetryRules.Stop stop) {
      failed(attempt, stop.error());
      end(new RetryOutcome.Aborted<>(stop.why(), attempts(), elapsed(), errors));
    } else {
      tell(listener -> listener.succeeded(attempt.handed));
      end(succeeded(attempt.result));
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // what the operation itself gave, null perhaps
  private RetryOutcome<T> succeeded(@Nullable Object value) {
    return new RetryOutcome.Succeeded<>((T) value, attempts(), elapsed(), errors);
  }

  private void again(RetryRules.Again again) {
    if (cancelled) {
      return;
    }
    RetryPolicy.Decision decision =
        retry.policy().afterFailure(attempts, elapsed(), delay, again.atLeast(), random);
    if (decision instanceof RetryPolicy.RetryIn in) {
      delay = in.delay();
      emit(
          new RetryEvent.Scheduled(
              retry.operation(), attempts, delay, in.remaining(), shown(again.error())));
      delayTimer = later(delay.toNanos(), this::next);
    } else {
      exhausted(((RetryPolicy.GiveUp) decision).why());
    }
  }

  private void deadline() {
    if (over || cancelled) {
      return;
    }
    String why = "not done within the " + retry.policy().maxElapsed() + " that trying may take";
    Attempt running = current;
    if (running != null && running.called) {
      why += "; attempt " + running.number + " was still running";
      failed(running, new AttemptTimeoutException(why));
    }
    giveUpCurrent();
    exhausted(why);
  }

  private void exhausted(String why) {
    emit(
        new RetryEvent.Exhausted(
            retry.operation(), attempts(), elapsed(), why, shown(errors.newest())));
    end(new RetryOutcome.Exhausted<>(why, attempts(), elapsed(), errors));
  }

  private void failed(Attempt attempt, Throwable error) {
    errors = errors.with(error, retry.errorsKept());
    tell(listener -> listener.failed(attempt.handed, error));
  }

  private void giveUpCurrent() {
    Attempt running = current;
    if (running != null) {
      runtime.scheduler().cancel(running.timer);
      running.judged.set(true);
      running.cancelStage();
    }
  }

  private void end(RetryOutcome<T> value) {
    over = true;
    runtime.scheduler().cancel(deadlineTimer);
    runtime.scheduler().cancel(delayTimer);
    tell(listener -> listener.ended(value));
    delivery("outcome of ").execute(() -> outcome.complete(value));
  }

  /** Attempts whose operation was called. */
  private int attempts() {
    Attempt last = current;
    return last != null && !last.called ? attempts - 1 : attempts;
  }

  // ---- an attempt ----

  private final class Attempt {
    private final int number;
    private final @Nullable Throwable lastError;
    private final long limitNanos;

    /** Whoever sets it has the attempt judged, or says that it counts no more. */
    private final AtomicBoolean judged = new AtomicBoolean();

    private volatile boolean called;
    private volatile RetryAttempt handed;
    private volatile @Nullable CompletionStage<T> stage;
    private volatile @Nullable Object result;
    private long timer = Scheduler.NO_TIMER;

    Attempt(int number, @Nullable Throwable lastError) {
      this.number = number;
      this.lastError = lastError;
      limitNanos = retry.attemptLimitNanos();
      handed = handed(RetryRun.this.limitNanos - elapsedNanos());
    }

    private RetryAttempt handed(long leftNanos) {
      return new RetryAttempt(
          retry.operation(),
          id,
          number,
          Duration.ofNanos(Math.min(leftNanos, limitNanos)),
          lastError);
    }

    /** On the attempt's own strand; late perhaps, if this process stood still. */
    private void call() {
      long left = RetryRun.this.limitNanos - elapsedNanos();
      if (cancelled || judged.get() || left <= 0) {
        return;
      }
      handed = handed(left);
      called = true;
      try {
        CompletionStage<T> begun =
            Objects.requireNonNull(operation.apply(handed), "the operation's stage");
        stage = begun;
        begun.whenComplete(this::ended);
        if (judged.get()) {
          cancelStage(); // it was given up while it began
        }
      } catch (Throwable e) {
        ended(null, e);
      }
    }

    private void ended(@Nullable T value, @Nullable Throwable error) {
      if (judged.compareAndSet(false, true)) {
        result = value;
        judge(value, error);
      }
    }

    private void giveUp(String why) {
      if (!over && judged.compareAndSet(false, true)) {
        cancelStage();
        judge(null, new AttemptTimeoutException(why));
      }
    }

    private void judge(@Nullable T value, @Nullable Throwable error) {
      delivery("rules of ")
          .execute(
              () -> {
                RetryRules.Judgement judgement = retry.rules().judge(value, error);
                control.execute(() -> guarded(() -> settle(this, judgement)));
              });
    }

    /** Cancelling runs what hangs on the stage: the host's code. */
    private void cancelStage() {
      CompletionStage<T> running = stage;
      if (running != null) {
        delivery("cancel of ")
            .execute(
                () -> {
                  try {
                    running.toCompletableFuture().cancel(true);
                  } catch (Throwable e) {
                    log.warn("{}: an attempt could not be cancelled", retry.operation(), e);
                  }
                });
      }
    }
  }

  // ---- the outside ----

  private long later(long nanos, Runnable task) {
    return runtime.scheduler().schedule(control, nanos, () -> guarded(task));
  }

  /** Ends the call if the runtime was closed under it, which no timer would do any more. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RejectedExecutionException closed) {
      over = true;
      outcome.complete(
          new RetryOutcome.Cancelled<>("the runtime was closed", attempts(), elapsed(), errors));
    }
  }

  private void tell(Consumer<RetryListener> call) {
    for (RetryListener listener : retry.listeners()) {
      listeners.execute(
          () -> {
            try {
              call.accept(listener);
            } catch (Throwable e) {
              log.warn("{}: a listener threw", retry.operation(), e);
            }
          });
    }
  }

  private void emit(EventData data) {
    retry.bus().emit(retry.subject(), data);
  }

  private Strand delivery(String what) {
    return runtime.strand(Strand.Kind.DELIVERY, what + retry.operation());
  }

  private long elapsedNanos() {
    return Math.max(0, runtime.time().nanos() - beganNanos);
  }

  private Duration elapsed() {
    return Duration.ofNanos(elapsedNanos());
  }

  private static String shown(@Nullable Throwable error) {
    if (error == null) {
      return "";
    }
    String text;
    try {
      text = error.toString();
    } catch (RuntimeException e) {
      text = error.getClass().getName();
    }
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
