package dev.reliability.testkit.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.lane.FingerprintBreaker;
import dev.reliability.core.lane.LaneGate;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a gate says of a lane, and for how long it is believed. */
class LaneGateTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private final World world = World.create(1);
  private final InMemoryLeaseStore leases = new InMemoryLeaseStore(world.time());
  private final LaneGuard guard = guard();
  private final LaneGate gate = guard.gate("lane", LIMIT);

  private LaneGuard guard() {
    return new LaneGuard(
        leases,
        new InMemoryStateStore(),
        EventBus.builder(world).build(),
        FingerprintBreaker.of(2, Duration.ofHours(1)),
        (lane, episode, why) -> {});
  }

  @Test
  void itKnowsTheLaneFromTheBeginningAndEachChangeThatItsGuardMakes() {
    assertThat(gate.state()).isEqualTo(LaneGate.State.OPEN);
    guard.pause("lane", "ann", "to look");
    assertThat(gate.state()).isEqualTo(LaneGate.State.PAUSED);
    assertThat(gate.wasOpen()).isFalse();
    guard.resume("lane", "ann", "seen");
    assertThat(gate.state()).isEqualTo(LaneGate.State.OPEN);
    assertThat(gate.wasOpen()).isTrue();
  }

  @Test
  void itIsShutByTheFailureThatTripsTheBreaker() {
    guard.recordFailure("lane", null, "run-1", "no route");
    assertThat(gate.state()).isEqualTo(LaneGate.State.OPEN);
    guard.recordFailure("lane", null, "run-2", "no route");
    assertThat(gate.state()).isEqualTo(LaneGate.State.PAUSED);
  }

  @Test
  void whatWasSeenTooLongAgoIsNotBelievedWhateverItWas() {
    world.advance(LIMIT);
    assertThat(gate.state()).isEqualTo(LaneGate.State.OPEN);
    world.advance(Duration.ofNanos(1));
    assertThat(gate.state()).isEqualTo(LaneGate.State.UNKNOWN);
    guard.pause("lane", "ann", "to look");
    world.advance(LIMIT.plusNanos(1));
    assertThat(gate.state()).isEqualTo(LaneGate.State.UNKNOWN);
    guard.look("lane");
    assertThat(gate.state()).isEqualTo(LaneGate.State.PAUSED);
  }

  @Test
  void settingTheWallClockMakesNothingYoungerOrOlder() {
    world.advance(LIMIT);
    world.stepWall(Duration.ofDays(1));
    assertThat(gate.state()).isEqualTo(LaneGate.State.OPEN);
    world.stepWall(Duration.ofDays(-2));
    world.advance(Duration.ofNanos(1));
    assertThat(gate.state()).isEqualTo(LaneGate.State.UNKNOWN);
  }

  @Test
  void anotherProcessesPauseIsSeenWithTheNextLook() {
    leases.pauseLane("lane", null, "elsewhere", "why");
    assertThat(gate.state()).isEqualTo(LaneGate.State.OPEN);
    guard.look("lane");
    assertThat(gate.state()).isEqualTo(LaneGate.State.PAUSED);
  }

  @Test
  void thereIsOneGatePerLaneAndItCounts() {
    gate.succeeded();
    guard.gate("lane", LIMIT).succeeded();
    guard.gate("other", LIMIT).succeeded();
    assertThat(gate.successes()).isEqualTo(2);
  }

  @Test
  void aGateThatWouldBelieveNothingIsRefused() {
    assertThatThrownBy(() -> guard.gate("lane", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxAge: expected a positive duration, got PT0S");
  }
}
