package dev.reliability.core.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a store knows of one lane (requirements J2, J5, J6).
 *
 * @param lane which
 * @param episode counts the resumes, from 0: failures before the last one count no more
 * @param paused whether nothing of it may be claimed, but for a trial
 * @param reason why it is paused, or was last
 * @param actor who paused or resumed it last
 * @param since when, by the store's clock
 * @param trial what there is of a trial
 * @param resume who had the lane resumed or tried out last, and why; null if nobody ever had
 */
public record LaneView(
    String lane,
    long episode,
    boolean paused,
    @Nullable String reason,
    @Nullable String actor,
    @Nullable Instant since,
    Trial trial,
    @Nullable Resume resume) {

  /** A lane that nobody ever had resumed. */
  public LaneView(
      String lane,
      long episode,
      boolean paused,
      @Nullable String reason,
      @Nullable String actor,
      @Nullable Instant since,
      Trial trial) {
    this(lane, episode, paused, reason, actor, since, trial, null);
  }

  /** The same lane, had it been resumed so. */
  public LaneView resumedBy(Resume last) {
    return new LaneView(lane, episode, paused, reason, actor, since, trial, last);
  }

  /**
   * A resume, or the opening of a trial, that somebody asked for and that was done.
   *
   * @param actor who asked
   * @param reason why
   * @param at when, by the store's clock; a trial resumes the lane later, if it does
   */
  public record Resume(String actor, String reason, Instant at) {}

  /** What there is of a trial in a paused lane. */
  public enum Trial {
    /** None. */
    NONE,
    /** The next claim is granted, and the lane stays paused for all others. */
    OPEN,
    /**
     * The one item is being worked on: its completion resumes the lane, and giving it back ends the
     * trial.
     */
    UNDER_WAY
  }

  /** A lane that nobody has paused yet. */
  public static LaneView fresh(String lane) {
    return new LaneView(lane, 0, false, null, null, null, Trial.NONE);
  }
}
