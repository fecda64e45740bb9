package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.runtime.Strand;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private int runs;

  @Test
  void aDeterministicScenarioGivesItsHash() {
    long hash = Replay.twice(5, ReplayTest::threeStrands);
    World world = World.create(5);
    threeStrands(world);
    assertThat(hash).isEqualTo(world.traceHash());
  }

  @Test
  void manySeedsGiveManyTraces() {
    assertThat(Replay.eachTwice(1, 40, ReplayTest::threeStrands)).isBetween(4, 6); // 3! orders
  }

  @Test
  void aScenarioThatDiffersFromRunToRunFailsWithTheFirstDifference() {
    assertThatThrownBy(
            () ->
                Replay.twice(
                    5,
                    world -> {
                      world.trace("common");
                      world.advance(Duration.ofMinutes(1));
                      world.trace("run " + ++runs);
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 5")
        .hasMessageContaining("line 2: +PT1M run 3, and then +PT1M run 4");
  }

  @Test
  void aScenarioThatTakesLongerTheSecondTimeFails() {
    assertThatThrownBy(() -> Replay.twice(5, world -> world.advance(Duration.ofMinutes(++runs))))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aDifferenceThatDoesNotComeAgainStillFails() {
    assertThatThrownBy(() -> Replay.twice(5, world -> world.trace(++runs == 1 ? "once" : "ever")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("two more runs did not differ");
  }

  @Test
  void injectedTasksCannotBeReplayed() {
    assertThatThrownBy(() -> Replay.twice(5, world -> world.inject(() -> {})))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("injected");
  }

  @Test
  void whatTheScenarioThrowsComesOut() {
    assertThatThrownBy(
            () ->
                Replay.twice(
                    5,
                    world -> {
                      throw new IOException("out");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("out");
  }

  @Test
  void collectedErrorsComeOutToo() {
    assertThatThrownBy(
            () ->
                Replay.twice(
                    World.builder(5).collectErrors(true),
                    world -> {
                      world
                          .strand(Strand.Kind.CONTROL, "a")
                          .execute(
                              () -> {
                                throw new IllegalStateException("task");
                              });
                      world.advance(Duration.ofSeconds(1));
                    }))
        .isInstanceOf(SimulationException.TaskFailed.class);
  }

  @Test
  void theTraceKeepsTheLastLines() {
    World world = World.builder(5).keepTrace(3).build();
    Strand strand = world.strand(Strand.Kind.CONTROL, "lane");
    world.scheduler().schedule(strand, 1_000_000_000, () -> {});
    strand.execute(() -> {});
    world.advance(Duration.ofMinutes(1));
    world.stepWall(Duration.ofHours(-1));
    assertThat(world.traceLines())
        .containsExactly(
            "... 1 earlier lines",
            "+PT0S lane (task)",
            "+PT1S lane (timer)",
            "+PT1M stepWall PT-1H");
    assertThat(World.create(5).traceLines()).isEmpty();
  }

  private static void threeStrands(World world) {
    for (String label : new String[] {"a", "b", "c"}) {
      world.strand(Strand.Kind.CONTROL, label).execute(() -> {});
    }
    world.advance(Duration.ofSeconds(1));
  }
}
