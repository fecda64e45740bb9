package dev.reliability.core.run;

import java.time.Duration;

/**
 * What a worker's adapter is told about the run it starts. Immutable.
 *
 * @param run the run's id, unique
 * @param attempt which attempt to spawn this is, from 1
 * @param work what the run is about
 * @param owner the incarnation of this supervisor, for labels and ledgers
 * @param startDeadline how long the attempt may take; after that the supervisor kills it through
 *     its handle
 * @param token the fencing token under which the item was claimed, 0 if it was not: what the worker
 *     changes elsewhere should carry it
 */
public record RunContext(
    String run, int attempt, Work work, String owner, Duration startDeadline, long token) {

  /** A run whose item was not claimed. */
  public RunContext(String run, int attempt, Work work, String owner, Duration startDeadline) {
    this(run, attempt, work, owner, startDeadline, 0);
  }
}
