package dev.reliability.whatsapp;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;

/**
 * A message in an {@link Outbox}. Immutable.
 *
 * @param message what is to be sent
 * @param state what became of it so far
 * @param attempts how often the socket was given it
 * @param since since when it is in that state, by the wall clock
 * @param detail why, in words; empty if there is nothing to say
 */
public record OutboxEntry(
    OutgoingMessage message, State state, int attempts, Instant since, String detail) {

  /** What became of a message. */
  public enum State {
    /** It waits for its turn, or for the link. */
    QUEUED,
    /** The socket has it, and has not said what became of it. */
    SENDING,
    /** It may or may not have arrived: somebody has to say whether it is sent again. */
    UNKNOWN,
    /** It has not arrived, and sending it again would not help: somebody has to look at it. */
    REFUSED,
    /** The other side has it; remembered for a while, so that it is not taken on again. */
    DELIVERED;

    /** The spelling that leaves the process, such as {@code unknown}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks that nothing is null. */
  public OutboxEntry {
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(detail, "detail");
  }

  OutboxEntry in(State next, Instant now, String why) {
    return new OutboxEntry(message, next, attempts, now, why);
  }

  /** Whether it waits for somebody to say what becomes of it. */
  boolean isForTheHost() {
    return state == State.UNKNOWN || state == State.REFUSED;
  }

  OutboxEntry tried(Instant now) {
    return new OutboxEntry(message, State.SENDING, attempts + 1, now, "");
  }
}
