package dev.reliability.core.run;

import dev.reliability.core.config.ReliabilityConfig;
import dev.reliability.core.config.Setting;
import dev.reliability.core.event.TimeoutValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The time-outs of a run (requirements B1 to B4, N4, O1). Immutable; the {@code with} methods
 * return changed copies that are checked when a {@link RunPolicy} is built from them, all at once.
 *
 * @param noOutput from the confirmed spawn to the first valid marker; 12 min by default
 * @param idle from the last progress to the closing of the input; 5 min by default
 * @param hard from the confirmed spawn to the end, as configured; 30 min by default
 * @param startDeadline from the first attempt to start to the confirmed spawn; 10 min by default
 * @param linger from the final result to the worker's end; 30 s by default
 * @param inputGrace from the closing of the input to the request to end; 10 s by default
 * @param terminateGrace from the request to end to the kill; 10 s by default
 * @param killGrace from the kill to giving the worker up; 10 s by default
 * @param drain from the worker's exit to giving up pipes that somebody else holds open; 500 ms by
 *     default
 * @param runDeadline from the confirmed spawn to the end of a job, which may be silent for as long
 *     as it likes: the no-output, idle and hard time-outs do not apply to it; null, and so not a
 *     job, by default
 */
public record RunTimeouts(
    Duration noOutput,
    Duration idle,
    Duration hard,
    Duration startDeadline,
    Duration linger,
    Duration inputGrace,
    Duration terminateGrace,
    Duration killGrace,
    Duration drain,
    @Nullable Duration runDeadline) {
  private static final Duration DRAIN = Duration.ofMillis(500);

  /** A year: longer than any run, short enough that sums of time-outs never overflow. */
  private static final Duration LONGEST = Duration.ofDays(366);

  /** Time-outs of a run that is not a job. */
  public RunTimeouts(
      Duration noOutput,
      Duration idle,
      Duration hard,
      Duration startDeadline,
      Duration linger,
      Duration inputGrace,
      Duration terminateGrace,
      Duration killGrace,
      Duration drain) {
    this(
        noOutput,
        idle,
        hard,
        startDeadline,
        linger,
        inputGrace,
        terminateGrace,
        killGrace,
        drain,
        null);
  }

  /** The defaults. */
  public static RunTimeouts ofDefaults() {
    return from(ReliabilityConfig.ofDefaults(), null);
  }

  /** As the environment says, for one lane or (null) for all others. */
  public static RunTimeouts from(ReliabilityConfig config, @Nullable String lane) {
    Function<Setting, Duration> value =
        setting -> lane == null ? config.duration(setting) : config.duration(setting, lane);
    return new RunTimeouts(
        value.apply(Setting.CONTAINER_NO_OUTPUT_TIMEOUT),
        value.apply(Setting.IDLE_TIMEOUT),
        value.apply(Setting.CONTAINER_TIMEOUT),
        value.apply(Setting.RELIABILITY_START_DEADLINE),
        value.apply(Setting.RELIABILITY_LINGER),
        value.apply(Setting.RELIABILITY_INPUT_GRACE),
        value.apply(Setting.RELIABILITY_TERMINATE_GRACE),
        value.apply(Setting.RELIABILITY_KILL_GRACE),
        DRAIN);
  }

  /** Whether these are the time-outs of a job (requirement N5). */
  public boolean isJob() {
    return runDeadline != null;
  }

  /**
   * The hard time-out in force: max(configured, idle + the sum of the stop graces) (requirement
   * B3), or the run deadline of a job.
   */
  public Duration effectiveHard() {
    if (runDeadline != null) {
      return runDeadline;
    }
    Duration least = idle.plus(inputGrace).plus(terminateGrace).plus(killGrace);
    return hard.compareTo(least) >= 0 ? hard : least;
  }

  /** As they stand in a run's end event. */
  public TimeoutValues values() {
    return new TimeoutValues(
        noOutput, idle, hard, effectiveHard(), startDeadline, linger, runDeadline);
  }

  /** The same with another no-output time-out. */
  public RunTimeouts withNoOutput(Duration value) {
    return new RunTimeouts(
        value,
        idle,
        hard,
        startDeadline,
        linger,
        inputGrace,
        terminateGrace,
        killGrace,
        drain,
        runDeadline);
  }

  /** The same with another idle time-out. */
  public RunTimeouts withIdle(Duration value) {
    return new RunTimeouts(
        noOutput,
        value,
        hard,
        startDeadline,
        linger,
        inputGrace,
        terminateGrace,
        killGrace,
        drain,
        runDeadline);
  }

  /** The same with another hard time-out. */
  public RunTimeouts withHard(Duration value) {
    return new RunTimeouts(
        noOutput,
        idle,
        value,
        startDeadline,
        linger,
        inputGrace,
        terminateGrace,
        killGrace,
        drain,
        runDeadline);
  }

  /** The same with another start deadline. */
  public RunTimeouts withStartDeadline(Duration value) {
    return new RunTimeouts(
        noOutput,
        idle,
        hard,
        value,
        linger,
        inputGrace,
        terminateGrace,
        killGrace,
        drain,
        runDeadline);
  }

  /** The same with another linger deadline. */
  public RunTimeouts withLinger(Duration value) {
    return new RunTimeouts(
        noOutput,
        idle,
        hard,
        startDeadline,
        value,
        inputGrace,
        terminateGrace,
        killGrace,
        drain,
        runDeadline);
  }

  /** The same with other graces for the three steps of stopping. */
  public RunTimeouts withGraces(Duration input, Duration terminate, Duration kill) {
    return new RunTimeouts(
        noOutput, idle, hard, startDeadline, linger, input, terminate, kill, drain, runDeadline);
  }

  /** The same with another deadline for pipes that stay open after the exit. */
  public RunTimeouts withDrain(Duration value) {
    return new RunTimeouts(
        noOutput,
        idle,
        hard,
        startDeadline,
        linger,
        inputGrace,
        terminateGrace,
        killGrace,
        value,
        runDeadline);
  }

  /** The same for a job with this run deadline (requirement N5). */
  public RunTimeouts withRunDeadline(Duration value) {
    return new RunTimeouts(
        noOutput,
        idle,
        hard,
        startDeadline,
        linger,
        inputGrace,
        terminateGrace,
        killGrace,
        drain,
        value);
  }

  /** What cannot be used, each as {@code name: expected ..., got ...}; empty if all is well. */
  List<String> problems(String where) {
    List<String> problems = new ArrayList<>();
    positive(where + "noOutputTimeout", noOutput, problems);
    positive(where + "idleTimeout", idle, problems);
    positive(where + "hardTimeout", hard, problems);
    positive(where + "startDeadline", startDeadline, problems);
    if (runDeadline != null) {
      positive(where + "runDeadline", runDeadline, problems);
    }
    positive(where + "killGrace", killGrace, problems);
    notNegative(where + "linger", linger, problems);
    notNegative(where + "inputGrace", inputGrace, problems);
    notNegative(where + "terminateGrace", terminateGrace, problems);
    notNegative(where + "drain", drain, problems);
    return problems;
  }

  static void positive(String name, Duration value, List<String> problems) {
    if (value.isNegative() || value.isZero()) {
      problems.add(name + ": expected a positive duration, got " + value);
    } else {
      bounded(name, value, problems);
    }
  }

  static void notNegative(String name, Duration value, List<String> problems) {
    if (value.isNegative()) {
      problems.add(name + ": expected a duration that is not negative, got " + value);
    } else {
      bounded(name, value, problems);
    }
  }

  private static void bounded(String name, Duration value, List<String> problems) {
    if (value.compareTo(LONGEST) > 0) {
      problems.add(
          name + ": expected at most " + LONGEST + " (nothing waits without an end), got " + value);
    }
  }
}
