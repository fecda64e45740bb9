package dev.reliability.core.store;

import dev.reliability.core.event.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Where runs are recorded. Each method is one atomic step, may block, and may be called by many
 * threads.
 *
 * <p>What cannot be done because of the state of a record is a value; exceptions mean that the
 * store itself failed.
 */
public interface RunStore {

  /** The answer to {@link #transition}. */
  sealed interface Transition {

    /** Applies the function that fits. */
    default <T> T fold(
        Function<Applied, T> applied,
        Function<Conflict, T> conflict,
        Function<NotFound, T> notFound) {
      if (this instanceof Applied a) {
        return applied.apply(a);
      }
      return this instanceof Conflict c ? conflict.apply(c) : notFound.apply((NotFound) this);
    }
  }

  /**
   * The record was replaced.
   *
   * @param record as it is now
   */
  record Applied(RunRecord record) implements Transition {}

  /**
   * The record was left as it is: its state was not the expected one, or the edge does not exist.
   *
   * @param actual the record as it is
   * @param why in words
   */
  record Conflict(RunRecord actual, String why) implements Transition {}

  /**
   * There is no such run.
   *
   * @param id the id asked for
   */
  record NotFound(String id) implements Transition {}

  /**
   * Records a new run.
   *
   * @return false, changing nothing, if there is a run of that id already
   * @throws IllegalArgumentException if the record is not queued
   */
  boolean create(RunRecord record);

  /**
   * Replaces the record of {@code next.id()}, if its state is {@code expected} and {@link
   * RunLifecycle} allows the edge to {@code next.state()}.
   */
  Transition transition(RunState expected, RunRecord next);

  /**
   * The run of that id.
   *
   * @throws IllegalArgumentException naming the id if it can be none: see {@link
   *     StoredText#checkedName}
   */
  Optional<RunRecord> find(String id);

  /**
   * Runs in any of the given states, oldest first.
   *
   * @param limit how many at most
   */
  List<RunRecord> findByState(Set<RunState> states, int limit);

  /**
   * Forgets runs that ended before {@code before}. Runs that have not ended stay, however old.
   *
   * @return how many
   */
  int purge(Instant before);
}
