package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract of the simulated world: who runs first at the same instant, and who not at all. */
class WorldOrderTest extends WorldFixture {
  @Nested
  class SameInstant {
    private List<String> run(World one, String... labels) {
      List<String> order = new ArrayList<>();
      for (String label : labels) {
        Strand strand = one.strand(Strand.Kind.CONTROL, label);
        for (int i = 0; i < 3; i++) {
          String name = label + i;
          one.scheduler().schedule(strand, 1, () -> order.add(name));
        }
      }
      one.advance(SECOND);
      return order;
    }

    @Test
    void aStrandRunsFirstInFirstOut() {
      for (int seed = 0; seed < 50; seed++) {
        List<String> order = run(World.create(seed), "a", "b", "c");
        assertThat(order)
            .filteredOn(name -> name.startsWith("b"))
            .containsExactly("b0", "b1", "b2");
      }
    }

    @Test
    void whatAStrandIsGivenRunsInTheOrderOfTheGiving() {
      Strand a = strand("a");
      after(Duration.ZERO, a, note("timer"));
      a.execute(
          () -> {
            note("first").run();
            a.execute(note("third"));
          });
      a.execute(note("second"));
      world.advance(Duration.ZERO);
      assertThat(log).containsExactly("timer PT0S", "first PT0S", "second PT0S", "third PT0S");
    }

    @Test
    void amongStrandsTheSeedDecides() {
      List<List<String>> orders = new ArrayList<>();
      for (int seed = 0; seed < 50; seed++) {
        orders.add(run(World.create(seed), "a", "b", "c"));
        assertThat(run(World.create(seed), "a", "b", "c")).isEqualTo(orders.get(seed));
      }
      // 9! / (3! 3! 3!) = 1,680 orders are possible: of fifty draws few are the same.
      assertThat(orders.stream().distinct().count()).isGreaterThan(40);
    }

    @Test
    void theOrderIsDrawnAnewAtEachInstant() {
      List<String> order = new ArrayList<>();
      for (String label : List.of("a", "b")) {
        Strand strand = strand(label);
        for (int i = 1; i <= 40; i++) {
          after(SECOND.multipliedBy(i), strand, () -> order.add(label));
        }
      }
      world.advance(HOUR);
      assertThat(order.subList(0, 20)).contains("a", "b");
      List<String> leaders = new ArrayList<>();
      for (int i = 0; i < order.size(); i += 2) {
        leaders.add(order.get(i));
      }
      assertThat(leaders).contains("a", "b");
    }

    @Test
    void anotherStrandDoesNotReshuffleTheRest() {
      for (int seed = 0; seed < 50; seed++) {
        List<String> without = run(World.create(seed), "a", "b", "c");
        List<String> with = run(World.create(seed), "a", "x", "b", "c", "y");
        assertThat(with)
            .filteredOn(name -> !name.startsWith("x") && !name.startsWith("y"))
            .isEqualTo(without);
      }
    }

    @Test
    void whatATaskMakesDueAtOnceMayRunBeforeWhatWasDueAnyway() {
      int overtakes = 0;
      for (int seed = 0; seed < 50; seed++) {
        World one = World.create(seed);
        List<String> order = new ArrayList<>();
        Strand a = one.strand(Strand.Kind.CONTROL, "a");
        Strand b = one.strand(Strand.Kind.CONTROL, "b");
        Strand c = one.strand(Strand.Kind.CONTROL, "c");
        a.execute(() -> b.execute(() -> order.add("consequence")));
        c.execute(() -> order.add("due"));
        one.advance(Duration.ZERO);
        assertThat(order).containsExactlyInAnyOrder("consequence", "due");
        overtakes += order.get(0).equals("consequence") ? 1 : 0;
      }
      assertThat(overtakes).isBetween(5, 45);
    }

    @Test
    void inFifoModeTheOrderIsThatOfTheScheduling() {
      for (int seed = 0; seed < 20; seed++) {
        assertThat(run(World.builder(seed).fifoTies(true).build(), "b", "c", "a"))
            .containsExactly("b0", "b1", "b2", "c0", "c1", "c2", "a0", "a1", "a2");
      }
    }
  }

  @Nested
  class Cancelling {
    @Test
    void aTimerThatWasCancelledNeverRuns() {
      long timer = after(SECOND, strand("a"), note("timer"));
      assertThat(world.scheduler().cancel(timer)).isTrue();
      assertThat(world.scheduler().cancel(timer)).isFalse();
      world.advance(HOUR);
      assertThat(log).isEmpty();
      assertThat(world.pending()).isZero();
    }

    @Test
    void aTimerThatRanOrNeverWasCannotBeCancelled() {
      long timer = after(SECOND, strand("a"), note("timer"));
      world.advance(SECOND);
      assertThat(world.scheduler().cancel(timer)).isFalse();
      assertThat(world.scheduler().cancel(Scheduler.NO_TIMER)).isFalse();
      assertThat(world.scheduler().cancel(-1)).isFalse();
      assertThat(world.scheduler().cancel(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void anOldIdDoesNotCancelTheTimerThatGotItsPlace() {
      long old = after(SECOND, strand("a"), note("old"));
      world.advance(SECOND);
      long young = after(SECOND, strand("a"), note("young"));
      assertThat(young).isNotEqualTo(old);
      assertThat(world.scheduler().cancel(old)).isFalse();
      world.advance(SECOND);
      assertThat(log).containsExactly("old PT1S", "young PT2S");
    }

    @Test
    void aTimerThatIsDueMayBeHandedOverAlreadySoThatCancellingItComesTooLate() {
      int inTime = 0;
      for (int seed = 0; seed < 50; seed++) {
        World one = World.create(seed);
        Strand a = one.strand(Strand.Kind.CONTROL, "a");
        List<String> ran = new ArrayList<>();
        long[] timer = new long[1];
        boolean[] cancelled = new boolean[1];
        one.scheduler().schedule(a, 5, () -> cancelled[0] = one.scheduler().cancel(timer[0]));
        timer[0] = one.scheduler().schedule(a, 5, () -> ran.add("timer"));
        one.advance(SECOND);
        assertThat(ran).hasSize(cancelled[0] ? 0 : 1);
        inTime += cancelled[0] ? 1 : 0;
      }
      assertThat(inTime).isBetween(5, 45);
    }

    @Test
    void inFifoModeCancellingADueTimerIsAlwaysInTime() {
      for (int seed = 0; seed < 20; seed++) {
        World one = World.builder(seed).fifoTies(true).build();
        long timer = one.scheduler().schedule(one.strand(Strand.Kind.CONTROL, "a"), 0, () -> {});
        assertThat(one.scheduler().cancel(timer)).isTrue();
      }
    }
  }
}
