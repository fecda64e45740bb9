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
import org.jspecify.annotations.Nullable;

/**
 * When a link that closed is connected again: a pure function of why it closed, of the moment, of
 * what was remembered, and of the random numbers handed in (requirements C1 to C3, C5); and for how
 * long a link may connect, be quiet and close. Immutable and thread-safe.
 *
 * <p>The rules, in their order: a final reason stops; one that may go at once does so, once per
 * burst window and without counting; every other close counts, also of a link that was open in
 * between, and as many as the threshold within the window cool down; so does whoever asks to be
 * left alone; everything else is tried again after the backoff's delay.
 */
public final class LinkPolicy {
  private final Backoff backoff;
  private final BurstCooldown burst;
  private final Duration resetAfterStable;
  private final Duration connectDeadline;
  private final Duration probeAfter;
  private final Duration probeTimeout;
  private final Duration closeTimeout;

  private LinkPolicy(Builder builder, BurstCooldown burst) {
    this.burst = burst;
    backoff = builder.backoff;
    resetAfterStable = builder.resetAfterStable;
    connectDeadline = builder.connectDeadline;
    probeAfter = builder.probeAfter;
    probeTimeout = builder.probeTimeout;
    closeTimeout = builder.closeTimeout;
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
  public record Step(LinkDecision decision, LinkHistory history) {}

  /** It is open: the attempts count from the beginning, at once or once it has been stable. */
  public LinkHistory opened(LinkHistory history, long nowNanos) {
    LinkHistory open = history.opened(nowNanos);
    return resetAfterStable.isZero() ? open.reset() : open;
  }

  /** It closed, or could not be opened. */
  public Step closed(
      LinkHistory before, CloseReason reason, long nowNanos, RandomGenerator random) {
    LinkHistory history = wasStable(before, nowNanos) ? before.reset() : before;
    CloseClass kind = reason.kind();
    if (kind == CloseClass.RETRY_IMMEDIATELY && mayGoAtOnce(history, nowNanos)) {
      return new Step(new LinkDecision.RetryImmediately(), history.closedAtOnce(nowNanos));
    }
    history = history.closed(burst.with(history.closes(), nowNanos));
    if (kind.isFinal()) {
      return new Step(new LinkDecision.Stop(reason), history);
    }
    if (kind == CloseClass.COOL_DOWN || burst.isBurst(history.closes(), nowNanos)) {
      return coolDown(history, reason, nowNanos);
    }
    long delay = backoff.delayNanos(history.attempt(), history.previousDelay(), random);
    LinkHistory retried = history.retried(delay);
    return new Step(new LinkDecision.RetryIn(Duration.ofNanos(delay), retried.attempt()), retried);
  }

  /**
   * Somebody wants a link connected that was stopped: at once, unless it is still to be left alone,
   * or was closed too often of late. The attempts count from the beginning.
   */
  public Step resumed(LinkHistory before, long nowNanos) {
    LinkHistory history = before.reset();
    Long until = history.coolUntil();
    if (until != null && until - nowNanos > 0) {
      return new Step(
          new LinkDecision.CoolDown(Duration.ofNanos(until - nowNanos), "its cooldown goes on"),
          history);
    }
    if (burst.isBurst(history.closes(), nowNanos)) {
      return coolDown(history, null, nowNanos);
    }
    return new Step(new LinkDecision.RetryImmediately(), history);
  }

  /** How many closes count towards a burst at a moment; as many as the threshold at most. */
  public int closesInWindow(LinkHistory history, long nowNanos) {
    return burst.count(history.closes(), nowNanos);
  }

  /**
   * The most that passes between the end of whatever was wrong and the next attempt to connect:
   * until a connection that hangs is noticed, until it is closed, and until it is tried again. Not
   * counted are longer cooldowns that the other side asked for, and the time in which the process
   * stood still.
   */
  public Duration mostUntilNextAttempt() {
    long noticed =
        Durations.saturatedAdd(
            Durations.saturatedNanos(probeAfter), Durations.saturatedNanos(probeTimeout));
    long hung = Math.max(noticed, Durations.saturatedNanos(connectDeadline));
    long delay =
        Math.max(
            Durations.saturatedNanos(backoff.longest()),
            Durations.saturatedNanos(burst.cooldown()));
    return Duration.ofNanos(
        Durations.saturatedAdd(
            hung, Durations.saturatedAdd(Durations.saturatedNanos(closeTimeout), delay)));
  }

  /** When closes are a burst. */
  public BurstCooldown burst() {
    return burst;
  }

  /** The delays. */
  public Backoff backoff() {
    return backoff;
  }

  /**
   * How long a connection may take to open, the time not counted in which it waits for a person.
   */
  public Duration connectDeadline() {
    return connectDeadline;
  }

  /** How long it may be quiet before the other side is asked for a sign of life. */
  public Duration probeAfter() {
    return probeAfter;
  }

  /** How long that sign may take. */
  public Duration probeTimeout() {
    return probeTimeout;
  }

  /** How long a connection may take to close, before nobody waits for that any more. */
  public Duration closeTimeout() {
    return closeTimeout;
  }

  private boolean wasStable(LinkHistory history, long now) {
    Long since = history.openSince();
    return since != null && now - since >= Durations.saturatedNanos(resetAfterStable);
  }

  private boolean mayGoAtOnce(LinkHistory history, long now) {
    Long last = history.wentAtOnce();
    return last == null || now - last >= Durations.saturatedNanos(burst.window());
  }

  private Step coolDown(LinkHistory history, @Nullable CloseReason reason, long now) {
    boolean isBurst = burst.isBurst(history.closes(), now);
    Duration asked = reason == null ? null : reason.coolDown();
    Duration longer =
        asked != null && asked.compareTo(burst.cooldown()) > 0 ? asked : burst.cooldown();
    Duration time = Duration.ofNanos(Durations.saturatedNanos(longer));
    String why =
        reason == null || isBurst
            ? burst.count(history.closes(), now) + " closes within " + burst.window()
            : reason.words();
    long until = now + Math.min(Durations.saturatedNanos(time), Long.MAX_VALUE / 2);
    return new Step(new LinkDecision.CoolDown(time, why), history.cooling(until));
  }

  /** Collects the settings of a policy. Not thread-safe. */
  public static final class Builder {
    private Backoff backoff = Backoff.fixed(Duration.ofSeconds(1)); // as all of these: see config
    private int threshold;
    private Duration window = Duration.ZERO;
    private Duration cooldown = Duration.ZERO;
    private Duration resetAfterStable = Duration.ZERO;
    private Duration connectDeadline = Duration.ofSeconds(60);
    private Duration probeAfter = Duration.ofSeconds(60);
    private Duration probeTimeout = Duration.ofSeconds(20);
    private Duration closeTimeout = Duration.ofSeconds(10);

    private Builder() {
      config(ReliabilityConfig.ofDefaults());
    }

    /**
     * Takes delays, window, threshold and cooldown from the environment's {@code WA_RECONNECT_}.
     */
    public Builder config(ReliabilityConfig environment) {
      backoff =
          Backoff.exponential(
                  environment.duration(Setting.WA_RECONNECT_BASE_DELAY_MS),
                  environment.duration(Setting.WA_RECONNECT_MAX_DELAY_MS))
              .withAdditiveJitter(environment.duration(Setting.WA_RECONNECT_JITTER_MS));
      window = environment.duration(Setting.WA_RECONNECT_BURST_WINDOW_MS);
      threshold = (int) environment.value(Setting.WA_RECONNECT_BURST_THRESHOLD);
      cooldown = environment.duration(Setting.WA_RECONNECT_COOLDOWN_MS);
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
      cooldown = Objects.requireNonNull(coolDownFor, "coolDownFor");
      return this;
    }

    /**
     * How long a link must have been open before its attempts count from the beginning; zero, and
     * so at once, by default. Closes count for the burst all the same.
     */
    public Builder resetAfterStable(Duration value) {
      resetAfterStable = Objects.requireNonNull(value, "resetAfterStable");
      return this;
    }

    /**
     * How long a connection may take to open; 60 s by default. The clock of it stands still while
     * the link waits for a person.
     */
    public Builder connectDeadline(Duration value) {
      connectDeadline = Objects.requireNonNull(value, "connectDeadline");
      return this;
    }

    /**
     * A link that was quiet for a while is asked for a sign of life, and closed if none comes;
     * after 60 s, within 20 s, by default. Any frame counts, not just messages.
     */
    public Builder probe(Duration afterQuiet, Duration within) {
      probeAfter = Objects.requireNonNull(afterQuiet, "afterQuiet");
      probeTimeout = Objects.requireNonNull(within, "within");
      return this;
    }

    /** How long a connection that is being closed is waited for; 10 s by default. */
    public Builder closeTimeout(Duration value) {
      closeTimeout = Objects.requireNonNull(value, "closeTimeout");
      return this;
    }

    /**
     * The policy.
     *
     * @throws IllegalArgumentException listing every value that cannot be used
     */
    public LinkPolicy build() {
      List<String> problems = new ArrayList<>();
      BurstCooldown burst = null;
      try {
        burst = BurstCooldown.of(threshold, window, cooldown);
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
      if (resetAfterStable.isNegative()) {
        problems.add(
            "resetAfterStable: expected a duration that is not negative, got " + resetAfterStable);
      }
      positive("connectDeadline", connectDeadline, problems);
      positive("probe after", probeAfter, problems);
      positive("probe within", probeTimeout, problems);
      positive("closeTimeout", closeTimeout, problems);
      if (burst == null || !problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a link policy cannot be built: " + String.join("; ", problems));
      }
      return new LinkPolicy(this, burst);
    }

    private static void positive(String name, Duration value, List<String> problems) {
      if (value.isNegative() || value.isZero()) {
        problems.add(name + ": expected a positive duration, got " + value);
      }
    }
  }
}
