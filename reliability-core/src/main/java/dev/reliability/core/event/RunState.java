package dev.reliability.core.event;

import java.util.Arrays;
import java.util.Locale;

/**
 * The states of a run (requirements A1, A6).
 *
 * <p>{@link #REVIEW_REQUESTED} is an ended, successful run that awaits a review. Terminal states
 * absorb.
 */
public enum RunState {
  /** Accepted, but no worker is known to be alive yet. */
  QUEUED,
  /** A worker was confirmed to be alive and its handle is registered. */
  RUNNING,
  /** Ended well; somebody is to look at the result. */
  REVIEW_REQUESTED,
  /** Ended well. */
  DONE,
  /** Ended badly. */
  FAILED,
  /** Ended because somebody asked for it. */
  CANCELLED;

  /** The spelling that leaves the process, such as {@code review_requested}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * True once no worker runs any more; {@link #REVIEW_REQUESTED} has ended although a review may
   * still change it.
   */
  public boolean isEnded() {
    return this != QUEUED && this != RUNNING;
  }

  /** True for the default success set, {@code done} and {@code review_requested}. */
  public boolean isSuccess() {
    return this == DONE || this == REVIEW_REQUESTED;
  }

  /**
   * Reads the spelling of {@link #wireName()}. An unknown state is never given a default
   * (requirement A7).
   *
   * @throws IllegalArgumentException naming the value if it is none of the states
   */
  public static RunState fromWireName(String name) {
    for (RunState state : values()) {
      if (state.wireName().equals(name)) {
        return state;
      }
    }
    throw new IllegalArgumentException(
        "run state: expected one of "
            + Arrays.stream(values()).map(RunState::wireName).toList()
            + ", got \""
            + name
            + "\"");
  }
}
