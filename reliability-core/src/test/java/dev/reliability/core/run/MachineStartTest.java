package dev.reliability.core.run;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.RunEvent;
import dev.reliability.core.run.RunModel.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the submission until the worker is up (requirements A1 to A3, N4). */
class MachineStartTest {

  @Test
  void nothingIsStartedBeforeTheRunIsRecordedAndItsTurnHasCome() {
    MachineRig turnLast = MachineRig.withDefaults();
    assertThat(turnLast.created().done()).containsExactly("run.queued");
    assertThat(turnLast.pass(ofMinutes(60)).done()).isEmpty();
    assertThat(turnLast.admitted().done()).containsExactly("run.starting", "start 1");

    MachineRig turnFirst = MachineRig.withDefaults();
    assertThat(turnFirst.admitted().pass(ofSeconds(9)).done()).isEmpty();
    assertThat(turnFirst.created().done()).containsExactly("run.queued", "run.starting", "start 1");
  }

  @Test
  void aRunStaysQueuedUntilItsSpawnIsConfirmedAndItsHandleIsThere() {
    MachineRig rig = MachineRig.withDefaults().starting();
    assertThat(rig.handle().pass(ofMinutes(1)).done()).isEmpty();
    assertThat(rig.spawned().done()).containsExactly("mark running: pid 4711");
    assertThat(rig.marked().done()).containsExactly("run.started");
  }

  @Test
  void aSpawnConfirmedBeforeTheHandleIsThereWaitsForTheHandle() {
    MachineRig rig = MachineRig.withDefaults().starting();
    assertThat(rig.spawned().pass(ofSeconds(5)).done()).isEmpty();
    assertThat(rig.handle().done()).containsExactly("mark running: pid 4711");
    assertThat(rig.marked().done()).containsExactly("run.started");
  }

  @Test
  void whatTheWorkerDidBeforeItWasRecordedAsRunningIsToldAfterItsStart() {
    MachineRig rig = MachineRig.withDefaults().starting().spawned().forget();
    assertThat(rig.progress().handle().result().done())
        .containsExactly("mark running: pid 4711", "run.input_closed", "stop 1: input_closed");
    assertThat(rig.marked().done())
        .containsExactly("run.started", "run.first_output", "run.progress", "run.result_seen");
    assertThat(rig.pass(ofSeconds(1)).progress().done()).containsExactly("run.progress");
  }

  @Test
  void whatAWorkerDidThatNeverCameToBeRunningIsToldBeforeItsEnd() {
    MachineRig rig = MachineRig.withDefaults().starting().spawned().progress().forget();
    rig.exited(0).eof().pass(ofMillis(500));
    assertThat(rig.done())
        .containsExactly("run.first_output", "run.progress", "record done completed");
  }

  @Test
  void theStartedEventSaysHowLongTheStartTook() {
    MachineRig rig = MachineRig.withDefaults().starting();
    rig.pass(ofSeconds(3)).spawned().pass(ofSeconds(2)).handle().pass(ofSeconds(1)).marked();
    assertThat(rig.actions())
        .contains(new RunAction.Emit(new RunEvent.Started(1, MachineRig.WORKER, ofSeconds(3))));
  }

  @ParameterizedTest
  @EnumSource
  void aFailedSpawnEndsTheRunInTheSameStepByDefault(SpawnFailure.Kind kind) {
    MachineRig rig = MachineRig.withDefaults().starting();
    assertThat(rig.spawnFailed(kind).done())
        .containsExactly("run.start_failed", "record failed container_spawn_failed_before_running");
    assertThat(rig.recorded().done())
        .containsExactly("finish failed container_spawn_failed_before_running");
    assertThat(rig.verdict()).isEqualTo("failed container_spawn_failed_before_running rollback");
    assertThat(rig.end().detail()).startsWith("no luck");
    assertThat(rig.last(RunEvent.StartFailed.class))
        .isEqualTo(new RunEvent.StartFailed(1, kind.wireName(), "no luck", null));
  }

  @Test
  void anEndBeforeTheConfirmedStartCountsAsAFailureToStart() {
    MachineRig rig = MachineRig.withDefaults().starting().exited(1);
    assertThat(rig.verdict()).isEqualTo("failed container_spawn_failed_before_running rollback");
    assertThat(rig.end().detail()).contains("it ended before its start was confirmed");
  }

