package dev.reliability.core.event;

/**
 * Receives events. The bus calls a sink from one strand of its own, one event at a time, in the
 * order of the sequence. A sink may block: it then falls behind alone. What it throws is logged at
 * WARN and hurts nobody.
 */
@FunctionalInterface
public interface EventSink {

  /** Takes one event. */
  void accept(Event event);

  /**
   * Called when the bus has, for the moment, no further event for this sink: the moment to flush.
   */
  default void caughtUp() {}

  /** A name for logs and for {@code process.events_dropped}. */
  default String name() {
    return getClass().getSimpleName();
  }
}
