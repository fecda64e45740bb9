package dev.reliability.core.retry;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.BlockingCall;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tries an operation of the host's under a {@link RetryPolicy}, and says how that ended
 * (requirements N1, N3).
 *
 * <pre>{@code
 * Retry retry = Retry.builder("fetch the token", RetryPolicy.ofDefaults(), bus)
 *     .delayFrom(error -> retryAfter(error)).abortOn(Forbidden.class::isInstance).build();
 * RetryHandle<Token> call = retry.start(attempt -> client.fetch(attempt.remaining()));  // a stage
 * Token token = retry.call(attempt -> client.fetchBlocking()).orThrow();                // or waits
 * }</pre>
 *
 * <p>Elapsed time counts the attempts as well as the waits. Each attempt is told how long it may
 * take; one that is still running then is given up: its stage is cancelled, and what it gives later
 * is ignored. So the outcome comes at the policy's {@code maxElapsed} at the latest, whatever the
 * operation does.
 *
 * <p>By default every exception is tried again after; errors such as {@link OutOfMemoryError} and
 * {@link InterruptedException} are not, and every result is accepted. Rules of the host's change
 * that; {@code abortOn} beats {@code retryOn}. What a rule or a listener throws is logged as a
 * warning and never takes the place of the real error.
 *
 * <p>Tells {@code retry.scheduled} for each further attempt and {@code retry.exhausted} when a
 * bound is met. Keeps the first error and the last five by default. Immutable and thread-safe; any
 * number of calls may be under way. A call that waits for its next attempt when the runtime is
 * closed has no outcome any more.
 */
public final class Retry {
  private final String operation;
  private final RetryPolicy policy;
  private final EventBus bus;
  private final Subject subject;
  private final RetryRules rules;
  private final List<RetryListener> listeners;
  private final long attemptLimitNanos;
  private final int errorsKept;

  private Retry(Builder builder) {
    operation = builder.operation;
    policy = builder.policy;
    bus = builder.bus;
    subject = builder.subject;
    rules =
        new RetryRules(
            operation,
            builder.retryOn,
            builder.abortOn,
            builder.retryOnResult,
            builder.abortOnResult,
            builder.delayFrom);
    listeners = List.copyOf(builder.listeners);
    attemptLimitNanos =
        builder.attemptLimit == null
            ? Long.MAX_VALUE
            : Durations.saturatedNanos(builder.attemptLimit);
    errorsKept = builder.errorsKept;
  }

  /**
   * A builder with all defaults.
   *
   * @param operation what is tried, for events and the log
   * @param policy when to try again, and when to stop
   * @param bus where it tells how it goes
   */
  public static Builder builder(String operation, RetryPolicy policy, EventBus bus) {
    return new Builder(operation, policy, bus);
  }

  /**
   * Begins a call and returns at once.
   *
   * @param code one attempt; called on a delivery strand of its own, so that one that hangs delays
   *     nothing but is given up like any other
   */
  public <T> RetryHandle<T> start(Function<RetryAttempt, ? extends CompletionStage<T>> code) {
    Objects.requireNonNull(code, "code");
    return new RetryRun<T>(this, bus.newId(), code).begin();
  }

  /**
   * Begins a call of code that blocks. Each attempt runs on a strand of its own; one that is given
   * up is interrupted, and if it does not heed that, left to itself.
   */
  public <T> RetryHandle<T> startBlocking(Blocking<? extends T> code) {
    Objects.requireNonNull(code, "code");
    ReliabilityRuntime runtime = bus.runtime();
    return start(
        attempt ->
            BlockingCall.on(
                runtime.strand(Strand.Kind.DELIVERY, "blocking attempt at " + operation),
                () -> code.attempt(attempt)));
  }

  /**
   * Tries code that blocks, and waits for the outcome: {@code maxElapsed} at most.
   *
   * <p>Never to be called on a control strand, which must not wait, and in a simulated world only
   * outside of any task.
   */
  public <T> RetryOutcome<T> call(Blocking<? extends T> code) {
    RetryHandle<T> handle = startBlocking(code);
    return bus.runtime().await(handle.outcome());
  }

  /**
   * Code that blocks and may throw anything.
   *
   * @param <T> what it gives
   */
  @FunctionalInterface
  public interface Blocking<T> {

