package dev.reliability.testkit.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.ClockEvent;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a bus says when something happens to the clocks. */
class ClockWatchTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final World world = World.create(3);
  private final List<ClockEvent> clockEvents = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(event -> note(event.data())).build();

  private void note(EventData data) {
    if (data instanceof ClockEvent clockEvent) {
      clockEvents.add(clockEvent);
    }
  }

  @Test
  void clocksThatGoAlongAreNotWorthAWord() {
    world.advance(Duration.ofDays(2));
    assertThat(clockEvents).isEmpty();
  }

  @Test
  void aWallThatIsSetForwardIsAJump() {
    world.advance(MINUTE);
    world.stepWall(HOUR);
    world.advance(MINUTE);
    assertThat(clockEvents).containsExactly(new ClockEvent.Jumped(HOUR));
  }

  @Test
  void aWallThatIsSetBackIsAJumpBack() {
    world.advance(MINUTE);
    world.stepWall(HOUR.negated());
    world.advance(MINUTE);
    assertThat(clockEvents).containsExactly(new ClockEvent.Jumped(HOUR.negated()));
  }

  @Test
  void aJumpIsNoticedWithinFiveSeconds() {
    world.advance(MINUTE);
    world.stepWall(HOUR);
    world.advance(Duration.ofSeconds(5));
    assertThat(clockEvents).hasSize(1);
  }

  @Test
  void aSuspendedMachineIsAJump() {
    world.advance(MINUTE);
    world.suspend(Duration.ofHours(9));
    world.advance(MINUTE);
    assertThat(clockEvents).containsExactly(new ClockEvent.Jumped(Duration.ofHours(9)));
  }

  @Test
  void aProcessThatStoodStillIsAPauseAndNoJump() {
    world.advance(Duration.ofSeconds(62)); // the next look is three seconds away
    world.pauseProcess(HOUR);
    world.advance(MINUTE);
    assertThat(clockEvents)
        .containsExactly(new ClockEvent.Paused(HOUR.minus(Duration.ofSeconds(3))));
  }

  @Test
  void aPauseWithAStepInItIsBoth() {
    world.advance(MINUTE);
    world.pauseProcess(HOUR);
    world.stepWall(HOUR.negated());
    world.advance(MINUTE);
    assertThat(clockEvents)
        .containsExactly(
            new ClockEvent.Jumped(HOUR.negated()),
            new ClockEvent.Paused(HOUR.minus(Duration.ofSeconds(5))));
  }

  @Test
  void slowDriftIsFollowedAndNotReported() {
    world.drift(500);
    world.advance(Duration.ofDays(2));
    world.drift(-500);
    world.advance(Duration.ofDays(2));
    assertThat(clockEvents).isEmpty();
  }

  @Test
  void aStepOfASecondIsWithinTheTolerance() {
    world.stepWall(Duration.ofSeconds(1));
    world.advance(MINUTE);
    world.stepWall(Duration.ofSeconds(-1));
    world.advance(MINUTE);
    assertThat(clockEvents).isEmpty();
    world.stepWall(Duration.ofMillis(1_001));
    world.advance(MINUTE);
    assertThat(clockEvents).containsExactly(new ClockEvent.Jumped(Duration.ofMillis(1_001)));
  }

  @Test
  void aWallThatStandsStillIsAJumpBackAtEveryLook() {
    world.freezeWall();
    world.advance(Duration.ofSeconds(15));
    world.thawWall();
    world.advance(MINUTE);
    assertThat(clockEvents)
        .containsExactlyElementsOf(
            java.util.Collections.nCopies(3, new ClockEvent.Jumped(Duration.ofSeconds(-5))));
  }

  @Test
  void watchingLeavesTheWorldIdleAndEndsWithTheBus() {
    assertThat(world.isIdle()).isFalse(); // process.started is on its way to the sink
    world.advance(Duration.ZERO);
    assertThat(world.isIdle()).isTrue();
    assertThat(world.pending()).isEqualTo(1);
    bus.close();
    world.stepWall(HOUR);
    world.advance(MINUTE);
    assertThat(clockEvents).isEmpty();
    assertThat(world.pending()).isZero();
  }
}
