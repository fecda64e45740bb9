package dev.reliability.core.retry;

import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * When to try again, and when to stop (requirements N1, N3). Immutable and thread-safe.
 *
 * <p>Both bounds are part of writing one down: {@code RetryPolicy.exponential(ofSeconds(30),
 * ofMinutes(2)).maxAttempts(10) .maxElapsed(ofMinutes(10))}. Elapsed time counts the attempts as
 * well as the waits between them, and is checked before a wait begins, so no wait ends after it.
 */
public final class RetryPolicy {
  private static final RetryPolicy NONE =
      new RetryPolicy(Backoff.fixed(Duration.ofNanos(1)), 1, Duration.ofNanos(Long.MAX_VALUE));

  private static final RetryPolicy DEFAULTS =
      exponential(Duration.ofSeconds(30), Duration.ofMinutes(1))
          .maxAttempts(10)
          .maxElapsed(Duration.ofMinutes(10));

  private final Backoff backoff;
  private final int maxAttempts;
  private final Duration maxElapsed;

  private RetryPolicy(Backoff backoff, int maxAttempts, Duration maxElapsed) {
    this.backoff = backoff;
    this.maxAttempts = maxAttempts;
    this.maxElapsed = maxElapsed;
  }

  /** A policy that lacks a bound on attempts. */
  public interface NeedsMaxAttempts {

    /**
     * How often to try in all, the first attempt included.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    NeedsMaxElapsed maxAttempts(int attempts);
  }

  /** A policy that lacks a bound on elapsed time. */
  public interface NeedsMaxElapsed {

    /**
     * How long trying may take in all, attempts and waits together.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    RetryPolicy maxElapsed(Duration elapsed);
  }

  /** Doubling delays from {@code base} up to {@code cap}; see {@link Backoff#exponential}. */
  public static NeedsMaxAttempts exponential(Duration base, Duration cap) {
    return with(Backoff.exponential(base, cap));
  }

  /** Delays as {@code backoff} says. */
  public static NeedsMaxAttempts with(Backoff backoff) {
    return attempts -> {
      if (attempts < 1) {
        throw new IllegalArgumentException("maxAttempts: expected at least 1, got " + attempts);
      }
      return elapsed -> {
        if (elapsed.isNegative() || elapsed.isZero()) {
          throw new IllegalArgumentException(
              "maxElapsed: expected a positive duration, got " + elapsed);
        }
        return new RetryPolicy(backoff, attempts, elapsed);
      };
    };
  }

  /** One attempt and no other. */
  public static RetryPolicy none() {
    return NONE;
  }

  /**
   * For what usually comes back within minutes (requirement N3): 10 attempts, the first delay 30 s,
   * then doubled, 10 min in all. Delays are capped at a minute, because with longer ones the ten
   * attempts would not fit into the ten minutes.
   */
  public static RetryPolicy ofDefaults() {
    return DEFAULTS;
  }

  /** What to do after a failed attempt. */
  public sealed interface Decision {

    /** Applies the function that fits. */
    default <T> T fold(Function<RetryIn, T> retry, Function<GiveUp, T> giveUp) {
      return this instanceof RetryIn in ? retry.apply(in) : giveUp.apply((GiveUp) this);
    }
  }

  /**
   * Wait, then try again.
   *
   * @param delay how long to wait
   * @param remaining how much of the elapsed bound is left for the attempt after the wait: its
   *     deadline
   */
  public record RetryIn(Duration delay, Duration remaining) implements Decision {}

  /**
   * Stop trying.
   *
   * @param why which bound was met, with its value
   */
  public record GiveUp(String why) implements Decision {}

  /**
   * Decides after a failure. Pure.
   *
   * @param attempts how many attempts were made, at least 1; less counts as 1
   * @param elapsed since the first attempt began; negative counts as zero
   * @param previousDelay the delay before the attempt that failed, zero if there was none
   */
  public Decision afterFailure(
      int attempts, Duration elapsed, Duration previousDelay, RandomGenerator random) {
    return afterFailure(attempts, elapsed, previousDelay, Duration.ZERO, random);
  }

  /**
   * The same after a failure that said itself how long to wait, as HTTP's Retry-After does.
   *
   * @param atLeast what it said; lengthens the delay of the backoff, and never shortens it
   */
  public Decision afterFailure(
      int attempts,
      Duration elapsed,
      Duration previousDelay,
      Duration atLeast,
      RandomGenerator random) {
    if (attempts >= maxAttempts) {
      return new GiveUp(attempts + " of " + maxAttempts + " attempts made");
    }
    Duration usual = backoff.delay(Math.max(1, attempts) - 1, previousDelay, random);
    boolean asked = atLeast.compareTo(usual) > 0;
    Duration delay = asked ? Duration.ofNanos(Durations.saturatedNanos(atLeast)) : usual;
    long spent = Math.max(0, Durations.saturatedNanos(elapsed));
    long left = Durations.saturatedNanos(maxElapsed) - spent;
    if (left <= delay.toNanos()) {
      return new GiveUp(
          "the next attempt, in "
              + delay
              + (asked ? " as the failure asked for" : "")
              + ", would begin after the "
              + maxElapsed
              + " that trying may take");
    }
    return new RetryIn(delay, Duration.ofNanos(left - delay.toNanos()));
  }

  /** The delays. */
  public Backoff backoff() {
    return backoff;
  }

  /** How often to try in all. */
  public int maxAttempts() {
    return maxAttempts;
  }

  /** How long trying may take in all. */
  public Duration maxElapsed() {
    return maxElapsed;
  }
}
