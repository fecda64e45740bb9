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
 */
public record RunContext(
    String run, int attempt, Work work, String owner, Duration startDeadline) {}
