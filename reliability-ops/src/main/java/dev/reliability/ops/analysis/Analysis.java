package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import java.time.Instant;
import java.util.Set;

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

  /**
   * The names of the types of which it takes the events, such as {@code run.ended}; all if empty.
   * Of other events it takes no more than {@link #other} says, and may be given either.
   */
  default Set<String> types() {
    return Set.of();
  }

  /** Takes one event. */
  void accept(Event event);

  /**
   * Instead of {@link #accept}: there was an event of a type that is not among {@link #types()}.
   * Nothing by default.
   *
   * @param epoch the incarnation that told it
   * @param time the event's wall time
   */
  default void other(String epoch, Instant time) {}

  /** What the events so far say. Changes nothing; more events may follow. */
  R report();

  /** Gives it all {@code events} and asks for the report. */
  default R of(Iterable<Event> events) {
    events.forEach(this::accept);
    return report();
  }
}
