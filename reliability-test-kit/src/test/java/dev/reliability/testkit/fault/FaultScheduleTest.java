package dev.reliability.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.runtime.Strand;
import dev.reliability.testkit.world.CallFault;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultScheduleTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final World world = World.create(1);
  private final Instant start = world.time().wall();

  @Test
  void happensInItsOrder() {
    FaultSchedule.of(
            new Fault.Advance(HOUR),
            new Fault.StepWall(HOUR.negated()),
            new Fault.Suspend(HOUR.multipliedBy(5)),
            new Fault.Drift(100_000),
            new Fault.Advance(HOUR),
            new Fault.FreezeWall(),
            new Fault.PauseProcess(HOUR),
            new Fault.ThawWall(),
            new Fault.Drift(0),
            new Fault.Advance(HOUR))
        .applyTo(world);
    assertThat(world.elapsed()).isEqualTo(HOUR.multipliedBy(4));
    assertThat(Duration.between(start, world.time().wall()))
        .isEqualTo(HOUR.multipliedBy(7).plusMinutes(6));
  }

  @Test
  void whatBecameDueInTheLastPauseStillRuns() {
    List<Duration> ran = new ArrayList<>();
    world
        .scheduler()
        .schedule(world.strand(Strand.Kind.CONTROL, "a"), 5, () -> ran.add(world.elapsed()));
    FaultSchedule.of(new Fault.PauseProcess(HOUR)).applyTo(world);
    assertThat(ran).containsExactly(HOUR);
  }

  @Test
  void readsLikeASentence() {
    assertThat(
            FaultSchedule.of(
                new Fault.Advance(HOUR),
                new Fault.StepWall(HOUR.negated()),
                new Fault.Suspend(HOUR),
                new Fault.PauseProcess(HOUR),
                new Fault.Drift(-20),
                new Fault.FreezeWall(),
                new Fault.ThawWall()))
        .hasToString(
            "[advance PT1H, stepWall PT-1H, suspend PT1H, pauseProcess PT1H, drift -20 ppm,"
                + " freezeWall, thawWall]");
  }

  @Test
  void faultsOfNodesReadLikeASentenceToo() {
    assertThat(
            FaultSchedule.of(
                new NodeFault.Crash("a", HOUR),
                new NodeFault.Pause("a", HOUR),
                new NodeFault.Suspend("b", HOUR),
                new NodeFault.StepWall("b", HOUR.negated()),
                new NodeFault.Call("a", 2, new CallFault.LostRequest()),
                new NodeFault.Call("a", 2, new CallFault.LostAnswer()),
                new NodeFault.Call("a", 2, new CallFault.Hang(HOUR)),
                new NodeFault.Call("a", 2, new CallFault.Crash(false, null)),
                new NodeFault.Call("a", 2, new CallFault.Crash(true, HOUR))))
        .hasToString(
            "[a: crash, down PT1H, a: pause PT1H, b: suspend PT1H, b: stepWall PT-1H, a: call 3 from"
                + " now, request lost, a: call 3 from now, answer lost, a: call 3 from now, hangs"
                + " PT1H, a: call 3 from now, crash before, a: call 3 from now, crash after, down"
                + " PT1H]");
  }

  @Test
  void aFaultOfANodeHappensToThatNodeAndNotWhileItIsDown() {
    FaultSchedule.of(
            new NodeFault.StepWall("a", HOUR),
            new NodeFault.Crash("a", HOUR),
            new NodeFault.Crash("a", Duration.ofDays(1)),
            new NodeFault.Pause("a", HOUR),
            new NodeFault.Suspend("a", HOUR),
            new NodeFault.Suspend("b", HOUR),
            new Fault.Advance(HOUR))
        .applyTo(world);
    assertThat(world.node("a").incarnation()).isEqualTo(2);
    assertThat(Duration.between(start, world.node("a").time().wall()))
        .isEqualTo(HOUR.multipliedBy(2));
    assertThat(world.node("b").incarnation()).isEqualTo(1);
    assertThat(Duration.between(start, world.time().wall())).isEqualTo(HOUR);
  }

  @Test
  void aNegativeDurationIsRefusedWhereTimeCannotGoBack() {
    Duration negative = Duration.ofSeconds(-1);
    assertThatThrownBy(() -> new Fault.Advance(negative)).hasMessageContaining("PT-1S");
    assertThatThrownBy(() -> new Fault.Suspend(negative)).hasMessageContaining("PT-1S");
    assertThatThrownBy(() -> new Fault.PauseProcess(negative)).hasMessageContaining("PT-1S");
    assertThatThrownBy(() -> new NodeFault.Pause("a", negative)).hasMessageContaining("PT-1S");
    assertThatThrownBy(() -> new NodeFault.Suspend("a", negative)).hasMessageContaining("PT-1S");
    assertThatThrownBy(() -> new NodeFault.Crash("a", negative)).hasMessageContaining("PT-1S");
    assertThatThrownBy(() -> new NodeFault.Call("a", -1, new CallFault.LostAnswer()))
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> new CallFault.Hang(negative)).hasMessageContaining("PT-1S");
    assertThatThrownBy(() -> new CallFault.Crash(true, negative)).hasMessageContaining("PT-1S");
    assertThat(new Fault.StepWall(negative).by()).isEqualTo(negative);
  }

  @Test
  void aScheduleKeepsACopy() {
    List<Fault> faults = new ArrayList<>(List.of(new Fault.FreezeWall()));
    FaultSchedule schedule = new FaultSchedule(faults);
    faults.clear();
    assertThat(schedule.faults()).hasSize(1);
  }
}
