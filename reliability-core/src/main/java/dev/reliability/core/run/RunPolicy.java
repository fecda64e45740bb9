package dev.reliability.core.run;

import dev.reliability.core.config.ReliabilityConfig;
import dev.reliability.core.config.Setting;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.lane.FingerprintBreaker;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.store.ClaimRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What runs are held to: time-outs with overrides per lane, retries of the spawn, limits. Immutable
 * and thread-safe.
 *
 * <p>Everything has a default; {@link Builder#build()} reports every value that cannot be used in
 * one error.
 */
public final class RunPolicy {
  private final UnaryOperator<RunTimeouts> change;
  private final Map<String, UnaryOperator<RunTimeouts>> laneChanges;
  private final ReliabilityConfig config;
  private final Predicate<String> jobs;
  private final Map<String, Integer> laneLimits;
  private final int maxConcurrentPerLane;
  private final RetryPolicy spawnRetry;
  private final RunState successState;
  private final Duration progressSample;
  private final Duration storeTimeout;
  private final Duration leaseTime;
  private final int maxAttempts;
  private final FingerprintBreaker breaker;
  private final Set<EndReason> finalFailures;

  private RunPolicy(Builder builder) {
    config = builder.config;
    change = builder.change;
    jobs = builder.areJobs();
    laneChanges = Map.copyOf(builder.laneChanges);
    laneLimits = Map.copyOf(builder.laneLimits);
    maxConcurrentPerLane = builder.maxConcurrentPerLane;
    spawnRetry = builder.spawnRetry;
    successState = builder.successState;
    progressSample = builder.progressSample;
    storeTimeout = builder.storeTimeout;
    leaseTime = builder.leaseTime;
    maxAttempts = builder.maxAttempts;
    breaker = FingerprintBreaker.of(builder.pauseAfter, builder.pauseWindow);
    finalFailures = Set.copyOf(builder.finalFailures);
  }

  /** All defaults. */
  public static RunPolicy ofDefaults() {
    return builder().build();
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The time-outs of a lane: the environment's, then what was set for all lanes, then what was set
   * for this one.
   */
  public RunTimeouts timeouts(String lane) {
    RunTimeouts forAll = base(config, change, lane, jobs.test(lane));
    return laneChanges.getOrDefault(lane, UnaryOperator.identity()).apply(forAll);
  }

  /** What holds for a lane, or (null) for all, before its own changes. */
  private static RunTimeouts base(
      ReliabilityConfig config,
      UnaryOperator<RunTimeouts> change,
      @Nullable String lane,
      boolean job) {
    RunTimeouts forAll = change.apply(RunTimeouts.from(config, lane));
    if (!job || forAll.isJob()) {
      return forAll;
    }
    Setting deadline = Setting.RELIABILITY_RUN_DEADLINE;
    return forAll.withRunDeadline(
        lane == null ? config.duration(deadline) : config.duration(deadline, lane));
  }

  /** How many runs of a lane may be under way at once. */
  public int maxConcurrent(String lane) {
    return laneLimits.getOrDefault(lane, maxConcurrentPerLane);
  }

  /** When to try a spawn again that failed; a run that has been running is never tried again. */
  public RetryPolicy spawnRetry() {
    return spawnRetry;
  }

  /** The state of a run that ended well: {@code done}, or {@code review_requested}. */
  public RunState successState() {
    return successState;
  }

  /** How far apart samples of progress are at least. */
  public Duration progressSample() {
    return progressSample;
  }

  /** How long a step of the run store may take before the run goes on without it. */
  public Duration storeTimeout() {
    return storeTimeout;
  }

  /** How long a lease on an item holds without renewal. */
  public Duration leaseTime() {
    return leaseTime;
  }

  /** How often an item may be claimed in all. */
  public int maxAttempts() {
    return maxAttempts;
  }

  /** Whether an item whose run failed for this reason is not to be worked on again. */
  public boolean isFinal(EndReason reason) {
    return finalFailures.contains(reason);
  }

  /** When a lane is paused because the same thing keeps failing in it. */
  public FingerprintBreaker breaker() {
    return breaker;
  }

  /** Collects the settings of a policy. Not thread-safe. */
  public static final class Builder {
    private ReliabilityConfig config = ReliabilityConfig.ofDefaults();
    private UnaryOperator<RunTimeouts> change = UnaryOperator.identity();
    private boolean allJobs;
    private final Set<String> jobLanes = new LinkedHashSet<>();
    private final Map<String, UnaryOperator<RunTimeouts>> laneChanges = new LinkedHashMap<>();
    private final Map<String, Integer> laneLimits = new LinkedHashMap<>();
    private int maxConcurrentPerLane = Integer.MAX_VALUE;
    private RetryPolicy spawnRetry = RetryPolicy.none();
    private RunState successState = RunState.DONE;
    private Duration progressSample = Duration.ofSeconds(10);
    private Duration storeTimeout = Duration.ofSeconds(10);
    private Duration leaseTime = Duration.ofSeconds(60);
    private int maxAttempts = ClaimRequest.DEFAULT_ATTEMPTS;
    private List<EndReason> finalFailures = List.of();
    private int pauseAfter = FingerprintBreaker.ofDefaults().threshold();
    private Duration pauseWindow = FingerprintBreaker.ofDefaults().window();

    private Builder() {}

    /**
     * Takes the time-outs from the environment, those of single lanes included; what else is set
     * here goes on top.
     */
    public Builder config(ReliabilityConfig environment) {
      config = Objects.requireNonNull(environment, "environment");
      return this;
    }

    /** Replaces all time-outs for all lanes. */
    public Builder timeouts(RunTimeouts values) {
      Objects.requireNonNull(values, "values");
      return change(ignored -> values);
    }

    /** From the confirmed spawn to the first valid marker; 12 min by default (requirement B1). */
    public Builder noOutputTimeout(Duration value) {
      return change(t -> t.withNoOutput(value));
    }

    /**
     * From the last progress to the closing of the worker's input; 5 min by default (requirement
     * B2).
     */
    public Builder idleTimeout(Duration value) {
      return change(t -> t.withIdle(value));
    }

    /**
     * From the confirmed spawn to the end; 30 min by default. In force is max(this, idle + the sum
     * of the graces) (requirement B3).
     */
    public Builder hardTimeout(Duration value) {
      return change(t -> t.withHard(value));
    }

    /**
     * From the first attempt to start to the confirmed spawn; 10 min by default (requirement N4).
     */
    public Builder startDeadline(Duration value) {
      return change(t -> t.withStartDeadline(value));
    }

    /**
     * Says that the runs of these lanes, or of all lanes if none is named, are jobs (requirement
     * N5): silent for as long as they like, judged by their exit code or their final result, and
     * ended as failed, {@code run_deadline_exceeded}, at their run deadline. That is an hour by
     * default, the environment's {@code RELIABILITY_RUN_DEADLINE} or {@link
     * RunTimeouts#withRunDeadline}.
     */
    public Builder jobs(String... lanes) {
      allJobs |= lanes.length == 0;
      jobLanes.addAll(List.of(lanes));
      return this;
    }

    /** From the final result to the worker's end; 30 s by default (requirement O1). */
    public Builder linger(Duration value) {
      return change(t -> t.withLinger(value));
    }

    /**
     * The graces after closing the input, after asking to end, and after the kill; 10 s each by
     * default.
     */
    public Builder graces(Duration input, Duration terminate, Duration kill) {
      return change(t -> t.withGraces(input, terminate, kill));
    }

    /**
     * Lets a lane differ from the time-outs of all others (requirement B4): a change to what those
     * are in the end.
     */
    public Builder lane(String lane, UnaryOperator<RunTimeouts> laneChange) {
      UnaryOperator<RunTimeouts> before = laneChanges.getOrDefault(lane, UnaryOperator.identity());
      laneChanges.put(lane, t -> laneChange.apply(before.apply(t)));
      return this;
    }

    private Builder change(UnaryOperator<RunTimeouts> next) {
      UnaryOperator<RunTimeouts> before = change;
      change = t -> next.apply(before.apply(t));
      return this;
    }

    private Predicate<String> areJobs() {
      boolean all = allJobs;
      Set<String> some = Set.copyOf(jobLanes);
      return lane -> all || some.contains(lane);
    }

    /**
     * How many runs of one lane may be under way at once; no limit by default. Others wait in state
     * {@code queued}.
     */
    public Builder maxConcurrentPerLane(int runs) {
      maxConcurrentPerLane = runs;
      return this;
    }

    /** {@link #maxConcurrentPerLane} for one lane. */
    public Builder maxConcurrent(String lane, int runs) {
      laneLimits.put(lane, runs);
      return this;
    }

    /** When to try a spawn again that failed for a reason that may pass; never by default. */
    public Builder spawnRetry(RetryPolicy policy) {
      spawnRetry = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * The state of a run that ended well, {@code done} by default; {@code review_requested} for
     * work that is looked at.
     */
    public Builder successState(RunState state) {
      successState = Objects.requireNonNull(state, "state");
      return this;
    }

    /**
     * How far apart samples of progress are at least, as events and calls of {@link
     * RunListener#progressed}; 10 s by default. The first progress is told at once, and no time-out
     * depends on samples.
     */
    public Builder progressSample(Duration interval) {
      progressSample = Objects.requireNonNull(interval, "interval");
      return this;
    }

    /** How long a step of the run store may take; 10 s by default. */
    public Builder storeTimeout(Duration limit) {
      storeTimeout = Objects.requireNonNull(limit, "limit");
      return this;
    }

    /**
     * How long a lease on an item holds without renewal; 60 s by default. It is renewed every third
     * of it; after a crash this is how long it takes until somebody else may take the item on.
     */
    public Builder leaseTime(Duration value) {
      leaseTime = Objects.requireNonNull(value, "leaseTime");
      return this;
    }

    /** How often an item may be claimed in all, lost leases included; 3 by default. */
    public Builder maxAttempts(int claims) {
      maxAttempts = claims;
      return this;
    }

    /**
     * After which failures an item is not worked on again: it is completed, with {@code failed:
     * reason} as its result. By default an item whose run failed is given back, and may be claimed
     * until its attempts are spent.
     */
    public Builder finalFailures(EndReason... reasons) {
      finalFailures = List.of(reasons);
      return this;
    }

    /**
     * Pauses a lane at so many failures of one fingerprint within a window; 3 within 24 h by
     * default (requirement J2).
     */
    public Builder pauseLaneAfter(int failures, Duration window) {
      pauseAfter = failures;
      pauseWindow = Objects.requireNonNull(window, "window");
      return this;
    }

    /**
     * The policy.
     *
     * @throws IllegalArgumentException listing every value that cannot be used, and what was
     *     expected
     */
    public RunPolicy build() {
      RunTimeouts forAll = base(config, change, null, allJobs);
      List<String> problems = new ArrayList<>(forAll.problems(""));
      laneChanges.forEach(
          (lane, laneChange) -> {
            String where = "lane " + lane + ": ";
            RunTimeouts before = base(config, change, lane, areJobs().test(lane));
            List<String> own = laneChange.apply(before).problems(where);
            own.removeAll(before.problems(where)); // told already, for all lanes
            problems.addAll(own);
          });
      if (maxConcurrentPerLane < 1) {
        problems.add("maxConcurrentPerLane: expected at least 1, got " + maxConcurrentPerLane);
      }
      laneLimits.forEach(
          (lane, limit) -> {
            if (limit < 1) {
              problems.add("lane " + lane + ": maxConcurrent: expected at least 1, got " + limit);
            }
          });
      if (!successState.isSuccess()) {
        problems.add(
            "successState: expected done or review_requested, got " + successState.wireName());
      }
      RunTimeouts.notNegative("progressSample", progressSample, problems);
      RunTimeouts.positive("storeTimeout", storeTimeout, problems);
      if (leaseTime.compareTo(Duration.ofMillis(10)) < 0) {
        problems.add("leaseTime: expected at least PT0.01S, got " + leaseTime);
      }
      if (maxAttempts < 1) {
        problems.add("maxAttempts: expected at least 1, got " + maxAttempts);
      }
      try {
        FingerprintBreaker.of(pauseAfter, pauseWindow);
      } catch (IllegalArgumentException e) {
        problems.add("pauseLaneAfter: " + e.getMessage());
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a run policy cannot be built: " + String.join("; ", problems));
      }
      return new RunPolicy(this);
    }
  }
}
