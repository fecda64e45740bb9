package dev.reliability.whatsapp;

import dev.reliability.whatsapp.OutboxEntry.State;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What follows from what a socket says of a message. Pure functions. */
final class OutboxRules {
  private OutboxRules() {}

  /**
   * The entry after a result; null if it is done with.
   *
   * @param entry one that is being sent, or was given up as unknown and has its answer now
   * @param attempts after how many a refusal that might not come again is final
   */
  static @Nullable OutboxEntry after(
      OutboxEntry entry, SendResult result, int attempts, Instant now) {
    return result.fold(
        acked -> null,
        refused ->
            refused.isFinal() || entry.attempts() >= attempts
                ? entry.in(State.REFUSED, now, refused.reason())
                : entry.in(State.QUEUED, now, refused.reason()),
        unknown -> entry.in(State.UNKNOWN, now, unknown.reason()));
  }

  /** What a crash made of an entry: nobody knows what became of one that was being sent. */
  static OutboxEntry afterCrash(OutboxEntry entry, Instant now) {
    return entry.state() == State.SENDING
        ? entry.in(State.UNKNOWN, now, "this process ended while it was being sent")
        : entry;
  }
}
