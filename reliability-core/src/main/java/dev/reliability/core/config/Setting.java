package dev.reliability.core.config;

/**
 * A name that is read from the environment (requirement B5). All values are whole numbers; times
 * are in milliseconds, 366 days at most.
 *
 * <p>The names without a prefix of their own are those that operators already use.
 */
public enum Setting {
  /** From the confirmed spawn to the first valid marker (requirement B1). */
  CONTAINER_NO_OUTPUT_TIMEOUT(720_000, 1, true, "From a worker's start to its first valid marker"),
  /** From the last progress to the closing of the worker's input (requirement B2). */
  IDLE_TIMEOUT(300_000, 1, true, "From the last progress to the closing of the worker's input"),
  /** From the confirmed spawn to the end (requirement B3). */
  CONTAINER_TIMEOUT(
      1_800_000,
      1,
      true,
      "From a worker's start to its end; at least idle time-out + stop graces is in force"),
  /** From the first attempt to start to the confirmed spawn (requirement N4). */
  RELIABILITY_START_DEADLINE(
      600_000, 1, true, "From the first attempt to start a worker to its confirmed start"),
  /** From the confirmed spawn to the end of a job-style run (requirement N5). */
  RELIABILITY_RUN_DEADLINE(
      3_600_000, 1, true, "From a worker's start to its end, for runs that are jobs"),
  /** From the final result to the worker's end (requirement O1). */
  RELIABILITY_LINGER(30_000, 0, true, "From the final result to the worker's end"),
  /** How long a worker whose input was closed has before it is asked to end. */
  RELIABILITY_INPUT_GRACE(10_000, 0, true, "From the closing of the input to SIGTERM"),
  /** How long a worker that was asked to end has before it is killed. */
  RELIABILITY_TERMINATE_GRACE(10_000, 0, true, "From SIGTERM to SIGKILL"),
  /** How long a killed worker's end is waited for. */
  RELIABILITY_KILL_GRACE(10_000, 1, true, "From SIGKILL to giving up on the worker"),
  /** The first reconnect delay (requirement C1). */
  WA_RECONNECT_BASE_DELAY_MS(1_000, 1, false, "The first reconnect delay"),
  /** The longest reconnect delay before jitter (requirement C1). */
  WA_RECONNECT_MAX_DELAY_MS(30_000, 1, false, "The longest reconnect delay, before jitter"),
  /** The most that chance adds to a reconnect delay (requirement C1). */
  WA_RECONNECT_JITTER_MS(750, 0, false, "The most that chance adds to a reconnect delay"),
  /** The window in which closes are counted (requirement C2). */
  WA_RECONNECT_BURST_WINDOW_MS(600_000, 1, false, "The window in which closes are counted"),
  /** How many closes in the window start a cooldown (requirement C2). */
  WA_RECONNECT_BURST_THRESHOLD(15, 1, false, "How many closes in the window start a cooldown"),
  /** How long a cooldown lasts (requirement C2). */
  WA_RECONNECT_COOLDOWN_MS(60_000, 1, false, "How long a cooldown lasts");

  /**
   * What stands between a name and a lane in an override, as in {@code
   * IDLE_TIMEOUT__ANDY_DEVELOPER}.
   */
  public static final String LANE_SEPARATOR = "__";

  /** 366 days: longer than any run, short enough that sums of times never overflow. */
  private static final long LONGEST_MILLIS = 366L * 24 * 60 * 60 * 1000;

  private final long defaultValue;
  private final long least;
  private final boolean perLane;
  private final String meaning;

  Setting(long defaultValue, long least, boolean perLane, String meaning) {
    this.defaultValue = defaultValue;
    this.least = least;
    this.perLane = perLane;
    this.meaning = meaning;
  }

  /** The value where the environment says nothing. */
  public long defaultValue() {
    return defaultValue;
  }

  /** The least value allowed. */
  public long least() {
    return least;
  }

  /** The greatest value allowed: nothing waits without an end. */
  public long most() {
    return isDuration() ? LONGEST_MILLIS : Integer.MAX_VALUE;
  }

  /** True if the value is a time in milliseconds, false if it is a count. */
  public boolean isDuration() {
    return this != WA_RECONNECT_BURST_THRESHOLD;
  }

  /** Whether a lane may have its own value (requirement B4). */
  public boolean isPerLane() {
    return perLane;
  }

  /** One line on what it means. */
  public String meaning() {
    return meaning;
  }

  /**
   * The name of a lane's own value: the lane in upper case, with everything but letters and digits
   * turned into {@code _}.
   */
  public String nameFor(String lane) {
    StringBuilder name = new StringBuilder(name()).append(LANE_SEPARATOR);
    for (int i = 0; i < lane.length(); i++) {
      char c = lane.charAt(i);
      name.append(c < 128 && Character.isLetterOrDigit(c) ? Character.toUpperCase(c) : '_');
    }
    return name.toString();
  }
}
