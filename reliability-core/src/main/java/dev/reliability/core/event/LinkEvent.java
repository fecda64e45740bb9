package dev.reliability.core.event;

import java.time.Duration;

/**
 * What happened to a link. {@code link} is its name, {@code generation} which connection it was.
 */
public sealed interface LinkEvent extends EventData {

  /**
   * Somebody wants it connected: the host at the start, or an operator later. The event's actor
   * says who.
   *
   * @param link its name
   * @param reason why, in words
   */
  @EventType("link.started")
  record Started(String link, String reason) implements LinkEvent {}

  /**
   * A connection is being made.
   *
   * @param link its name
   * @param generation which connection this is, from 1
   * @param attempt attempts since it was last open, from 0 for one that did not fail before
   */
  @EventType("link.connecting")
  record Connecting(String link, long generation, int attempt) implements LinkEvent {}

  /**
   * It waits for a person, or does so no longer.
   *
   * @param link its name
   * @param generation which connection this is
   * @param waits whether it waits
   */
  @EventType("link.pairing")
  record Pairing(String link, long generation, boolean waits) implements LinkEvent {}

  /**
   * It is open.
   *
   * @param link its name
   * @param generation which connection this is
   * @param took from the beginning of connecting
   */
  @EventType("link.opened")
  record Opened(String link, long generation, Duration took) implements LinkEvent {}

  /**
   * It closed, or could not be opened (requirement C4).
   *
   * @param link its name
   * @param generation which connection it was
   * @param reason the class of the close, such as {@code retry} or {@code stop_replaced}
   * @param code the other side's own word or number; empty if there was none
   * @param detail more in words
   * @param wasOpen whether it had been open
   * @param closesInWindow how many closes count towards a burst now
   */
  @EventType("link.closed")
  record Closed(
      String link,
      long generation,
      String reason,
      String code,
      String detail,
      boolean wasOpen,
      int closesInWindow)
      implements LinkEvent {}

  /**
   * It will be connected again.
   *
   * @param link its name
   * @param delay after which time
   * @param attempt attempts since it was last open
   */
  @EventType("link.retry_scheduled")
  record RetryScheduled(String link, Duration delay, int attempt) implements LinkEvent {}

  /**
   * It is left alone for a while (requirements C2, C6).
   *
   * @param link its name
   * @param time for how long
   * @param why what called for it
   * @param closesInWindow how many closes count towards a burst
   */
  @EventType("link.cooldown")
  record CoolingDown(String link, Duration time, String why, int closesInWindow)
      implements LinkEvent {}

  /**
   * It will not be connected again until somebody says so. The event's actor says who stopped it,
   * if somebody did.
   *
   * @param link its name
   * @param reason the class of the close, such as {@code stop_replaced}, or {@code local}
   * @param code the other side's own word or number; empty if there was none
   * @param detail more in words
   */
  @EventType("link.stopped")
  record Stopped(String link, String reason, String code, String detail) implements LinkEvent {}
}
