package dev.reliability.core.link;

import dev.reliability.core.config.ReliabilityConfig;
import dev.reliability.core.config.Setting;
import dev.reliability.core.retry.Backoff;
import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * When a link that closed is connected again: a pure function of why it closed, of the moment, of
 * what was remembered, and of the random numbers handed in (requirements C1 to C3, C5). Immutable
 * and thread-safe.
 *
 * <p>The rules, in their order: a final reason stops; one that may go at once does so, once per
 * window and without counting; every other close counts, also of a link that was open in between,
 * and as many as the threshold within the window cool down; so does whoever asks to be left alone;
 * everything else is tried again after the backoff's delay.
 */
public final class LinkPolicy {
  private final Backoff backoff;
  private final long windowNanos;
  private final int threshold;
  private final long coolDownNanos;
  private final long stableNanos;

  private LinkPolicy(Builder builder) {
    backoff = builder.backoff;
    windowNanos = Durations.saturatedNanos(builder.window);
    threshold = builder.threshold;
    coolDownNanos = Durations.saturatedNanos(builder.coolDown);
    stableNanos = Durations.saturatedNanos(builder.resetAfterStable);
  }

  /** All defaults. */
  public static LinkPolicy ofDefaults() {
    return builder().build();
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * What follows.
   *
   * @param decision from a close
   * @param history what is remembered after it
   */
  record Step(LinkDecision decision, LinkHistory history) {}

  /** It is open: the attempts count from the beginning, at once or once it has been stable. */
  LinkHistory opened(LinkHistory history, long now) {
    LinkHistory open = history.opened(now);
    return stableNanos == 0 ? open.reset() : open;
  }

  /** It closed, or could not be opened. */
  Step closed(LinkHistory before, CloseReason reason, long now, RandomGenerator random) {
    LinkHistory history =
        before.isOpen && now - before.openSince >= stableNanos ? before.reset() : before;
    CloseClass kind = reason.kind();
    if (kind.isFinal()) {
      return new Step(new LinkDecision.Stop(reason), history.closed(now, threshold));
    }
    if (kind == CloseClass.RETRY_IMMEDIATELY
        && !(history.wentAtOnce && now - history.wentAtOnceAt < windowNanos)) {
      return new Step(new LinkDecision.RetryImmediately(), history.closedAtOnce(now));
    }
    history = history.closed(now, threshold);
    int closes = history.closesWithin(windowNanos, now);
    if (kind == CloseClass.COOL_DOWN || closes >= threshold) {
      long wanted = Durations.saturatedNanos(reason.coolDown() == null ? Duration.ZERO : reason.coolDown());
      String why =
          closes >= threshold
              ? closes + " closes within " + Duration.ofNanos(windowNanos)
              : reason.words();
      Duration time = Duration.ofNanos(Math.max(wanted, coolDownNanos));
      return new Step(new LinkDecision.CoolDown(time, why), history);
    }
    long delay = backoff.delayNanos(history.attempt, history.previousDelay, random);
    LinkHistory retried = history.retried(delay);
    return new Step(
        new LinkDecision.RetryIn(Duration.ofNanos(delay), retried.attempt), retried);
  }

  /** How many closes count at a moment; as many as the threshold at most. */
  int closesInWindow(LinkHistory history, long now) {
    return history.closesWithin(windowNanos, now);
  }

  /** Collects the settings of a policy. Not thread-safe. */
  public static final class Builder {
    private Backoff backoff;
    private Duration window;
    private int threshold;
    private Duration coolDown;
    private Duration resetAfterStable = Duration.ZERO;

    private Builder() {
      config(ReliabilityConfig.ofDefaults());
    }

    /** Takes delays, window, threshold and cooldown from the environment's {@code WA_RECONNECT_}. */
    public Builder config(ReliabilityConfig environment) {
      backoff =
          Backoff.exponential(
                  environment.duration(Setting.WA_RECONNECT_BASE_DELAY_MS),
                  environment.duration(Setting.WA_RECONNECT_MAX_DELAY_MS))
              .withAdditiveJitter(environment.duration(Setting.WA_RECONNECT_JITTER_MS));
      window = environment.duration(Setting.WA_RECONNECT_BURST_WINDOW_MS);
      threshold = (int) environment.value(Setting.WA_RECONNECT_BURST_THRESHOLD);
      coolDown = environment.duration(Setting.WA_RECONNECT_COOLDOWN_MS);
      return this;
    }

    /** The delays; from 1 s doubling up to 30 s, plus up to 750 ms, by default. */
    public Builder backoff(Backoff value) {
      backoff = Objects.requireNonNull(value, "backoff");
      return this;
    }

    /** So many closes within a window cool down; 15 within 10 min for 1 min by default. */
    public Builder burst(int closes, Duration within, Duration coolDownFor) {
      threshold = closes;
      window = Objects.requireNonNull(within, "within");
      coolDown = Objects.requireNonNull(coolDownFor, "coolDownFor");
      return this;
    }

    /**
     * How long a link must have been open before its attempts count from the beginning; zero, and so
     * at once, by default. Closes count for the burst all the same.
     */
    public Builder resetAfterStable(Duration value) {
      resetAfterStable = Objects.requireNonNull(value, "resetAfterStable");
      return this;
    }

    /**
     * The policy.
     *
     * @throws IllegalArgumentException listing every value that cannot be used
     */
    public LinkPolicy build() {
      List<String> problems = new ArrayList<>();
      positive("within", window, problems);
      positive("coolDownFor", coolDown, problems);
      if (threshold < 1) {
        problems.add("closes: expected at least 1, got " + threshold);
      }
      if (resetAfterStable.isNegative()) {
        problems.add(
            "resetAfterStable: expected a duration that is not negative, got " + resetAfterStable);
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a link policy cannot be built: " + String.join("; ", problems));
      }
      return new LinkPolicy(this);
    }

    private static void positive(String name, Duration value, List<String> problems) {
      if (value.isNegative() || value.isZero()) {
        problems.add(name + ": expected a positive duration, got " + value);
      }
    }
  }
}
