package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.guard.StoredCursor;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.store.CrashPoints.Point;
import dev.reliability.testkit.world.Replay;
import dev.reliability.testkit.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Invariant 16 for the cursor of what was worked off: after a crash between any two durable steps
 * it is where it was before the step or after it, never elsewhere and never nowhere; what is
 * committed again changes nothing.
 */
class CursorCrashProperties {
  private static final int RUNS = 5;
  private static final int CALLS = 2 + 3 * RUNS;

  /** As much of a {@link StoredCursor} as the program needs, so that it can be done wrong. */
  private interface Cursor {
    Optional<String> position();

    void commit(String run, String position);

    static Cursor of(StateStore store, String lane) {
      StoredCursor cursor = new StoredCursor(store, lane);
      return new Cursor() {
        @Override
        public Optional<String> position() {
          return cursor.position();
        }

        @Override
        public void commit(String run, String position) {
          cursor.commit(run, position);
        }
      };
    }

    /** One that does not know which run it was. */
    static Cursor forgetful(StateStore store, String lane) {
      return new Cursor() {
        @Override
        public Optional<String> position() {
          return store.read(lane).map(doc -> doc.values().get("position"));
        }

        @Override
        public void commit(String run, String position) {
          long version = store.read(lane).map(StateStore.Doc::version).orElse(StateStore.NEW);
          store.write(lane, version, Map.of("position", position));
        }
      };
    }
  }

  private static List<String> run(
      World world,
      List<Point> points,
      UnaryOperator<StateStore> adapter,
      BiFunction<StateStore, String, Cursor> cursors) {
    List<String> violations = new ArrayList<>();
    StateStore store = new InMemoryStateStore();
    int[] begun = new int[1]; // what the outside knows: the last commit that was begun, and ended
    int[] ended = new int[1];
    CrashPoints.run(
        world,
        points,
        node -> cursors.apply(adapter.apply(node.connect(StateStore.class, store)), "lane"),
        (node, cursor) -> {
          int at = Integer.parseInt(cursor.position().orElse("0"));
          if (at != begun[0] && at != ended[0]) {
            violations.add("at " + at + " after " + ended[0] + " and perhaps " + begun[0]);
          }
          for (int next = Math.max(1, at); next <= RUNS; next++) {
            begun[0] = Math.max(begun[0], next);
            cursor.commit("run-" + next, "" + next); // at first the last one, again
            ended[0] = Math.max(ended[0], next);
          }
        });
    Optional<StateStore.Doc> last = store.names("").stream().findFirst().flatMap(store::read);
    String position = last.map(doc -> doc.values().get("position")).orElse("none");
    if (!position.equals("" + RUNS)) {
      violations.add("ended at " + position);
    }
    long writes = last.map(StateStore.Doc::version).orElse(0L);
    if (writes != RUNS) {
      violations.add(writes + " writes for " + RUNS + " commits");
    }
    return violations;
  }

  private static List<String> right(World world, List<Point> points) {
    return run(world, points, store -> store, Cursor::of);
  }

  @Property(tries = 300)
  void invariant16HoldsForTheCursor(@ForAll("points") List<Point> points, @ForAll long seed) {
    assertThat(right(World.create(seed), points)).isEmpty();
  }

  @Example
  void afterACrashAtAnyOneCallToo() {
    for (List<Point> points : CrashPoints.everyCrash(CALLS)) {
      Replay.twice(1, world -> assertThat(right(world, points)).as("%s", points).isEmpty());
    }
  }

  @Example
  void anAdapterThatWritesInTwoStepsIsFound() {
    assertThat(
            CrashPoints.everyCrash(CALLS).stream()
                .map(points -> run(World.create(1), points, TwoStepStore::new, Cursor::of))
                .flatMap(List::stream))
        .anyMatch(violation -> violation.startsWith("at 0 after"));
  }

  @Example
  void aCursorThatForgetsWhichRunItWasIsFound() {
    assertThat(
            CrashPoints.everyCrash(CALLS).stream()
                .map(points -> run(World.create(1), points, store -> store, Cursor::forgetful))
                .flatMap(List::stream))
        .anyMatch(violation -> violation.endsWith("writes for 5 commits"));
  }

  @Provide
  Arbitrary<List<Point>> points() {
    return CrashPoints.points(CALLS);
  }
}
