package dev.reliability.core.run;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.run.RunModel.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody asks for the end, or the supervisor closes: in every phase of a run. */
class MachineStopTest {
  /** Who asks, and what the end is called then. */
  enum Asks {
    CANCEL("cancelled", "not needed any more"),
    SHUTDOWN("shutdown", "the supervisor was closed");

    final String reason;
    final String detail;

    Asks(String reason, String detail) {
      this.reason = reason;
      this.detail = detail;
    }

    RunInput input() {
      return this == CANCEL ? new RunInput.Cancel("ada", detail) : new RunInput.Shutdown();
    }

    void assertEnded(MachineRig rig, String cursor) {
      assertThat(rig.verdict()).isEqualTo("cancelled " + reason + " " + cursor);
      assertThat(rig.end().detail()).startsWith(detail);
    }
  }

  private static MachineRig starting() {
    return MachineRig.retrying().starting();
  }

  private static MachineRig backoff() {
    MachineRig rig = starting().spawnFailed(SpawnFailure.Kind.ENGINE_ERROR).forget();
    assertThat(rig.model.phase).isEqualTo(Phase.BACKOFF);
    return rig;
  }

  private static MachineRig running() {
    return MachineRig.retrying().running();
  }

  @ParameterizedTest
  @EnumSource
  void aRunThatIsBeingRecordedEndsOnceItIs(Asks asks) {
    MachineRig rig = MachineRig.retrying();
    assertThat(rig.give(asks.input()).done()).isEmpty();
    assertThat(rig.created().done())
        .containsExactly("run.queued", "record cancelled " + asks.reason);
    asks.assertEnded(rig, "rollback");
    assertThat(rig.end().attempts()).isZero();
    assertThat(rig.admitted().done()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aRunThatWaitsForItsTurnEndsAtOnce(Asks asks) {
    MachineRig rig = MachineRig.retrying().waiting().pass(ofMinutes(3));
    assertThat(rig.give(asks.input()).done()).containsExactly("record cancelled " + asks.reason);
    asks.assertEnded(rig, "rollback");
    assertThat(rig.end().queued()).isEqualTo(ofMinutes(3));
    assertThat(rig.admitted().done()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void anAttemptUnderWayIsKilledFirst(Asks asks) {
    MachineRig rig = starting();
    assertThat(rig.give(asks.input()).done()).containsExactly("stop 1: killed");
    assertThat(rig.stopDone(StopStep.KILL).done())
        .containsExactly("record cancelled " + asks.reason);
    asks.assertEnded(rig, "rollback");
  }

  @ParameterizedTest
  @EnumSource
  void anAttemptUnderWayWhoseKillIsNotConfirmedEndsAfterTheGraceAndSaysSo(Asks asks) {
    MachineRig rig = starting().give(asks.input()).pass(ofSeconds(10));
    asks.assertEnded(rig, "rollback");
    assertThat(rig.end().detail()).endsWith("; what was being started may still be alive");
  }

  @ParameterizedTest
  @EnumSource
  void aFailureWhileItIsBeingKilledIsNotTriedAgain(Asks asks) {
    MachineRig rig = starting().give(asks.input()).spawnFailed(SpawnFailure.Kind.ENGINE_ERROR);
    asks.assertEnded(rig, "rollback");
  }

  @ParameterizedTest
  @EnumSource
  void aRunThatWaitsForItsNextAttemptEndsAtOnce(Asks asks) {
    MachineRig rig = backoff();
    assertThat(rig.give(asks.input()).done()).containsExactly("record cancelled " + asks.reason);
    asks.assertEnded(rig, "rollback");
    assertThat(rig.pass(ofSeconds(5)).done()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void anAttemptOfUnknownFateEndsTheRunOnceItIsKilled(Asks asks) {
    MachineRig rig = starting().spawnUnknown().forget();
    assertThat(rig.give(asks.input()).done()).isEmpty();
    assertThat(rig.stopDone(StopStep.KILL).done())
        .containsExactly("record cancelled " + asks.reason);
    asks.assertEnded(rig, "rollback");
  }

  @ParameterizedTest
  @EnumSource
  void aRunningWorkerIsStoppedByTheLadder(Asks asks) {
    MachineRig rig = running();
    assertThat(rig.give(asks.input()).done())
        .containsExactly("run.input_closed", "stop 1: input_closed");
    assertThat(rig.pass(ofSeconds(10)).done())
        .containsExactly("run.stop_requested", "stop 1: terminated");
    assertThat(rig.pass(ofSeconds(10)).done()).contains("run.killed", "stop 1: killed");
    assertThat(rig.pass(ofSeconds(10)).done()).containsExactly("record cancelled " + asks.reason);
    asks.assertEnded(rig, "rollback");
  }

  @ParameterizedTest
  @EnumSource
  void aRunningWorkerThatHeedsTheClosedInputIsCancelledAllTheSame(Asks asks) {
    MachineRig rig = running().progress().give(asks.input()).exited(0).eof();
    asks.assertEnded(rig, "commit");
    assertThat(rig.end().stoppedBy()).isEqualTo(StopStep.INPUT);
  }

  @ParameterizedTest
  @EnumSource
  void aConfirmedWorkerWithoutAHandleIsStoppedOnceTheHandleComes(Asks asks) {
    MachineRig rig = starting().spawned().forget();
    assertThat(rig.give(asks.input()).done())
        .containsExactly("run.input_closed", "stop 1: input_closed");
    assertThat(rig.handle().done()).containsExactly("mark running: pid 4711");
    rig.marked().exited(0).eof();
    asks.assertEnded(rig, "rollback");
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerWhoseFinalResultWasSeenKeepsItsSuccess(Asks asks) {
    MachineRig rig = running().result().forget();
    assertThat(rig.give(asks.input()).done())
        .containsExactly("run.stop_requested", "stop 1: terminated");
    rig.exited(143).eof();
    assertThat(rig.verdict()).isEqualTo("done linger_cleanup commit");
    assertThat(rig.end().detail())
        .isEqualTo("its work was finished when its end was asked for: " + asks.detail);
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatHasEndedByItselfKeepsItsOwnEnd(Asks asks) {
    for (MachineRig rig : new MachineRig[] {running(), running().result()}) {
      rig.exited(0).forget();
      assertThat(rig.give(asks.input()).done()).isEmpty();
      assertThat(rig.eof().verdict()).isEqualTo("done completed commit");
    }
    MachineRig failed = running().exited(1).give(asks.input()).eof();
    assertThat(failed.verdict()).isEqualTo("failed exit_nonzero rollback");
  }

  @ParameterizedTest
  @EnumSource
  void whoAsksLaterDoesNotChangeTheReason(Asks asks) {
    MachineRig rig = running().pass(ofMinutes(12)).forget();
    assertThat(rig.give(asks.input()).done()).isEmpty();
    assertThat(rig.exited(143).eof().verdict()).isEqualTo("failed no_output_timeout rollback");

    MachineRig twice = running().cancel().give(asks.input()).exited(0).eof();
    assertThat(twice.verdict()).isEqualTo("cancelled cancelled rollback");
  }

  @ParameterizedTest
  @EnumSource
  void anEndThatIsBeingRecordedStaysAsItIs(Asks asks) {
    MachineRig rig = running().exited(0).eof().forget();
    assertThat(rig.give(asks.input()).done()).isEmpty();
    assertThat(rig.recorded().done()).containsExactly("finish done completed");
  }

  @Test
  void theStopRequestNamesWhoAskedForIt() {
    MachineRig rig = running().cancel().pass(ofSeconds(10));
    assertThat(rig.actions())
        .contains(new RunAction.Emit(new RunEvent.StopRequested(EndReason.CANCELLED, "ada")));
  }

  @Test
  void theHardTimeoutDuringACancelKillsAtOnceAndTheReasonStaysCancelled() {
    MachineRig rig =
        new MachineRig(RunPolicy.builder().noOutputTimeout(ofMinutes(60)).build()).running();
    rig.pass(ofMinutes(30).minusSeconds(4)).cancel().forget();
    assertThat(rig.pass(ofSeconds(4)).done()).contains("run.killed", "stop 1: killed");
    assertThat(rig.exited(137).eof().verdict()).isEqualTo("cancelled cancelled rollback");
  }

  // ---- draining: what has a worker goes on ----

  private static final RunInput DRAIN = new RunInput.Drain();

  @Test
  void drainingEndsWhatHasNoWorkerYet() {
    MachineRig recording = MachineRig.retrying().give(DRAIN).created();
    MachineRig waiting = MachineRig.retrying().waiting().give(DRAIN);
    MachineRig backoff = backoff().give(DRAIN);
    for (MachineRig rig : new MachineRig[] {recording, waiting, backoff}) {
      assertThat(rig.verdict()).isEqualTo("cancelled shutdown rollback");
    }
  }

  @Test
  void drainingLeavesAWorkerAlone() {
    MachineRig rig = running();
    assertThat(rig.give(DRAIN).done()).isEmpty();
    assertThat(rig.pass(ofSeconds(10)).exited(0).eof().verdict())
        .isEqualTo("done completed commit");
  }

  @Test
  void drainingLetsAnAttemptUnderWayComeUp() {
    MachineRig rig = starting().give(DRAIN);
    assertThat(rig.handle().spawned().done()).containsExactly("mark running: pid 4711");
    assertThat(rig.marked().exited(0).eof().verdict()).isEqualTo("done completed commit");
  }

  @Test
  void drainingAllowsNoFurtherAttemptAfterOneThatFails() {
    MachineRig failed = starting().give(DRAIN).spawnFailed(SpawnFailure.Kind.ENGINE_ERROR);
    MachineRig unknown = starting().give(DRAIN).spawnUnknown().stopDone(StopStep.KILL);
    MachineRig reaping = starting().spawnUnknown().give(DRAIN).stopDone(StopStep.KILL);
    for (MachineRig rig : new MachineRig[] {failed, unknown, reaping}) {
      assertThat(rig.pass(ofMillis(1)).verdict()).isEqualTo("cancelled shutdown rollback");
      assertThat(rig.end().detail()).startsWith("the supervisor was closed; last failure: ");
      assertThat(rig.end().attempts()).isEqualTo(1);
    }
  }

  @Test
  void drainingDoesNotHideAFailureThatWouldHaveEndedTheRunAnyway() {
    MachineRig rig = starting().give(DRAIN).spawnFailed(SpawnFailure.Kind.COMMAND_NOT_FOUND);
    assertThat(rig.verdict()).isEqualTo("failed container_spawn_failed_before_running rollback");
  }

  @Test
  void afterDrainingTheShutdownStopsWhatIsLeft() {
    MachineRig rig = running().give(DRAIN).give(new RunInput.Shutdown());
    assertThat(rig.done()).containsExactly("run.input_closed", "stop 1: input_closed");
    assertThat(rig.silence().verdict()).isEqualTo("cancelled shutdown rollback");
  }
}
