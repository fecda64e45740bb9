package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.FailureStreaks;
import dev.reliability.core.health.Streak;
import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.store.CrashPoints.Point;
import dev.reliability.testkit.world.Node;
import dev.reliability.testkit.world.Replay;
import dev.reliability.testkit.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Invariant 16 for streaks: whatever crashes between any two durable steps, and whichever answers
 * of the store are lost, the failures in a row are those since the last success, and what is
 * recorded again changes nothing.
 */
class StreakCrashProperties {
  private static final List<Boolean> USUAL = List.of(false, false, true, false, false, false);
  private static final int CALLS = 3 + 3 * USUAL.size();

  /** Records an observation in whichever way, and says how many failures in a row there are. */
  private interface Counter {
    void record(int number, boolean ok);

    long failures();

    static Counter of(Node node, StateStore store) {
      FailureStreaks streaks = new FailureStreaks(store, EventBus.builder(node).build());
      return new Counter() {
        @Override
        public void record(int number, boolean ok) {
          streaks.record("cron", "observation-" + number, ok, "" + number, null);
        }

        @Override
        public long failures() {
          return streaks.streak("cron").failures();
        }
      };
    }

    /** One that counts each time it is told. */
    static Counter forgetful(Node node, StateStore store) {
      return new Counter() {
        @Override
        public void record(int number, boolean ok) {
          Optional<StateStore.Doc> doc = store.read("cron");
          long failures = doc.map(d -> Long.parseLong(d.values().get("failures"))).orElse(0L);
          store.write(
              "cron",
              doc.map(StateStore.Doc::version).orElse(StateStore.NEW),
              Map.of("failures", "" + (ok ? 0 : failures + 1)));
        }

        @Override
        public long failures() {
          return store.read("cron").map(d -> Long.parseLong(d.values().get("failures"))).orElse(0L);
        }
      };
    }
  }

  @FunctionalInterface
  private interface Counters {
    Counter on(Node node, StateStore store);
  }

  /** The naive model: failures since the last success among the first so many observations. */
  private static long failures(List<Boolean> outcomes, int first) {
    List<Boolean> seen = outcomes.subList(0, first);
    return seen.size() - 1L - seen.lastIndexOf(true);
  }

  private static List<String> run(
      World world,
      List<Boolean> outcomes,
      List<Point> points,
      StateStore store,
      UnaryOperator<StateStore> adapter,
      Counters counters) {
    List<String> violations = new ArrayList<>();
    int[] begun = new int[1];
    int[] ended = new int[1];
    CrashPoints.run(
        world,
        points,
        node -> counters.on(node, adapter.apply(node.connect(StateStore.class, store))),
        (node, counter) -> {
          long failures = counter.failures();
          if (failures != failures(outcomes, begun[0])
              && failures != failures(outcomes, ended[0])) {
            violations.add(failures + " in a row after " + ended[0] + ", perhaps " + begun[0]);
          }
          for (int next = Math.max(0, ended[0] - 2); next < outcomes.size(); next++) {
            begun[0] = Math.max(begun[0], next + 1); // at first the last ones, again
            counter.record(next, outcomes.get(next));
            ended[0] = Math.max(ended[0], next + 1);
          }
        });
    settle(outcomes, store, counters.on(world.node("another"), store), violations);
    return violations;
  }

  /** All is well again, and another process records everything once more. */
  private static void settle(
      List<Boolean> outcomes, StateStore store, Counter counter, List<String> violations) {
    List<StateStore.Doc> before = documents(store);
    for (int i = 0; i < outcomes.size(); i++) {
      counter.record(i, outcomes.get(i));
    }
    if (!documents(store).equals(before)) {
      violations.add("a replay changed " + before);
    }
    if (counter.failures() != failures(outcomes, outcomes.size())) {
      violations.add(counter.failures() + " in a row in the end");
    }
    long writes = before.stream().mapToLong(StateStore.Doc::version).sum();
    if (writes != outcomes.size()) {
      violations.add(writes + " writes for " + outcomes.size() + " observations");
    }
  }

  private static List<StateStore.Doc> documents(StateStore store) {
    return store.names("").stream().flatMap(name -> store.read(name).stream()).toList();
  }

  private static List<String> right(
      World world, List<Boolean> outcomes, List<Point> points, StateStore store) {
    return run(world, outcomes, points, store, same -> same, Counter::of);
  }

  @Property(tries = 300)
  void invariant16HoldsForStreaksInMemory(
      @ForAll("outcomes") List<Boolean> outcomes,
      @ForAll("points") List<Point> points,
      @ForAll long seed) {
    assertThat(right(World.create(seed), outcomes, points, new InMemoryStateStore())).isEmpty();
  }

  @Property(tries = 40)
  void invariant16HoldsForStreaksInFiles(
      @ForAll("outcomes") List<Boolean> outcomes,
      @ForAll("points") List<Point> points,
      @ForAll long seed)
      throws IOException {
    Path directory = Files.createTempDirectory("streaks");
    try {
      assertThat(right(World.create(seed), outcomes, points, FileStateStore.open(directory)))
          .isEmpty();
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Example
  void afterACrashAtAnyOneCallToo() {
    for (List<Point> points : CrashPoints.everyCrash(CALLS)) {
      Replay.twice(
          1,
          world ->
              assertThat(right(world, USUAL, points, new InMemoryStateStore()))
                  .as("%s", points)
                  .isEmpty());
    }
  }

  @Example
  void anAdapterThatWritesInTwoStepsIsFound() {
    assertThat(found(TwoStepStore::new, Counter::of))
        .anyMatch(violation -> violation.startsWith("0 in a row after"));
  }

  @Example
  void aCounterThatForgetsWhichObservationItWasIsFound() {
    assertThat(found(store -> store, Counter::forgetful))
        .anyMatch(violation -> violation.startsWith("a replay changed"));
  }

  private static Stream<String> found(UnaryOperator<StateStore> adapter, Counters counters) {
    return CrashPoints.everyCrash(CALLS).stream()
        .map(
            points ->
                run(World.create(1), USUAL, points, new InMemoryStateStore(), adapter, counters))
        .flatMap(List::stream);
  }

  /** Without crashes, and with more observations than are remembered. */
  @Property(tries = 200)
  void aStreakIsWhatANaiveModelSays(@ForAll("long outcomes") List<Boolean> outcomes) {
    FailureStreaks streaks =
        new FailureStreaks(new InMemoryStateStore(), EventBus.builder(World.create(1)).build());
    for (int i = 0; i < outcomes.size(); i++) {
      Streak streak = streaks.record("queue", "o" + i, outcomes.get(i), "", null);
      for (int again = Math.max(0, i - 63); again <= i; again += 21) {
        assertThat(streaks.record("queue", "o" + again, !outcomes.get(again), "", null))
            .isEqualTo(streak);
      }
      List<Boolean> seen = outcomes.subList(0, i + 1);
      assertThat(streak.failures()).isEqualTo(failures(outcomes, i + 1));
      assertThat(streak.successes()).isEqualTo(i - seen.lastIndexOf(false));
      assertThat(streaks.streak("queue")).isEqualTo(streak);
    }
  }

  @Provide
  Arbitrary<List<Boolean>> outcomes() {
    return Arbitraries.of(true, false).list().ofMinSize(1).ofMaxSize(USUAL.size());
  }

  @Provide("long outcomes")
  Arbitrary<List<Boolean>> longOutcomes() {
    return Arbitraries.of(true, false, false).list().ofMaxSize(150);
  }

  @Provide
  Arbitrary<List<Point>> points() {
    return CrashPoints.points(CALLS);
  }
}
