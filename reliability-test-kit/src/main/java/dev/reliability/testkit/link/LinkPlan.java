package dev.reliability.testkit.link;

import dev.reliability.core.link.CloseReason;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one connection of a {@link FakeLink}. Immutable; made of one of the static
 * methods and as many others as needed.
 *
 * @param answer what the other side does about it
 * @param after how long that takes
 * @param pairs for how long it waits for a person before that; null if it does not
 * @param livesFor how long it stays open; null for until somebody closes it
 * @param reason why it closes, or is refused
 * @param isDeaf whether it asks for signs of life and none comes
 * @param ignoresClose whether it never closes because it was asked to
 */
public record LinkPlan(
    Answer answer,
    Duration after,
    @Nullable Duration pairs,
    @Nullable Duration livesFor,
    @Nullable CloseReason reason,
    boolean isDeaf,
    boolean ignoresClose) {

  /** What the other side does about a connection. */
  public enum Answer {
    /** It opens. */
    OPENS,
    /** It is refused. */
    REFUSED,
    /** Nothing ever comes. */
    SILENT,
    /** The adapter throws. */
    THROWS
  }

  /** Checks the times. */
  public LinkPlan {
    Objects.requireNonNull(answer, "answer");
    requireNotNegative("after", after);
    if (pairs != null) {
      requireNotNegative("pairs", pairs);
    }
    if (livesFor != null) {
      requireNotNegative("livesFor", livesFor);
    }
    if ((livesFor != null || answer == Answer.REFUSED) && reason == null) {
      throw new IllegalArgumentException(
          "reason: expected one for a connection that closes, got none");
    }
  }

  /** It opens at once, answers probes, and stays open until somebody closes it. */
  public static LinkPlan opens() {
    return new LinkPlan(Answer.OPENS, Duration.ZERO, null, null, null, false, false);
  }

  /** It is refused at once. */
  public static LinkPlan refused(CloseReason why) {
    return new LinkPlan(Answer.REFUSED, Duration.ZERO, null, null, why, false, false);
  }

  /** Nothing ever comes. */
  public static LinkPlan silent() {
    return new LinkPlan(Answer.SILENT, Duration.ZERO, null, null, null, false, false);
  }

  /** The adapter throws. */
  public static LinkPlan throwing() {
    return new LinkPlan(Answer.THROWS, Duration.ZERO, null, null, null, false, false);
  }

  /** The same, after a while. */
  public LinkPlan after(Duration time) {
    return new LinkPlan(answer, time, pairs, livesFor, reason, isDeaf, ignoresClose);
  }

  /** The same, waiting for a person first. */
  public LinkPlan pairing(Duration time) {
    return new LinkPlan(answer, after, time, livesFor, reason, isDeaf, ignoresClose);
  }

  /** The same, closed by the other side after a while. */
  public LinkPlan closing(Duration time, CloseReason why) {
    return new LinkPlan(answer, after, pairs, time, why, isDeaf, ignoresClose);
  }

  /** The same, half open: nothing comes any more, and no probe is answered. */
  public LinkPlan deaf() {
    return new LinkPlan(answer, after, pairs, livesFor, reason, true, ignoresClose);
  }

  /** The same, but it never closes because it was asked to. */
  public LinkPlan ignoringClose() {
    return new LinkPlan(answer, after, pairs, livesFor, reason, isDeaf, true);
  }

  private static void requireNotNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          name + ": expected a duration that is not negative, got " + value);
    }
  }
}
