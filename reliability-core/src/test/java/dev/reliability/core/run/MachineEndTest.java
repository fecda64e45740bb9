package dev.reliability.core.run;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.run.RunModel.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a worker ends by itself: exits, results, pipes that stay open, workers that vanish. */
class MachineEndTest {
  private static final String KILL = "stop 1: killed";

  private static MachineRig running() {
    return MachineRig.withDefaults().running();
  }

  // ---- exits ----

  @Test
  void exitCodeZeroIsSuccess() {
    MachineRig rig = running().pass(ofSeconds(7)).eof();
    assertThat(rig.done()).isEmpty();
    assertThat(rig.exited(0).done()).containsExactly("record done completed");
    assertThat(rig.verdict()).isEqualTo("done completed commit");
    assertThat(rig.end().detail()).isNull();
    assertThat(rig.end().running()).isEqualTo(ofSeconds(7));
    assertThat(rig.end().stoppedBy()).isEqualTo(StopStep.NONE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 137, 255, -1})
  void anotherExitCodeIsAFailureThatNamesIt(int code) {
    MachineRig rig = running().exited(code).eof();
    assertThat(rig.verdict()).isEqualTo("failed exit_nonzero rollback");
    assertThat(rig.end().detail()).isEqualTo("exit code " + code);
    assertThat(running().progress().exited(code).eof().verdict())
        .isEqualTo("failed exit_nonzero commit");
  }

  @Test
  void aSignalThatNobodyHereSentIsAFailureThatNamesIt() {
    MachineRig rig = running().exited(new ExitStatus.Signal(11)).eof();
    assertThat(rig.verdict()).isEqualTo("failed killed_by_signal rollback");
    assertThat(rig.end().detail()).isEqualTo("signal 11");
  }

  @Test
  void anEndThatNobodyCanNameIsAWorkerLost() {
    assertThat(running().exited(ExitStatus.UNKNOWN).eof().verdict())
        .isEqualTo("failed worker_lost rollback");
  }

  @Test
  void theEndOfOutputAndTheExitComeInEitherOrder() {
    MachineRig eofFirst = running().eof();
    assertThat(eofFirst.model.phase).isEqualTo(Phase.RUNNING);
    assertThat(eofFirst.exited(0).verdict()).isEqualTo("done completed commit");
    MachineRig exitFirst = running().exited(0).pass(ofMillis(499));
    assertThat(exitFirst.model.phase).isEqualTo(Phase.RUNNING);
    assertThat(exitFirst.eof().verdict()).isEqualTo("done completed commit");
  }

  @Test
  void theFirstExitIsTheExit() {
    assertThat(running().exited(3).exited(0).eof().end().detail()).isEqualTo("exit code 3");
  }

  @Test
  void closedOutputIsNoEnd() {
    MachineRig rig = running().eof().forget();
    assertThat(rig.pass(ofMinutes(11)).done()).containsOnly("CheckAlive");
    assertThat(rig.pass(ofMinutes(1)).done()).contains("stop 1: terminated");
  }

  @Test
  void nothingIsTimedAnyMoreOnceTheWorkerEnded() {
    MachineRig rig = running().progress().exited(0);
    assertThat(rig.model.nextDue()).isEqualTo(rig.model.drainAt);
    assertThat(rig.model.drainAt).isEqualTo(rig.now + ofMillis(500).toNanos());
  }

  // ---- results ----

