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
 */
public record LaneView(
    String lane,
    long episode,
    boolean paused,
    @Nullable String reason,
    @Nullable String actor,
    @Nullable Instant since,
    Trial trial) {

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
