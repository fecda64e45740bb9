package dev.reliability.core.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened: the envelope, and in {@link #data()} what it was. Immutable.
 *
 * @param id incarnation and sequence number; within an incarnation the sequence is the order,
 *     whatever the wall clock did
 * @param time wall time, UTC, in milliseconds
 * @param mono monotonic nanoseconds since the incarnation began; only comparable within it
 * @param node the machine or process, the same over restarts
 * @param subject lane, item, run, token and actor
 * @param cause the event that this one follows from, if known
 * @param data what happened
 */
public record Event(
    EventId id,
    Instant time,
    long mono,
    String node,
    Subject subject,
    @Nullable EventId cause,
    EventData data) {

  /** The type's name, such as {@code run.ended}. */
  public String type() {
    return EventTypes.nameOf(data);
  }
}
