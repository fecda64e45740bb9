package dev.reliability.core.run;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.run.RunModel.Phase;
import org.junit.jupiter.api.Test;

/** The store fails, hangs, or says that the record belongs to somebody else. */
class MachineStoreTest {

  private static MachineRig up() {
    return MachineRig.withDefaults().starting().handle().spawned().forget();
  }

  @Test
  void aRunThatCannotBeRecordedIsNotStarted() {
    MachineRig rig = MachineRig.withDefaults().admitted();
    assertThat(rig.give(new RunInput.Created("disk full")).done())
        .as("its claim is given back, and should there be a record, it is to say that it ended")
        .containsExactly("finish unrecorded failed store_failed", "record failed store_failed");
    assertThat(rig.verdict()).isEqualTo("failed store_failed rollback");
    assertThat(rig.end().detail())
        .isEqualTo("the run could not be recorded, so it was not started: disk full");
    assertThat(rig.model.phase).isEqualTo(Phase.ENDED);
  }

  @Test
  void aStoreThatDoesNotAnswerIsWaitedForTenSecondsAndTheRunIsNotStarted() {
    MachineRig rig = MachineRig.withDefaults().admitted();
    assertThat(rig.pass(ofSeconds(10).minusNanos(1)).done()).isEmpty();
    assertThat(rig.pass(ofNanos(1)).done())
        .as("should the record come to be after all, it is to say that the run ended")
        .containsExactly("finish unrecorded failed store_failed", "record failed store_failed");
    assertThat(rig.created().recorded().done()).isEmpty();
    assertThat(rig.end().detail()).contains("the store did not answer within PT10S");
  }

  @Test
  void aCancelledRunThatCannotBeRecordedIsCancelled() {
    MachineRig rig = MachineRig.withDefaults().cancel().give(new RunInput.Created("disk full"));
    assertThat(rig.done())
        .containsExactly("finish unrecorded cancelled cancelled", "record cancelled cancelled");
    MachineRig hung = MachineRig.withDefaults().cancel().pass(ofSeconds(10));
    assertThat(hung.verdict()).isEqualTo("cancelled cancelled rollback");
  }

  @Test
  void aRecordThatCouldNotBeMarkedAsRunningDoesNotEndTheRun() {
    MachineRig rig = up();
    assertThat(rig.give(new RunInput.Marked(null, "disk full")).done())
        .containsExactly("run.started");
    assertThat(rig.pass(ofMinutes(1)).exited(0).eof().verdict()).isEqualTo("done completed commit");
  }

  @Test
  void aStoreThatHangsWhileMarkingDelaysNoStartBeyondItsTimeLimit() {
    MachineRig rig = up();
    assertThat(rig.pass(ofSeconds(10).minusNanos(1)).done()).isEmpty();
    assertThat(rig.pass(ofNanos(1)).done()).containsExactly("run.started");
    assertThat(rig.marked().done()).as("the late answer").isEmpty();
    assertThat(rig.exited(0).eof().verdict()).isEqualTo("done completed commit");
  }

  @Test
  void aStoreThatHangsWhileMarkingDelaysNoTimeoutAndNoKill() {
    MachineRig rig =
        new MachineRig(
            RunPolicy.builder()
                .storeTimeout(ofMinutes(60))
                .graces(ofSeconds(1), ofSeconds(1), ofSeconds(1))
                .build());
    rig.starting().handle().spawned().pass(ofMinutes(12)).forget();
    rig.pass(ofSeconds(1));
    assertThat(rig.done()).contains("run.killed", "stop 1: killed");
    assertThat(rig.pass(ofSeconds(1)).verdict()).isEqualTo("failed no_output_timeout rollback");
  }

  @Test
  void anEndWaitsForTheAnswerOfTheStoreSoThatRunningIsRecordedBeforeIt() {
    MachineRig rig = up().exited(0).eof();
    assertThat(rig.done()).isEmpty();
    assertThat(rig.marked().done()).containsExactly("run.started", "record done completed");

    MachineRig hung = up().exited(0).eof().pass(ofSeconds(10));
    assertThat(hung.done()).containsExactly("run.started", "record done completed");
  }

  @Test
  void aRecordThatBelongsToSomebodyElseEndsTheRun() {
    MachineRig rig = up();
    assertThat(rig.give(new RunInput.Marked("the run is cancelled", null)).done())
        .containsExactly("run.started", "run.stop_requested", "stop 1: terminated");
    rig.exited(143).eof();
    assertThat(rig.verdict()).isEqualTo("failed store_failed rollback");
    assertThat(rig.end().detail())
        .isEqualTo("the record is not ours any more: the run is cancelled");
  }

  @Test
  void aRecordThatBelongsToSomebodyElseDoesNotChangeAnEndThatHasItsReason() {
    MachineRig cancelled = up().cancel().give(new RunInput.Marked("gone", null)).exited(0).eof();
    assertThat(cancelled.verdict()).isEqualTo("cancelled cancelled rollback");
    MachineRig ended = up().exited(0).give(new RunInput.Marked("gone", null)).eof();
    assertThat(ended.verdict()).isEqualTo("done completed commit");
  }

  @Test
  void anEndThatCannotBeRecordedIsToldAllTheSame() {
    MachineRig failing = MachineRig.withDefaults().running().exited(0).eof().forget();
    assertThat(failing.give(new RunInput.EndRecorded(null, "disk full")).done())
        .containsExactly("finish unrecorded done completed");
  }

  @Test
  void aStoreThatHangsWhileRecordingTheEndDelaysItByItsTimeLimitOnly() {
    MachineRig rig = MachineRig.withDefaults().running().exited(0).eof().forget();
    assertThat(rig.pass(ofSeconds(10).minusNanos(1)).done()).isEmpty();
    assertThat(rig.pass(ofNanos(1)).done()).containsExactly("finish unrecorded done completed");
    assertThat(rig.recorded().done()).as("the late answer").isEmpty();
  }

  @Test
  void theStoresTimeLimitIsThePolicys() {
    MachineRig rig = new MachineRig(RunPolicy.builder().storeTimeout(ofMillis(5)).build());
    assertThat(rig.pass(ofMillis(5)).verdict()).isEqualTo("failed store_failed rollback");
  }

  @Test
  void aSecondAnswerOfTheStoreIsNotAnAnswer() {
    MachineRig rig = MachineRig.withDefaults().waiting();
    assertThat(rig.created().give(new RunInput.Created("late")).done()).isEmpty();
    MachineRig running = MachineRig.withDefaults().running();
    assertThat(running.marked().give(new RunInput.Marked("late", null)).done()).isEmpty();
  }
}
