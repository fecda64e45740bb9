package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract of the simulated world: moving time without saying how far, and closing. */
class WorldDriveTest extends WorldFixture {
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
