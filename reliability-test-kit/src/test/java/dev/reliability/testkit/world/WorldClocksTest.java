package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The contract of the simulated world: what can be done to its clocks, and what tasks see of it.
 */
class WorldClocksTest extends WorldFixture {
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
}