  @Test
  void theStartDeadlineKillsAnAttemptThatIsUnderWay() {
    MachineRig rig = MachineRig.withDefaults().starting();
    assertThat(rig.pass(ofMinutes(10).minusNanos(1)).done()).isEmpty();
    assertThat(rig.pass(ofNanos(1)).done()).containsExactly("stop 1: killed");
    rig.stopDone(StopStep.KILL);
    assertThat(rig.verdict()).isEqualTo("failed start_deadline_exceeded rollback");
    assertThat(rig.end().detail()).isEqualTo("not up after PT10M");
  }

  @Test
  void theStartDeadlineCountsFromTheFirstAttemptAndNotFromTheSubmission() {
    MachineRig rig = MachineRig.withDefaults().waiting().pass(ofMinutes(60)).admitted().forget();
    assertThat(rig.pass(ofMinutes(10).minusNanos(1)).done()).isEmpty();
    assertThat(rig.pass(ofNanos(1)).done()).containsExactly("stop 1: killed");
    assertThat(rig.stopDone(StopStep.KILL).end().queued()).isEqualTo(ofMinutes(60));
  }

  @Test
  void theStartDeadlineEndsABackoffAndNamesTheLastFailure() {
    MachineRig rig =
        new MachineRig(
            RunPolicy.builder()
                .startDeadline(ofSeconds(45))
                .spawnRetry(MachineRig.RETRYING.spawnRetry())
                .build());
    rig.starting().spawnFailed(SpawnFailure.Kind.ENGINE_ERROR).forget();
    // both the next attempt and the deadline are due: nothing is started that is late already
    assertThat(rig.sleep(ofSeconds(50)).done())
        .containsExactly("record failed start_deadline_exceeded");
    assertThat(rig.end().detail())
        .isEqualTo("not up after PT45S; last failure: engine_error: no luck");
    assertThat(rig.end().attempts()).isEqualTo(1);
  }

  @Test
  void theStartDeadlineDuringAKillLeavesNoTimeForAnotherAttempt() {
    MachineRig rig =
        MachineRig.retrying().starting().pass(ofMinutes(10).minusSeconds(5)).spawnUnknown();
    rig.pass(ofSeconds(6)).forget();
    assertThat(rig.stopDone(StopStep.KILL).done())
        .containsExactly("record failed start_deadline_exceeded");
  }

  @Test
  void aKillThatIsNotConfirmedAfterTheStartDeadlineIsSaidSo() {
    MachineRig rig = MachineRig.withDefaults().starting().pass(ofMinutes(10)).pass(ofSeconds(10));
    assertThat(rig.verdict()).isEqualTo("failed start_deadline_exceeded rollback");
    assertThat(rig.end().detail())
        .isEqualTo("not up after PT10M; what was being started may still be alive");
  }

  @Test
  void aConfirmedSpawnWhoseHandleNeverComesIsKilledAtTheStartDeadline() {
    MachineRig rig = MachineRig.withDefaults().starting().spawned();
    // unlike the no-output time-out, which is longer here
    assertThat(rig.pass(ofMinutes(10)).done())
        .contains("run.killed", "stop 1: killed")
        .doesNotContain("mark running: pid 4711");
    rig.pass(ofSeconds(10));
    assertThat(rig.verdict()).isEqualTo("failed start_deadline_exceeded rollback");
    assertThat(rig.end().detail()).contains("it was confirmed, but its handle did not come");
  }

  @Test
  void aWorkerThatEndedBeforeItsHandleCameKeepsItsOwnEnd() {
    MachineRig rig = MachineRig.withDefaults().starting().spawned().result().exited(0).eof();
    assertThat(rig.model.phase).isEqualTo(Phase.RUNNING);
    rig.pass(ofMillis(500));
    assertThat(rig.verdict()).isEqualTo("done completed commit");

    MachineRig lateHandle = MachineRig.withDefaults().starting().spawned().exited(0).eof();
    lateHandle.forget().pass(ofMillis(100));
    assertThat(lateHandle.handle().done()).containsExactly("mark running: pid 4711");
    assertThat(lateHandle.pass(ofSeconds(1)).done()).isEmpty();
    lateHandle.marked();
    assertThat(lateHandle.verdict()).isEqualTo("done completed commit");
  }

  @Test
  void theStartDeadlineDoesNotOvertakeTheEndOfAWorkerWhoseHandleNeverCame() {
    MachineRig rig = MachineRig.withDefaults().starting().pass(ofMinutes(10).minusMillis(200));
    rig.spawned().result().exited(0).pass(ofMillis(300));
    assertThat(rig.silence().verdict()).isEqualTo("done linger_cleanup commit");
  }
}
