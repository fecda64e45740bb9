package dev.reliability.whatsapp;

/**
 * Told what becomes of the messages of an {@link Outbox}: one call at a time, on a strand for the
 * host's code. What it throws is logged and harms nobody.
 */
public interface OutboxListener {

  /** The other side has it. */
  default void delivered(OutgoingMessage message) {}

  /** It may or may not have arrived; also told at the start, of each that a crash left so. */
  default void unknown(OutboxEntry entry) {}

  /** It has not arrived, and is not sent again. */
  default void refused(OutboxEntry entry) {}
}