    /**
     * One attempt.
     *
     * @throws Exception if it failed
     */
    T attempt(RetryAttempt attempt) throws Exception;
  }

  String operation() {
    return operation;
  }

  RetryPolicy policy() {
    return policy;
  }

  EventBus bus() {
    return bus;
  }

  Subject subject() {
    return subject;
  }

  RetryRules rules() {
    return rules;
  }

  List<RetryListener> listeners() {
    return listeners;
  }

  long attemptLimitNanos() {
    return attemptLimitNanos;
  }

  int errorsKept() {
    return errorsKept;
  }

  /** Collects the settings of a retry. Not thread-safe. */
  public static final class Builder {
    private final String operation;
    private final RetryPolicy policy;
    private final EventBus bus;
    private Subject subject = Subject.NONE;
    private @Nullable Predicate<? super Throwable> retryOn;
    private @Nullable Predicate<? super Throwable> abortOn;
    private @Nullable Predicate<Object> retryOnResult;
    private @Nullable Predicate<Object> abortOnResult;
    private @Nullable Function<? super Throwable, Optional<Duration>> delayFrom;
    private final List<RetryListener> listeners = new ArrayList<>();
    private @Nullable Duration attemptLimit;
    private int errorsKept = 5;

    private Builder(String operation, RetryPolicy policy, EventBus bus) {
      this.operation = Objects.requireNonNull(operation, "operation");
      this.policy = Objects.requireNonNull(policy, "policy");
      this.bus = Objects.requireNonNull(bus, "bus");
    }

    /** What the events are about; nothing in particular by default. */
    public Builder subject(Subject value) {
      subject = Objects.requireNonNull(value, "subject");
      return this;
    }

    /**
     * After which errors to try again, instead of every exception. It is asked about everything
     * that was thrown, an {@link OutOfMemoryError} too.
     */
    public Builder retryOn(Predicate<? super Throwable> value) {
      retryOn = Objects.requireNonNull(value, "retryOn");
      return this;
    }

    /** After which errors to stop at once, whatever {@link #retryOn} says; none by default. */
    public Builder abortOn(Predicate<? super Throwable> value) {
      abortOn = Objects.requireNonNull(value, "abortOn");
      return this;
    }

    /** Which results are as good as an error, to be tried again after; none by default. */
    public Builder retryOnResult(Predicate<Object> value) {
      retryOnResult = Objects.requireNonNull(value, "retryOnResult");
      return this;
    }

    /** After which results to stop at once without success; none by default. */
    public Builder abortOnResult(Predicate<Object> value) {
      abortOnResult = Objects.requireNonNull(value, "abortOnResult");
      return this;
    }

    /**
     * What an error itself says about when to try again, such as HTTP's Retry-After. It may make
     * the delay longer than the backoff's, not shorter; one that is longer than what is left means
     * giving up at once.
     */
    public Builder delayFrom(Function<? super Throwable, Optional<Duration>> value) {
      delayFrom = Objects.requireNonNull(value, "delayFrom");
      return this;
    }

    /** How long one attempt may take; by default, as long as is left. */
    public Builder attemptLimit(Duration value) {
      attemptLimit = Objects.requireNonNull(value, "attemptLimit");
      return this;
    }

    /** How many errors are kept beside the first; 5 by default, the newest. */
    public Builder errorsKept(int value) {
      errorsKept = value;
      return this;
    }

    /** Is told how attempts go. */
    public Builder listener(RetryListener value) {
      listeners.add(Objects.requireNonNull(value, "listener"));
      return this;
    }

    /**
     * The retry.
     *
     * @throws IllegalArgumentException listing everything that cannot be used
     */
    public Retry build() {
      List<String> problems = new ArrayList<>();
      if (operation.isBlank()) {
        problems.add("operation: expected a name, got \"" + operation + "\"");
      }
      if (attemptLimit != null && (attemptLimit.isNegative() || attemptLimit.isZero())) {
        problems.add("attemptLimit: expected a positive duration, got " + attemptLimit);
      }
      if (errorsKept < 1) {
        problems.add("errorsKept: expected at least 1, got " + errorsKept);
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a retry cannot be built: " + String.join("; ", problems));
      }
      return new Retry(this);
    }
  }
}
