package dev.reliability.testkit.world;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Collects the settings of a {@link World}; {@link World#builder} makes one. May build several
 * worlds, all alike. Not thread-safe.
 */
public final class WorldBuilder {
  final long seed;
  Instant start = FakeClock.DEFAULT_START;
  String node = "node-1";
  boolean fifoTies;
  boolean collectErrors;
  int stepLimit = 10_000;
  long stepBudget = 1_000_000_000;
  Duration awaitLimit = Duration.ofDays(366);
  int keepTrace;

  WorldBuilder(long seed) {
    this.seed = seed;
  }

  /** What the wall clock reads at the beginning; {@link FakeClock#DEFAULT_START} by default. */
  public WorldBuilder start(Instant wall) {
    start = Objects.requireNonNull(wall, "start");
    return this;
  }

  /** The name of the machine; {@code node-1} by default. */
  public WorldBuilder node(String name) {
    node = Objects.requireNonNull(name, "node");
    return this;
  }

  /**
   * Runs everything that is due at the same instant in the order in which it was scheduled, and
   * never says that a due timer was already handed over; false by default. For debugging: it hides
   * the bugs that only another order shows.
   */
  public WorldBuilder fifoTies(boolean fifo) {
    fifoTies = fifo;
    return this;
  }

  /**
   * Collects what tasks throw, instead of stopping there; false by default. See {@link
   * World#errors()}.
   */
  public WorldBuilder collectErrors(boolean collect) {
    collectErrors = collect;
    return this;
  }

  /**
   * How many steps may run at the very instant at which they were scheduled before that is a
   * livelock; 10,000 by default. Tasks that were due at that instant anyway do not count.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public WorldBuilder stepLimit(int steps) {
    if (steps <= 0) {
      throw new IllegalArgumentException("stepLimit: expected a positive number, got " + steps);
    }
    stepLimit = steps;
    return this;
  }

  /**
   * How many steps the world may run in its whole life; 1,000,000,000 by default. It is looked at
   * between instants.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public WorldBuilder stepBudget(long steps) {
    if (steps < 0) {
      throw new IllegalArgumentException("stepBudget: expected zero or more steps, got " + steps);
    }
    stepBudget = steps;
    return this;
  }

  /**
   * How much virtual time {@link World#await} may take; 366 days by default.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public WorldBuilder awaitLimit(Duration limit) {
    FakeClock.nanosOf("awaitLimit", limit);
    awaitLimit = limit;
    return this;
  }

  /**
   * How many of the last lines of the trace are kept as text; none by default. The hash covers all
   * of them in any case.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public WorldBuilder keepTrace(int lines) {
    if (lines < 0) {
      throw new IllegalArgumentException("keepTrace: expected zero or more lines, got " + lines);
    }
    keepTrace = lines;
    return this;
  }

  /** A new world that belongs to the calling thread. */
  public World build() {
    return new World(this, keepTrace);
  }
}
