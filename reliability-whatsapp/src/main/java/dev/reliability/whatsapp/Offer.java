package dev.reliability.whatsapp;

/** What an {@link Outbox} says to a message that it is offered. */
public sealed interface Offer {

  /** It is kept, and will be sent. */
  record Accepted() implements Offer {}

  /**
   * A message of that id is there already.
   *
   * @param entry what became of it so far
   */
  record Duplicate(OutboxEntry entry) implements Offer {}

  /**
   * There is no room; nothing was kept.
   *
   * @param capacity how many messages there may be, those included that somebody has to look at
   */
  record Full(int capacity) implements Offer {}
}
