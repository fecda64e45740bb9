package dev.reliability.whatsapp;

import dev.reliability.whatsapp.OutboxEntry.State;
import java.time.Instant;

/** What follows from what a socket says of a message. Pure functions. */
final class OutboxRules {
  private OutboxRules() {}

  /**
   * The entry after a result.
   *
   * @param entry one that is being sent, or was given up as unknown and has its answer now
   * @param attempts after how many a refusal that might not come again is final
   */
  static OutboxEntry after(OutboxEntry entry, SendResult result, int attempts, Instant now) {
    return result.fold(
        acked -> delivered(entry, now),
        refused ->
            refused.isFinal() || entry.attempts() >= attempts
                ? entry.in(State.REFUSED, now, refused.reason())
                : entry.in(State.QUEUED, now, refused.reason()),
        unknown -> entry.in(State.UNKNOWN, now, unknown.reason()));
  }

  /** Only its name is remembered. */
  private static OutboxEntry delivered(OutboxEntry entry, Instant now) {
    OutgoingMessage name = new OutgoingMessage(entry.message().id(), entry.message().jid(), "{}");
    return new OutboxEntry(name, State.DELIVERED, entry.attempts(), now, "");
  }

  /**
   * What an entry is to an outbox that finds it in its store: nobody here knows what became of one
   * that was being sent.
   */
  static OutboxEntry found(OutboxEntry entry, Instant now) {
    return entry.state() == State.SENDING
        ? entry.in(
            State.UNKNOWN, now, "nobody here knows what became of it: it was noted as being sent")
        : entry;
  }
}
