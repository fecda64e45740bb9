package dev.reliability.core.health;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How often a criterion failed, or was met, in a row (requirement L1). Immutable; {@link
 * FailureStreaks} keeps it.
 *
 * @param criterion its name
 * @param phases the last 32 times it was met or failed in a row, oldest first; they alternate, and
 *     the last one is still going on
 * @param unknowns how many of the last observations in a row could tell nothing; the phases are as
 *     they were before those
 * @param last the last observation, whether it counts or not; null if there is none
 * @param counted the last one that counts, also if it could tell nothing; null if there is none
 * @param known the last one that counts and was a failure or a success; null if there is none
 */
public record Streak(
    String criterion,
    List<Phase> phases,
    long unknowns,
    @Nullable Observation last,
    @Nullable Observation counted,
    @Nullable Observation known) {
  /** How many phases are kept. */
  static final int MOST_PHASES = 32;

  /**
   * Failures in a row, or successes.
   *
   * @param ok whether they were successes
   * @param count how many
   * @param since when the first of them was recorded, by the wall clock
   * @param until when the last of them was
   * @param lasted from the first to the last: the sum of the times between them, by the monotonic
   *     clock where one process recorded both, so setting the wall clock does not stretch it
   * @param unseen how long nothing was seen before the first of them: at least what either clock
   *     says; zero if nothing came before
   */
  public record Phase(
      boolean ok, long count, Instant since, Instant until, Duration lasted, Duration unseen) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if there are none, or they lasted for less than nothing
     */
    public Phase {
      if (count < 1) {
        throw new IllegalArgumentException("count: expected at least 1, got " + count);
      }
      if (lasted.isNegative()) {
        throw new IllegalArgumentException("lasted: expected not to be negative, got " + lasted);
      }
    }

    Phase and(Instant at, Duration gap) {
      return new Phase(ok, count + 1, since, at, lasted.plus(gap), unseen);
    }
  }

  /**
   * Copies {@code phases}.
   *
   * @throws IllegalArgumentException if they do not alternate, or {@code unknowns} is negative
   */
  public Streak {
    phases = List.copyOf(phases);
    for (int i = 1; i < phases.size(); i++) {
      if (phases.get(i).ok() == phases.get(i - 1).ok()) {
        throw new IllegalArgumentException("phases: expected to alternate, got " + phases);
      }
    }
    if (unknowns < 0) {
      throw new IllegalArgumentException("unknowns: expected not to be negative, got " + unknowns);
    }
    if (phases.isEmpty() != (known == null)) {
      throw new IllegalArgumentException("known: expected if and only if there are phases");
    }
  }

  /** Nothing was seen yet. */
  static Streak none(String criterion) {
    return new Streak(criterion, List.of(), 0, null, null, null);
  }

  /** How many failures there were since the last success. */
  public long failures() {
    Phase phase = phase();
    return phase == null || phase.ok() ? 0 : phase.count();
  }

  /** How many successes there were since the last failure. */
  public long successes() {
    Phase phase = phase();
    return phase == null || !phase.ok() ? 0 : phase.count();
  }

  /** The phase that goes on; null if nothing was seen yet. */
  public @Nullable Phase phase() {
    return phases.isEmpty() ? null : phases.get(phases.size() - 1);
  }

  /**
   * How often it went from met to failed or back within {@code window} before {@code now}, as far
   * as the phases go.
   */
  public int changes(Instant now, Duration window) {
    Instant from =
        window.compareTo(Duration.between(Instant.MIN, now)) <= 0 ? now.minus(window) : Instant.MIN;
    return (int) phases.stream().skip(1).filter(phase -> phase.since().isAfter(from)).count();
  }

  /** The same with one that came too early to count. */
  Streak noting(Observation observation) {
    return new Streak(criterion, phases, unknowns, observation, counted, known);
  }

  /**
   * The same with one more.
   *
   * @param gap the time since the last one that was a failure or a success
   * @param unseen how old that one is, as far as anybody knows
   */
  Streak with(Observation observation, Duration gap, Duration unseen) {
    if (observation.outcome() == Observation.Outcome.UNKNOWN) {
      return new Streak(criterion, phases, unknowns + 1, observation, observation, known);
    }
    boolean ok = observation.outcome() == Observation.Outcome.OK;
    Phase phase = phase();
    List<Phase> next = new ArrayList<>(phases);
    if (phase != null && phase.ok() == ok) {
      next.set(next.size() - 1, phase.and(observation.at(), gap));
    } else {
      next.add(new Phase(ok, 1, observation.at(), observation.at(), Duration.ZERO, unseen));
    }
    return new Streak(
        criterion,
        next.subList(Math.max(0, next.size() - MOST_PHASES), next.size()),
        0,
        observation,
        observation,
        observation);
  }
}
