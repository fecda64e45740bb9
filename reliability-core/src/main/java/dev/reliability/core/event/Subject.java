package dev.reliability.core.event;

import org.jspecify.annotations.Nullable;

/**
 * What an event is about. Every part may be absent.
 *
 * @param lane the stream of work
 * @param item the piece of work
 * @param run the attempt at the item
 * @param token the fencing token under which it happened, 0 if none
 * @param actor the person or program that asked for it
 */
public record Subject(
    @Nullable String lane,
    @Nullable String item,
    @Nullable String run,
    long token,
    @Nullable String actor) {
  /** About the process as a whole. */
  public static final Subject NONE = new Subject(null, null, null, 0, null);

  /** About one run. */
  public static Subject ofRun(String lane, String item, String run) {
    return new Subject(lane, item, run, 0, null);
  }

  /** About one item. */
  public static Subject ofItem(String lane, String item) {
    return new Subject(lane, item, null, 0, null);
  }

  /** About one lane. */
  public static Subject ofLane(String lane) {
    return new Subject(lane, null, null, 0, null);
  }

  /** About nothing in particular, at the wish of a person or program. */
  public static Subject ofActor(String actor) {
    return new Subject(null, null, null, 0, actor);
  }

  /** The same, under a fencing token. */
  public Subject under(long newToken) {
    return new Subject(lane, item, run, newToken, actor);
  }

  /** The same, with the person or program that asked for it. */
  public Subject by(@Nullable String newActor) {
    return new Subject(lane, item, run, token, newActor);
  }
}