  @Test
  void theResultClosesTheInputAndEndsAllTimersButTheLingerDeadline() {
    MachineRig rig = running().pass(ofMinutes(1)).result();
    assertThat(rig.done())
        .containsExactly(
            "CheckAlive",
            "CheckAlive",
            "CheckAlive",
            "CheckAlive",
            "run.first_output",
            "run.result_seen",
            "run.input_closed",
            "stop 1: input_closed");
    assertThat(List.of(rig.model.noOutputAt, rig.model.idleAt, rig.model.hardAt))
        .containsOnly(RunModel.NEVER);
    assertThat(rig.model.lingerAt).isEqualTo(rig.now + ofSeconds(30).toNanos());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 137})
  void afterTheResultTheRunIsASuccessWhateverItsExitCode(int code) {
    MachineRig rig = running().result().exited(code).eof();
    assertThat(rig.verdict()).isEqualTo("done completed commit");
    assertThat(rig.end().result()).isEqualTo("all is well");
    assertThat(rig.end().exit()).isEqualTo(new ExitStatus.Code(code));
  }

  @Test
  void afterTheResultASignalOrAnUnknownEndIsASuccessToo() {
    for (ExitStatus status : List.of(new ExitStatus.Signal(9), ExitStatus.UNKNOWN)) {
      assertThat(running().result().exited(status).eof().verdict())
          .isEqualTo("done completed commit");
    }
  }

  @Test
  void aResultThatIsReadAfterTheExitCountsAsWell() {
    MachineRig rig = running().exited(1).forget();
    assertThat(rig.result().done())
        .contains("run.result_seen")
        .doesNotContain("stop 1: input_closed");
    assertThat(rig.eof().verdict()).isEqualTo("done completed commit");
  }

  @Test
  void theFirstResultIsTheResult() {
    MachineRig rig = running().result().forget();
    assertThat(rig.give(new RunInput.Result(1, "another")).done()).isEmpty();
    assertThat(rig.exited(0).eof().end().result()).isEqualTo("all is well");
  }

  @Test
  void aWorkerThatLingersAfterItsResultIsStoppedAndKeepsItsSuccess() {
    MachineRig rig = running().result().forget();
    rig.pass(ofSeconds(30).minusNanos(1));
    assertThat(rig.done()).containsOnly("CheckAlive");
    assertThat(rig.pass(ofNanos(1)).done()).contains("run.stop_requested", "stop 1: terminated");
    rig.exited(143).eof();
    assertThat(rig.verdict()).isEqualTo("done linger_cleanup commit");
    assertThat(rig.end().detail()).isEqualTo("still there PT30S after its final result");
  }

  @Test
  void aWorkerThatLingersThroughTheKillKeepsItsSuccess() {
    MachineRig rig = running().result().silence();
    assertThat(rig.verdict()).isEqualTo("done linger_cleanup commit");
    assertThat(rig.end().stoppedBy()).isEqualTo(StopStep.KILL);
    assertThat(rig.end().detail()).contains("its end was not seen within PT10S");
  }

  @Test
  void aResultDuringTheStoppingDoesNotChangeTheReasonButCommitsTheInput() {
    MachineRig rig = running().pass(ofMinutes(12)).result().exited(0).eof();
    assertThat(rig.verdict()).isEqualTo("failed no_output_timeout commit");
    assertThat(rig.end().result()).isEqualTo("all is well");
  }

  // ---- pipes that stay open ----

  @Test
  void pipesThatStayOpenAfterTheExitAreCutOffAfterTheDrainDeadline() {
    MachineRig rig = running().exited(0);
    assertThat(rig.pass(ofMillis(500).minusNanos(1)).done()).isEmpty();
    assertThat(rig.pass(ofNanos(1)).done()).containsExactly(KILL);
    rig.give(
        new RunInput.StopDone(
            1, StopStep.KILL, new StopReport("tree", List.of("pid 8 (sleep)"), 2), null));
    assertThat(rig.verdict()).isEqualTo("done linger_cleanup commit");
    assertThat(rig.end().detail())
        .isEqualTo("it ended, but its output was still held open PT0.5S later");
    assertThat(rig.end().leftovers())
        .isEqualTo(new StopReport("tree", List.of("pid 8 (sleep)"), 2));
  }

  @Test
  void pipesThatStayOpenDoNotTurnAFailureIntoASuccess() {
    MachineRig rig = running().exited(1).pass(ofMillis(500)).stopDone(StopStep.KILL);
    assertThat(rig.verdict()).isEqualTo("failed exit_nonzero rollback");
    MachineRig idle = running().progress().pass(ofMinutes(5)).exited(0).pass(ofMillis(500));
    assertThat(idle.stopDone(StopStep.KILL).verdict()).isEqualTo("done idle_cleanup commit");
  }

  @Test
  void aKillOfWhatHoldsThePipesThatIsNeverConfirmedDelaysTheEndByItsGraceOnly() {
    MachineRig rig = running().exited(0).pass(ofMillis(500)).forget();
    assertThat(rig.pass(ofSeconds(10)).done()).containsExactly("record done linger_cleanup");
  }

  @Test
  void pipesThatCloseDuringTheKillEndTheRun() {
    MachineRig rig = running().exited(0).pass(ofMillis(600)).eof();
    assertThat(rig.verdict()).isEqualTo("done linger_cleanup commit");
  }

  @Test
  void aSlowStoreIsNotTakenForPipesThatStayOpen() {
    MachineRig rig = MachineRig.withDefaults().starting().handle().spawned().exited(0).eof();
    rig.forget();
    assertThat(rig.pass(ofSeconds(9)).done()).isEmpty();
    assertThat(rig.marked().done()).containsExactly("run.started", "record done completed");
    assertThat(rig.end().detail()).isNull();
  }

  @Test
  void theMostPipesThatWereEverGivenUpAreTold() {
    MachineRig rig = running().progress().pass(ofMinutes(5)).pass(ofSeconds(20));
    rig.give(
        new RunInput.StopDone(1, StopStep.TERMINATE, new StopReport("tree", List.of(), 0), null));
    rig.give(new RunInput.StopDone(1, StopStep.KILL, new StopReport("tree", List.of(), 2), null));
    rig.give(new RunInput.StopDone(1, StopStep.KILL, new StopReport("tree", List.of(), 1), null));
    rig.exited(0).eof();
    assertThat(rig.end().leftovers()).isEqualTo(new StopReport("tree", List.of(), 2));
  }

  @Test
  void aStepThatFailedTellsNothingOfWhatIsLeft() {
    MachineRig rig = running().progress().pass(ofMinutes(5)).pass(ofSeconds(20));
    rig.give(
        new RunInput.StopDone(1, StopStep.KILL, new StopReport("tree", List.of("pid 9"), 0), null));
    rig.give(new RunInput.StopDone(1, StopStep.KILL, StopReport.CLEAN, "no permission"));
    rig.exited(0).eof();
    assertThat(rig.end().leftovers().survivors()).containsExactly("pid 9");
  }

  // ---- workers that vanish ----

  @Test
  void theHandleIsAskedEvery15SecondsWhetherTheWorkerIsAlive() {
    MachineRig rig = running();
    assertThat(rig.pass(ofSeconds(60)).done())
        .containsExactly("CheckAlive", "CheckAlive", "CheckAlive", "CheckAlive");
    assertThat(rig.alive(true).done()).isEmpty();
  }

  @Test
  void aWorkerThatIsGoneWithoutAnExitIsLost() {
    MachineRig rig = running().pass(ofSeconds(20)).forget();
    assertThat(rig.alive(false).done()).containsExactly("run.handle_missing");
    assertThat(rig.last(RunEvent.HandleMissing.class).worker()).isEqualTo(MachineRig.WORKER);
    assertThat(rig.alive(false).done()).isEmpty();
    assertThat(rig.pass(ofMillis(500)).done()).containsExactly("run.killed", KILL);
    assertThat(rig.stopDone(StopStep.KILL).done()).containsExactly("record failed worker_lost");
    assertThat(rig.end().detail()).isEqualTo("it is not alive and its exit was not reported");
  }

  @Test
  void anExitThatIsReportedJustAfterTheHandleWentMissingIsTheEnd() {
    MachineRig rig = running().alive(false).pass(ofMillis(400)).exited(0).pass(ofMillis(400));
    assertThat(rig.model.phase).isEqualTo(Phase.RUNNING);
    assertThat(rig.eof().verdict()).isEqualTo("done completed commit");
  }

  @Test
  void aWorkerThatIsGoneAfterItsResultKeepsItsSuccess() {
    MachineRig rig = running().result().alive(false).pass(ofMillis(500));
    assertThat(rig.stopDone(StopStep.KILL).verdict()).isEqualTo("done linger_cleanup commit");
  }

  @Test
  void aLostWorkerIsNotStoppedOnceMoreByTimersThatWereStillArmed() {
    MachineRig rig = running().pass(ofMinutes(12).minusSeconds(5)).alive(false).forget();
    rig.pass(ofSeconds(12));
    assertThat(rig.done())
        .filteredOn(step -> !step.equals("CheckAlive"))
        .containsExactly("run.killed", KILL, "record failed worker_lost");
    MachineRig idle = running().progress().pass(ofMinutes(5).minusSeconds(5)).alive(false);
    idle.forget().pass(ofSeconds(12));
    assertThat(idle.done())
        .filteredOn(step -> !step.equals("CheckAlive"))
        .containsExactly("run.killed", KILL, "record failed worker_lost");
  }

  @Test
  void outputThatWaitsForTheHostIsWaitedForAfterTheExit() {
    MachineRig rig = running().progress();
    rig.held = true;
    rig.exited(0).forget();
    for (int i = 0; i < 20; i++) {
      assertThat(rig.pass(ofSeconds(4)).done()).isEmpty();
      rig.unsampledProgress(); // slow, but it gets on
    }
    rig.result();
    rig.held = false;
    assertThat(rig.eof().verdict()).isEqualTo("done completed commit");
    assertThat(rig.end().result()).isEqualTo("all is well");
  }

  @Test
  void aHostThatDoesNotGetOnAtAllDelaysTheEndByFiveSeconds() {
    MachineRig rig = running().progress();
    rig.held = true;
    rig.exited(0).forget();
    assertThat(rig.pass(ofMillis(5_400)).done()).isEmpty();
    assertThat(rig.pass(ofMillis(200)).done()).containsExactly(KILL);
    rig.stopDone(StopStep.KILL);
    assertThat(rig.verdict()).isEqualTo("done linger_cleanup commit");
    assertThat(rig.end().detail()).contains("the host's own code did not take all of its output");
  }

  @Test
  void whoIsBeingStoppedIsNotWaitedForBecauseOfTheHost() {
    MachineRig rig = running().progress().cancel();
    rig.held = true;
    rig.exited(0).forget();
    assertThat(rig.pass(ofMillis(500)).done()).containsExactly(KILL);
  }

  /** What was unread when the time was up is at most what a pipe holds. */
  @Test
  void aFloodWithoutAMarkerIsNoExcuseHoweverFarBehindTheHostIs() {
    MachineRig rig = running();
    rig.held = true;
    rig.output(1).forget().pass(ofMinutes(12));
    for (int i = 0; i < 16; i++) {
      assertThat(rig.output(64 * 1024).pass(ofSeconds(1)).done())
          .filteredOn(step -> !step.equals("CheckAlive"))
          .isEmpty();
    }
    rig.output(1).pass(ofSeconds(1));
    assertThat(rig.done()).contains("run.stop_requested");
  }

  @Test
  void theClocksOfASlowHostsWorkerWaitForTheHostButTheHardOneDoesNot() {
    MachineRig idle = running().progress();
    idle.held = true;
    idle.forget().pass(ofMinutes(5).plusSeconds(4));
    assertThat(idle.done()).filteredOn(step -> !step.equals("CheckAlive")).isEmpty();
    idle.unsampledProgress();
    idle.held = false;
    assertThat(idle.pass(ofMinutes(4)).done()).doesNotContain("run.input_closed");

    MachineRig hung = running();
    hung.held = true;
    hung.forget().pass(ofMinutes(12).plusSeconds(4));
    assertThat(hung.done()).filteredOn(step -> !step.equals("CheckAlive")).isEmpty();
    assertThat(hung.pass(ofSeconds(2)).done()).contains("run.stop_requested");
    assertThat(hung.silence().end().reason()).isEqualTo(EndReason.NO_OUTPUT_TIMEOUT);
  }

  @Test
  void escalatingTakesTheNextStepAtOnceAndOnlyOfAStopThatIsUnderWay() {
    MachineRig rig = running().progress().forget();
    assertThat(rig.give(new RunInput.Escalate()).done()).isEmpty();
    rig.cancel().forget();
    assertThat(rig.give(new RunInput.Escalate()).done())
        .containsExactly("run.stop_requested", "stop 1: terminated");
    assertThat(rig.give(new RunInput.Escalate()).done()).containsExactly("run.killed", KILL);
    assertThat(rig.give(new RunInput.Escalate()).done()).isEmpty();
    assertThat(rig.exited(0).eof().verdict()).isEqualTo("cancelled cancelled commit");
  }

  @Test
  void nobodyAsksForAWorkerThatHasEnded() {
    MachineRig rig = running().exited(0).forget();
    assertThat(rig.alive(false).done()).isEmpty();
    assertThat(rig.pass(ofMillis(400)).done()).isEmpty();
  }

  // ---- after the end ----

  @Test
  void invariant8LateInputsChangeNothingAfterTheEnd() {
    MachineRig rig = running().progress().exited(0).eof().recorded();
    assertThat(rig.model.phase).isEqualTo(Phase.ENDED);
    assertThat(rig.model.nextDue()).isEqualTo(RunModel.NEVER);
    rig.forget();
    var before = MachineRig.fields(rig.model);
    rig.created().admitted().handle().spawned().marked().progress().result().eof().exited(1);
    rig.spawnUnknown().spawnFailed(SpawnFailure.Kind.OTHER).alive(false).stopDone(StopStep.KILL);
    rig.cancel().give(new RunInput.Drain()).give(new RunInput.Shutdown()).recorded();
    rig.pass(ofHours(2)).give(new RunInput.Tick());
    assertThat(rig.done()).isEmpty();
    assertThat(MachineRig.fields(rig.model)).isEqualTo(before);
  }

  @Test
  void lateInputsChangeNothingOfTheEndThatIsBeingRecorded() {
    MachineRig rig = running().progress().exited(0).eof().forget();
    RunEnd end = rig.end();
    rig.created().admitted().handle().spawned().marked().progress().result().eof().exited(1);
    rig.spawnUnknown().spawnFailed(SpawnFailure.Kind.OTHER).alive(false).stopDone(StopStep.KILL);
    rig.cancel().give(new RunInput.Drain()).give(new RunInput.Shutdown());
    assertThat(rig.done()).isEmpty();
    assertThat(rig.recorded().done()).containsExactly("finish done completed");
    assertThat(rig.end()).isSameAs(end);
  }
}
