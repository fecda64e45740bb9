package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract of the simulated world: re-entrancy, exceptions and livelocks. */
class WorldTroubleTest extends WorldFixture {
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
          .hasMessageContaining(WorldTroubleTest.class.getName())
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
}
