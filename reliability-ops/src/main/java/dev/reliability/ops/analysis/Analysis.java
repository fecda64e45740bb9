package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;

/**
 * A question to events, answered in one pass: give it each event, then ask for the report. The same
 * events give the same report. Not thread-safe.
 *
 * <p>Events come in the order in which a journal gives them: by sequence within an incarnation, by
 * time across them; and each comes once. Where an analysis takes any order, or leaves out what
 * comes again, it says so.
 *
 * @param <R> the report
 */
public interface Analysis<R> {

  /**
   * The events that may matter to it: those of the time asked for, and what it takes around it. It
   * may be given others too, and ignores them.
   */
  Window reading();

  /** Takes one event. */
  void accept(Event event);

  /** What the events so far say. Changes nothing; more events may follow. */
  R report();

  /** Gives it all {@code events} and asks for the report. */
  default R of(Iterable<Event> events) {
    events.forEach(this::accept);
    return report();
  }
}
