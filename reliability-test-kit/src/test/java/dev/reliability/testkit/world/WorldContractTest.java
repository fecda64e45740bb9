package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract of the simulated world, one nested class for each of its rules. */
class WorldContractTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private World world = World.create(1);
  private final List<String> log = new ArrayList<>();

  private Strand strand(String label) {
    return world.strand(Strand.Kind.CONTROL, label);
  }

  private long after(Duration delay, Strand strand, Runnable task) {
    return world.scheduler().schedule(strand, delay.toNanos(), task);
  }

  /** A task that writes down its name and the time. */
  private Runnable note(String name) {
    return () -> log.add(name + " " + world.elapsed());
  }

  @Nested
  class Operations {
    private final Instant start = world.time().wall();
    private final long origin = world.time().nanos();

    private void assertMoved(Duration wall, Duration mono) {
      assertThat(Duration.between(start, world.time().wall())).isEqualTo(wall);
      assertThat(Duration.ofNanos(world.time().nanos() - origin)).isEqualTo(mono);
      assertThat(world.elapsed()).isEqualTo(mono);
    }

    @Test
    void advanceMovesBothClocks() {
      world.advance(HOUR);
      assertMoved(HOUR, HOUR);
      world.advance(Duration.ZERO);
      assertMoved(HOUR, HOUR);
    }

    @Test
    void aNegativeAdvanceIsRefusedByItsValue() {
      assertThatThrownBy(() -> world.advance(Duration.ofMinutes(-3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("advance")
          .hasMessageContaining("PT-3M");
      assertThatThrownBy(() -> world.pauseProcess(Duration.ofMinutes(-3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("PT-3M");
      assertThatThrownBy(() -> world.suspend(Duration.ofMinutes(-3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("PT-3M");
      assertThatThrownBy(() -> world.runUntil(() -> true, Duration.ofMinutes(-3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("PT-3M");
      assertThatThrownBy(() -> world.runUntilIdle(Duration.ofMinutes(-3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("PT-3M");
      assertMoved(Duration.ZERO, Duration.ZERO);
    }

    @Test
    void stepWallMovesTheWallAndNoTimer() {
      after(SECOND, strand("a"), note("timer"));
      world.stepWall(HOUR);
      world.advance(Duration.ZERO);
      assertMoved(HOUR, Duration.ZERO);
      world.stepWall(HOUR.multipliedBy(-2));
      assertMoved(HOUR.negated(), Duration.ZERO);
      assertThat(log).isEmpty();
    }

    @Test
    void freezeWallStopsTheWallAndNoTimer() {
      world.freezeWall();
      after(SECOND, strand("a"), note("timer"));
      world.advance(HOUR);
      assertMoved(Duration.ZERO, HOUR);
      assertThat(log).containsExactly("timer PT1S");
      world.thawWall();
      world.advance(HOUR);
      assertMoved(HOUR, HOUR.multipliedBy(2));
    }

    @Test
    void driftMakesTheWallGainAndLeavesTimersAlone() {
      world.drift(500);
      after(HOUR, strand("a"), note("timer"));
      world.advance(HOUR);
      assertMoved(HOUR.plusMillis(1_800), HOUR);
      assertThat(log).containsExactly("timer PT1H");
    }

    @Test
    void suspendMovesTheWallAndNeitherTheMonotonicClockNorTimers() {
      after(SECOND, strand("a"), note("timer"));
      world.suspend(HOUR);
      world.advance(SECOND.minusNanos(1));
      assertMoved(HOUR.plus(SECOND).minusNanos(1), SECOND.minusNanos(1));
      assertThat(log).isEmpty();
      world.advance(Duration.ofNanos(1));
      assertThat(log).containsExactly("timer PT1S");
    }

    @Test
    void pauseProcessMovesBothClocksAndTasksWaitUntilItIsOver() {
      after(SECOND, strand("a"), note("timer"));
      world.pauseProcess(HOUR);
      assertMoved(HOUR, HOUR);
      assertThat(log).isEmpty();
      world.advance(Duration.ZERO);
      assertThat(log).containsExactly("timer PT1H");
    }

    @Test
    void whatBecameDueInAPauseKeepsItsOrderWithinTheStrand() {
      Strand a = strand("a");
      after(SECOND.multipliedBy(3), a, note("third"));
      after(SECOND, a, note("first"));
      after(SECOND.multipliedBy(2), a, note("second"));
      world.pauseProcess(HOUR);
      a.execute(note("last"));
      world.advance(Duration.ZERO);
      assertThat(log).containsExactly("first PT1H", "second PT1H", "third PT1H", "last PT1H");
    }

    @Test
    void theWorldStartsWhereItIsToldTo() {
      World later =
          World.builder(1).start(Instant.parse("2030-06-01T12:00:00Z")).node("other").build();
      assertThat(later.time().wall()).isEqualTo(Instant.parse("2030-06-01T12:00:00Z"));
      assertThat(later.node()).isEqualTo("other");
      assertThat(world.time().wall()).isEqualTo(FakeClock.DEFAULT_START);
    }

    @Test
    void theOriginOfTheMonotonicClockDiffersFromSeedToSeed() {
      assertThat(World.create(1).time().nanos()).isEqualTo(origin);
      assertThat(World.create(2).time().nanos()).isNotEqualTo(origin);
    }
  }

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
  class Boundary {
    @Test
    void theEndOfAnAdvanceBelongsToIt() {
      after(SECOND, strand("a"), note("at"));
      after(SECOND.plusNanos(1), strand("a"), note("after"));
      world.advance(SECOND);
      assertThat(log).containsExactly("at PT1S");
    }

    @Test
    void eachTaskSeesItsOwnDueTimeAsNowOnBothClocks() {
      Instant start = world.time().wall();
      Strand a = strand("a");
      for (int i = 1; i <= 3; i++) {
        after(
            Duration.ofMinutes(i),
            a,
            () -> log.add(world.elapsed() + " " + Duration.between(start, world.time().wall())));
      }
      world.advance(HOUR);
      assertThat(log).containsExactly("PT1M PT1M", "PT2M PT2M", "PT3M PT3M");
    }

    @Test
    void aTimerNeverFiresEarly() {
      after(SECOND, strand("a"), note("timer"));
      world.advance(SECOND.minusNanos(1));
      assertThat(log).isEmpty();
    }

    @Test
    void aDelayOfZeroOrLessIsDueNowAndStillNotInline() {
      after(Duration.ZERO, strand("a"), note("zero"));
      after(Duration.ofSeconds(-5), strand("a"), note("negative"));
      strand("b").execute(note("executed"));
      assertThat(log).isEmpty();
      world.advance(Duration.ZERO);
      assertThat(log).containsExactlyInAnyOrder("zero PT0S", "negative PT0S", "executed PT0S");
    }

    @Test
    void theLongestDelayNeverComes() {
      world.advance(HOUR);
      world.scheduler().schedule(strand("a"), Long.MAX_VALUE, note("never"));
      assertThat(world.runUntilIdle(Duration.ofDays(100_000))).isEqualTo(Stop.HORIZON);
      assertThat(log).isEmpty();
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

  @Nested
  class Reentrancy {
    private Throwable thrownInATaskBy(Runnable drive) {
      Throwable[] thrown = new Throwable[1];
      strand("a")
          .execute(
              () -> {
                try {
                  drive.run();
                } catch (Throwable e) {
                  thrown[0] = e;
                }
              });
      world.advance(SECOND);
      return thrown[0];
    }

    @Test
    void drivingTimeFromInsideATaskThrows() {
      List<Runnable> drives =
          List.of(
              () -> world.advance(SECOND),
              () -> world.advanceToNext(),
              () -> world.runUntil(() -> true, SECOND),
              () -> world.runUntilIdle(SECOND),
              () -> world.await(new CompletableFuture<Void>()));
      for (Runnable drive : drives) {
        assertThat(thrownInATaskBy(drive))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("a task must not drive the world");
      }
      assertThat(world.elapsed()).isEqualTo(SECOND.multipliedBy(drives.size()));
    }

    @Test
    void awaitingWhatIsDoneAlreadyDrivesNothing() {
      assertThat(
              thrownInATaskBy(
                  () -> log.add(world.await(CompletableFuture.completedFuture("done")))))
          .isNull();
      assertThat(log).containsExactly("done");
    }

    @Test
    void theWorldCanBeDrivenAgainAfterATaskThrew() {
      strand("a")
          .execute(
              () -> {
                throw new IllegalStateException("boom");
              });
      assertThatThrownBy(() -> world.advance(SECOND))
          .isInstanceOf(SimulationException.TaskFailed.class);
      world.advance(SECOND);
      assertThat(world.elapsed()).isEqualTo(SECOND);
    }

    @Test
    void aTaskMayPauseItsOwnProcessAndTheRestOfTheInstantRunsLater() {
      Strand a = strand("a");
      after(SECOND, a, () -> world.pauseProcess(HOUR));
      after(SECOND, a, note("same instant"));
      after(SECOND.multipliedBy(2), a, note("overdue"));
      world.advance(SECOND);
      assertThat(log).containsExactly("same instant PT1H1S", "overdue PT1H1S");
      assertThat(world.elapsed()).isEqualTo(HOUR.plus(SECOND));
    }
  }

  @Nested
  class Exceptions {
    private void failAt(Duration when, Strand strand, String message) {
      after(
          when,
          strand,
          () -> {
            throw new IllegalStateException(message);
          });
    }

    @Test
    void stopsAtThatInstantAndNamesTimeAndStrand() {
      failAt(Duration.ofMinutes(5), strand("lane 7"), "boom");
      after(Duration.ofMinutes(6), strand("a"), note("later"));
      SimulationException.TaskFailed failed =
          catchThrowableOfType(SimulationException.TaskFailed.class, () -> world.advance(HOUR));
      assertThat(failed)
          .hasMessageContaining("lane 7")
          .hasMessageContaining("2026-01-01T00:05:00Z")
          .hasMessageContaining("PT5M")
          .hasMessageContaining("boom")
          .hasCauseInstanceOf(IllegalStateException.class);
      assertThat(failed.time()).isEqualTo(Duration.ofMinutes(5));
      assertThat(failed.strand()).isEqualTo("lane 7");
      assertThat(world.elapsed()).isEqualTo(Duration.ofMinutes(5));
      assertThat(log).isEmpty();
    }

    @Test
    void theQueueStaysIntactInItsOrder() {
      List<String> undisturbed = new ArrayList<>();
      for (boolean failing : new boolean[] {false, true}) {
        world = World.create(9);
        log.clear();
        for (String label : List.of("a", "b", "c")) {
          Strand strand = strand(label);
          for (int i = 0; i < 4; i++) {
            String name = label + i;
            after(
                SECOND,
                strand,
                () -> {
                  log.add(name);
                  if (failing) {
                    throw new IllegalStateException(name);
                  }
                });
          }
        }
        if (!failing) {
          world.advance(SECOND);
          undisturbed.addAll(log);
        }
      }
      for (int i = 1; i <= 12; i++) {
        assertThatThrownBy(() -> world.advance(SECOND))
            .isInstanceOf(SimulationException.TaskFailed.class);
        assertThat(log).hasSize(i);
        assertThat(world.pending()).isEqualTo(12 - i);
      }
      world.advance(SECOND);
      assertThat(log).isEqualTo(undisturbed);
    }

    @Test
    void anErrorIsWrappedToo() {
      strand("a")
          .execute(
              () -> {
                throw new AssertionError("claim");
              });
      assertThatThrownBy(() -> world.advance(SECOND))
          .isInstanceOf(SimulationException.TaskFailed.class)
          .hasCauseInstanceOf(AssertionError.class)
          .hasMessageContaining("claim");
    }

    @Test
    void aCollectingWorldGoesOnAndKeepsThem() {
      world = World.builder(1).collectErrors(true).build();
      failAt(SECOND, strand("a"), "first");
      failAt(SECOND.multipliedBy(2), strand("b"), "second");
      after(SECOND.multipliedBy(3), strand("a"), note("later"));
      world.advance(HOUR);
      assertThat(log).containsExactly("later PT3S");
      assertThat(world.errors())
          .extracting(error -> error.strand() + " " + error.time())
          .containsExactly("a PT1S", "b PT2S");
      assertThat(world.errorCount()).isEqualTo(2);
      assertThatThrownBy(() -> world.throwErrors())
          .hasMessageContaining("first")
          .satisfies(
              first ->
                  assertThat(first.getSuppressed())
                      .singleElement()
                      .satisfies(other -> assertThat(other).hasMessageContaining("second")));
      assertThat(world.errors()).isEmpty();
      world.throwErrors();
    }

    @Test
    void aCollectingWorldKeepsTheFirstHundred() {
      world = World.builder(1).collectErrors(true).build();
      Strand a = strand("a");
      for (int i = 0; i < 250; i++) {
        failAt(SECOND, a, "number " + i);
      }
      world.advance(SECOND);
      assertThat(world.errors()).hasSize(100);
      assertThat(world.errors().get(0)).hasMessageContaining("number 0");
      assertThat(world.errorCount()).isEqualTo(250);
    }

    @Test
    void aPeriodicTaskIsNeverDroppedSilently() {
      Periodic.start(
          world,
          strand("a"),
          SECOND,
          () -> {
            note("tick").run();
            throw new IllegalStateException("tick failed");
          });
      for (int i = 1; i <= 3; i++) {
        assertThatThrownBy(() -> world.advance(HOUR))
            .isInstanceOf(SimulationException.TaskFailed.class)
            .hasMessageContaining("tick failed");
      }
      assertThat(log).containsExactly("tick PT1S", "tick PT2S", "tick PT3S");
    }
  }

  @Nested
  class Livelock {
    private void loop(Strand strand, int[] count) {
      strand.execute(
          () -> {
            count[0]++;
            loop(strand, count);
          });
    }

    @Test
    void tenThousandStepsAtOneInstantFailAndNameTheLoopingTasks() {
      int[] count = new int[1];
      after(SECOND, strand("innocent"), note("innocent"));
      after(SECOND, strand("looping lane"), () -> loop(strand("looping lane"), count));
      assertThatThrownBy(() -> world.advance(HOUR))
          .isInstanceOf(SimulationException.Livelock.class)
          .hasMessageContaining("looping lane")
          .hasMessageContaining(WorldContractTest.class.getName())
          .hasMessageContaining("10000")
          .hasMessageContaining("PT1S")
          .hasMessageNotContaining("innocent");
      assertThat(count[0]).isEqualTo(10_000);
      assertThat(world.elapsed()).isEqualTo(SECOND);
      assertThat(world.pending()).isEqualTo(1);
    }

    @Test
    void namesAllThatPlayPingPong() {
      Strand ping = strand("ping");
      Strand pong = strand("pong");
      Runnable[] task = new Runnable[1];
      task[0] = () -> pong.execute(() -> ping.execute(task[0]));
      ping.execute(task[0]);
      assertThatThrownBy(() -> world.advance(HOUR))
          .isInstanceOf(SimulationException.Livelock.class)
          .hasMessageContaining("\"ping\"")
          .hasMessageContaining("\"pong\"");
    }

    @Test
    void theLimitCanBeSet() {
      world = World.builder(1).stepLimit(20).build();
      int[] count = new int[1];
      loop(strand("a"), count);
      assertThatThrownBy(() -> world.advance(HOUR))
          .isInstanceOf(SimulationException.Livelock.class);
      assertThat(count[0]).isEqualTo(21); // one was due anyway
    }

    @Test
    void tasksThatWereDueAnywayAreNoLivelock() {
      int[] count = new int[1];
      for (int i = 0; i < 30_000; i++) {
        after(SECOND, strand("s" + i % 100), () -> count[0]++);
      }
      world.advance(SECOND);
      assertThat(count[0]).isEqualTo(30_000);
    }
  }

  @Nested
  class AutoAdvance {
    private final Strand watch = world.strand(Strand.Kind.MONITOR, "watch");

    @Test
    void advanceToNextRunsTheNextInstant() {
      after(HOUR, strand("a"), note("a"));
      after(HOUR, strand("b"), note("b"));
      after(HOUR.multipliedBy(2), strand("c"), note("c"));
      assertThat(world.advanceToNext()).isTrue();
      assertThat(log).containsExactlyInAnyOrder("a PT1H", "b PT1H");
      assertThat(world.advanceToNext()).isTrue();
      assertThat(world.advanceToNext()).isFalse();
      assertThat(world.elapsed()).isEqualTo(HOUR.multipliedBy(2));
    }

    @Test
    void advanceToNextStandsStillIfOnlyWatchingIsLeft() {
      Periodic.start(world, watch, SECOND, note("watch"));
      assertThat(world.advanceToNext()).isFalse();
      after(HOUR, strand("a"), note("a"));
      assertThat(world.advanceToNext()).isTrue();
      assertThat(log).containsExactly("watch PT1S");
    }

    @Test
    void runUntilStopsAtTheVeryStepAfterWhichTheConditionHolds() {
      Strand a = strand("a");
      after(SECOND, a, note("one"));
      after(SECOND, a, note("two"));
      assertThat(world.runUntil(() -> log.size() == 1, HOUR)).isEqualTo(Stop.CONDITION);
      assertThat(log).containsExactly("one PT1S");
      assertThat(world.pending()).isEqualTo(1);
      world.advance(Duration.ZERO);
      assertThat(log).containsExactly("one PT1S", "two PT1S");
    }

    @Test
    void runUntilLooksBeforeTheFirstStepAndAtTheHorizon() {
      assertThat(world.runUntil(() -> true, HOUR)).isEqualTo(Stop.CONDITION);
      assertThat(world.elapsed()).isZero();
      assertThat(world.runUntil(() -> world.elapsed().equals(HOUR), HOUR))
          .isEqualTo(Stop.CONDITION);
      assertThat(world.runUntil(() -> false, HOUR)).isEqualTo(Stop.HORIZON);
      assertThat(world.elapsed()).isEqualTo(HOUR.multipliedBy(2));
    }

    @Test
    void runUntilIdleStopsWhereTheLastWorkWas() {
      after(HOUR, strand("a"), () -> after(HOUR, strand("b"), note("b")));
      assertThat(world.runUntilIdle(Duration.ofDays(1))).isEqualTo(Stop.IDLE);
      assertThat(world.elapsed()).isEqualTo(HOUR.multipliedBy(2));
      assertThat(world.isIdle()).isTrue();
    }

    @Test
    void runUntilIdleGivesUpAtTheHorizon() {
      Periodic.start(world, strand("a"), SECOND, () -> {});
      assertThat(world.runUntilIdle(Duration.ofMillis(2_500))).isEqualTo(Stop.HORIZON);
      assertThat(world.elapsed()).isEqualTo(Duration.ofMillis(2_500));
      assertThat(world.steps()).isEqualTo(2);
    }

    @Test
    void watchingNeverCountsAsBusy() {
      Periodic.start(world, watch, SECOND, note("watch"));
      assertThat(world.isIdle()).isTrue();
      assertThat(world.runUntilIdle(HOUR)).isEqualTo(Stop.IDLE);
      assertThat(world.elapsed()).isZero();
      after(Duration.ofMillis(2_500), strand("a"), note("work"));
      assertThat(world.runUntilIdle(HOUR)).isEqualTo(Stop.IDLE);
      assertThat(log).containsExactly("watch PT1S", "watch PT2S", "work PT2.5S");
    }

    @Test
    void theStepBudgetEndsEveryKindOfDrive() {
      world = World.builder(1).stepBudget(5).build();
      Periodic.start(world, strand("a"), SECOND, note("tick"));
      assertThat(world.runUntilIdle(HOUR)).isEqualTo(Stop.BUDGET);
      assertThat(world.runUntil(() -> false, HOUR)).isEqualTo(Stop.BUDGET);
      assertThat(world.steps()).isEqualTo(5);
      assertThat(world.elapsed()).isEqualTo(SECOND.multipliedBy(5));
      assertThatThrownBy(() -> world.advance(HOUR))
          .isInstanceOf(SimulationException.OutOfBudget.class)
          .hasMessageContaining("5 steps");
      assertThatThrownBy(() -> world.advanceToNext())
          .isInstanceOf(SimulationException.OutOfBudget.class);
    }

    @Test
    void awaitDrivesTimeUntilTheStageIsDone() {
      CompletableFuture<String> stage = new CompletableFuture<>();
      after(HOUR, strand("a"), () -> stage.complete("value"));
      after(HOUR.plusNanos(1), strand("a"), note("later"));
      assertThat(world.await(stage)).isEqualTo("value");
      assertThat(world.elapsed()).isEqualTo(HOUR);
      assertThat(log).isEmpty();
    }

    @Test
    void awaitThrowsWhatTheStageFailedWith() {
      CompletableFuture<String> stage = new CompletableFuture<>();
      after(HOUR, strand("a"), () -> stage.completeExceptionally(new IllegalStateException("no")));
      assertThatThrownBy(() -> world.await(stage))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void awaitingWhatNobodyCompletesFailsAndNamesThePlace() {
      Periodic.start(world, watch, SECOND, () -> {});
      after(HOUR, strand("a"), note("a"));
      assertThatThrownBy(() -> world.await(new CompletableFuture<Void>()))
          .isInstanceOf(SimulationException.Deadlock.class)
          .hasMessageContaining("awaitingWhatNobodyCompletesFailsAndNamesThePlace")
          .hasMessageContaining("nothing is left to do")
          .hasMessageContaining("PT1H");
      assertThat(world.elapsed()).isEqualTo(HOUR);
    }

    @Test
    void awaitingSomethingThatTakesTooLongFails() {
      world = World.builder(1).awaitLimit(Duration.ofDays(2)).build();
      Periodic.start(world, strand("a"), HOUR, () -> {});
      assertThatThrownBy(() -> world.await(new CompletableFuture<Void>()))
          .isInstanceOf(SimulationException.Deadlock.class)
          .hasMessageContaining("PT48H");
    }
  }

  @Nested
  class Closing {
    @Test
    void pendingTimersNeverFireAndNothingNewIsTaken() {
      Strand a = strand("a");
      after(SECOND, a, note("timer"));
      a.execute(note("task"));
      world.close();
      world.advance(HOUR);
      assertThat(log).containsExactly("task PT0S");
      assertThatThrownBy(() -> after(SECOND, a, note("late")))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessageContaining("closed");
      assertThatThrownBy(() -> a.execute(note("late")))
          .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aTaskMayCloseTheWorldInTheMiddleOfAnInstant() {
      Strand a = strand("a");
      after(SECOND, a, () -> world.close());
      after(SECOND, a, note("same instant"));
      after(HOUR, a, note("later"));
      world.advance(HOUR);
      assertThat(log).isEmpty();
      assertThat(world.pending()).isZero();
    }
  }

  @Nested
  class AfterASuspendOrAPause {
    @Test
    void aPeriodicTaskCatchesUpWithOneTickAtMost() {
      Periodic.start(world, strand("a"), Duration.ofMinutes(1), note("tick"));
      world.advance(Duration.ofSeconds(90));
      world.pauseProcess(Duration.ofMinutes(30));
      world.advance(Duration.ZERO);
      assertThat(log).containsExactly("tick PT1M", "tick PT31M30S");
      world.advance(Duration.ofSeconds(30));
      assertThat(log).hasSize(3).last().isEqualTo("tick PT32M");
    }

    @Test
    void aPeriodicTaskDoesNotNoticeASuspend() {
      Periodic.start(world, strand("a"), Duration.ofMinutes(1), note("tick"));
      world.advance(Duration.ofSeconds(90));
      world.suspend(Duration.ofHours(8));
      world.advance(Duration.ofSeconds(30));
      assertThat(log).containsExactly("tick PT1M", "tick PT2M");
    }
  }

  @Test
  void aStrandOfAnotherWorldIsRefused() {
    Strand foreign = World.create(2).strand(Strand.Kind.IO, "foreign");
    assertThatThrownBy(() -> world.scheduler().schedule(foreign, 1, () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("foreign");
  }

  @Test
  void aStrandKnowsItsLabelAndKind() {
    Strand io = world.strand(Strand.Kind.IO, "store");
    assertThat(io.label()).isEqualTo("store");
    assertThat(io.kind()).isEqualTo(Strand.Kind.IO);
    assertThat(io).hasToString("store");
  }

  @Test
  void settingsThatMeanNothingAreRefused() {
    WorldBuilder builder = World.builder(1);
    assertThatThrownBy(() -> builder.stepLimit(0)).hasMessageContaining("stepLimit");
    assertThatThrownBy(() -> builder.stepBudget(-1)).hasMessageContaining("stepBudget");
    assertThatThrownBy(() -> builder.keepTrace(-1)).hasMessageContaining("keepTrace");
    assertThatThrownBy(() -> builder.awaitLimit(Duration.ofSeconds(-1)))
        .hasMessageContaining("awaitLimit");
  }
}
