package dev.reliability.testkit.world;

import java.util.List;

/**
 * Shows that a scenario is deterministic: runs it twice from the same seed and compares what
 * happened, step for step.
 *
 * <p>A scenario that reads a real clock, iterates over a set in memory order or shares state
 * between runs fails here, and the failure names the first step that differed. A scenario must
 * build everything it uses anew.
 */
public final class Replay {
  private static final int LINES = 100_000;

  private Replay() {}

  /** What happens in a world. */
  @FunctionalInterface
  public interface Scenario<E extends Exception> {
    /** Does it. */
    void run(World world) throws E;
  }

  /**
   * Runs {@code scenario} twice in worlds with this seed and default settings.
   *
   * @return the trace hash of both
   * @throws AssertionError if the traces differ, or if tasks were injected so that equality would
   *     prove nothing
   */
  public static <E extends Exception> long twice(long seed, Scenario<E> scenario) throws E {
    return twice(World.builder(seed), scenario);
  }

  /**
   * Runs {@code scenario} twice in worlds with these settings.
   *
   * @return the trace hash of both
   * @throws AssertionError if the traces differ, or if tasks were injected so that equality would
   *     prove nothing
   */
  public static <E extends Exception> long twice(WorldBuilder settings, Scenario<E> scenario)
      throws E {
    World first = run(new World(settings, settings.keepTrace), scenario);
    World second = run(new World(settings, settings.keepTrace), scenario);
    if (first.traceHash() == second.traceHash()) {
      return first.traceHash();
    }
    // Once more with the text kept, to show where: it is rarely a difference that does not come
    // again.
    List<String> a = run(new World(settings, LINES), scenario).traceLines();
    List<String> b = run(new World(settings, LINES), scenario).traceLines();
    throw new AssertionError(
        "two runs with seed " + settings.seed + " went different ways; " + firstDifference(a, b));
  }

  /**
   * Runs {@code scenario} twice with each of {@code count} seeds, from {@code firstSeed} on.
   *
   * @return how many different traces there were
   * @throws AssertionError as {@link #twice(long, Scenario)}
   */
  public static <E extends Exception> int eachTwice(long firstSeed, int count, Scenario<E> scenario)
      throws E {
    long[] hashes = new long[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = twice(firstSeed + i, scenario);
    }
    return (int) java.util.Arrays.stream(hashes).distinct().count();
  }

  private static <E extends Exception> World run(World world, Scenario<E> scenario) throws E {
    scenario.run(world);
    world.throwErrors();
    if (!world.isReplayable()) {
      throw new AssertionError(world + " took injected tasks: no two such runs need be the same");
    }
    return world;
  }

  private static String firstDifference(List<String> a, List<String> b) {
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      String one = i < a.size() ? a.get(i) : "nothing";
      String other = i < b.size() ? b.get(i) : "nothing";
      if (!one.equals(other)) {
        return "the first difference is in line " + (i + 1) + ": " + one + ", and then " + other;
      }
    }
    return "two more runs did not differ in what was kept of them";
  }
}
