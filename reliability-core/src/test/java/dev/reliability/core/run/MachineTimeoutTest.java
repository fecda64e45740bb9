package dev.reliability.core.run;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No-output, idle and hard time-outs, and the ladder they lead to (requirements B1 to B12). */
class MachineTimeoutTest {
  private static final String TERMINATE = "stop 1: terminated";
  private static final String KILL = "stop 1: killed";

  private static MachineRig running() {
    return MachineRig.withDefaults().running();
  }

  // ---- no output ----

  @Test
  void noOutputFiresTwelveMinutesAfterTheSpawnIfNoMarkerCame() {
    MachineRig rig = MachineRig.withDefaults().starting().pass(ofMinutes(3)).spawned();
    rig.pass(ofSeconds(20)).handle().marked().forget();
    rig.pass(ofMinutes(12).minusSeconds(20).minusNanos(1));
    assertThat(rig.done()).containsOnly("CheckAlive");
    assertThat(rig.pass(ofNanos(1)).done())
        .startsWith("run.stop_requested", TERMINATE)
        .doesNotContain(KILL);
    rig.exited(143).eof();
    assertThat(rig.verdict()).isEqualTo("failed no_output_timeout rollback");
    assertThat(rig.end().detail()).isEqualTo("no valid marker within PT12M, 0 bytes of output");
    assertThat(rig.end().stoppedBy()).isEqualTo(StopStep.TERMINATE);
  }

  @Test
  void bytesThatMeanNothingAreNoMarker() {
    MachineRig rig = running().output(100).pass(ofMinutes(11)).output(23);
    assertThat(rig.done()).contains("run.first_output").doesNotContain("run.progress");
    rig.pass(ofMinutes(1)).exited(143).eof();
    assertThat(rig.verdict()).isEqualTo("failed no_output_timeout rollback");
    assertThat(rig.end().detail()).isEqualTo("no valid marker within PT12M, 123 bytes of output");
  }

  @Test
  void theFirstMarkerCancelsTheNoOutputTimeout() {
    MachineRig rig = running().pass(ofMinutes(12).minusNanos(1)).progress();
    assertThat(rig.model.noOutputAt).isEqualTo(RunModel.NEVER);
    assertThat(rig.forget().pass(ofMinutes(4)).done()).containsOnly("CheckAlive");
  }

  @Test
  void aMarkerThatThePumpsSawInTimeCancelsItThoughItsInputComesLater() {
    MachineRig rig = running().pass(ofMinutes(12).minusNanos(1)).unsampledProgress().forget();
    assertThat(rig.pass(ofSeconds(1)).done()).doesNotContain(TERMINATE);
    rig.give(new RunInput.Progressed(1));
    rig.pass(ofMinutes(5)).exited(0).eof();
    assertThat(rig.verdict()).isEqualTo("done idle_cleanup commit");
  }

  @Test
  void aMarkerWhoseInputGotLostStillArmsTheIdleTimeout() {
    MachineRig rig = running().pass(ofMinutes(9)).unsampledProgress().forget();
    rig.pass(ofMinutes(5)).exited(0).eof();
    assertThat(rig.verdict()).isEqualTo("done idle_cleanup commit");
  }

  // ---- idle ----

  @Test
  void idleClosesTheInputFiveMinutesAfterTheLastMarker() {
    MachineRig rig = running().pass(ofMinutes(1)).progress().forget();
    assertThat(rig.pass(ofMinutes(5).minusNanos(1)).done()).containsOnly("CheckAlive");
    assertThat(rig.pass(ofNanos(1)).done())
        .startsWith("run.input_closed", "stop 1: input_closed")
        .doesNotContain(TERMINATE);
    rig.exited(0).eof();
    assertThat(rig.verdict()).isEqualTo("done idle_cleanup commit");
    assertThat(rig.end().detail()).isEqualTo("no progress for PT5M");
  }

  @Test
  void markersBetweenSamplesMoveTheIdleTimeoutWithoutAnInput() {
    MachineRig rig = running().progress();
    for (int i = 0; i < 4; i++) {
      rig.pass(ofMinutes(4)).unsampledProgress();
    }
    rig.forget().pass(ofMinutes(5).minusNanos(1));
    assertThat(rig.done()).containsOnly("CheckAlive");
    assertThat(rig.pass(ofNanos(1)).done()).contains("run.input_closed");
  }

  @Test
  void bytesThatMeanNothingDoNotMoveTheIdleTimeout() {
    MachineRig rig = running().progress().pass(ofMinutes(4)).output(1_000_000);
    assertThat(rig.forget().pass(ofMinutes(1)).done()).contains("run.input_closed");
  }

  @Test
  void aToolInFlightHoldsTheIdleTimeoutAndItsEndLetsItGo() {
    MachineRig rig = running().tools(1).forget();
    assertThat(rig.pass(ofMinutes(18)).done()).containsOnly("CheckAlive");
    rig.tools(0).forget();
    assertThat(rig.pass(ofMinutes(5).minusNanos(1)).done()).containsOnly("CheckAlive");
    assertThat(rig.pass(ofNanos(1)).done()).contains("run.input_closed");
    assertThat(rig.exited(0).eof().verdict()).isEqualTo("done idle_cleanup commit");
  }

  @Test
  void aToolInFlightDoesNotHoldTheHardTimeout() {
    MachineRig rig = running().tools(1).forget();
    assertThat(rig.pass(ofMinutes(30)).done()).contains(TERMINATE);
    assertThat(rig.exited(143).eof().verdict()).isEqualTo("failed hard_timeout commit");
  }

  @Test
  void theIdleLadderGoesFromInputToTerminateToKillAtItsGraces() {
    MachineRig rig =
        new MachineRig(
            RunPolicy.builder().graces(ofSeconds(3), ofSeconds(4), ofSeconds(5)).build());
    rig.running().progress().pass(ofMinutes(5)).forget();
    assertThat(rig.pass(ofSeconds(3).minusNanos(1)).done()).isEmpty();
    assertThat(rig.pass(ofNanos(1)).done()).containsExactly("run.stop_requested", TERMINATE);
    assertThat(rig.pass(ofSeconds(4).minusNanos(1)).done()).isEmpty();
    assertThat(rig.pass(ofNanos(1)).done()).containsExactly("run.killed", KILL);
    assertThat(rig.stopDone(StopStep.KILL).pass(ofSeconds(5).minusNanos(1)).done()).isEmpty();
    assertThat(rig.pass(ofNanos(1)).done()).containsExactly("record done idle_cleanup");
    assertThat(rig.end().detail())
        .isEqualTo("no progress for PT5M; it was killed and its end was not seen within PT5S");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 137, 143})
  void anEndAfterIdleIsASuccessHoweverItCameAbout(int code) {
    for (Duration until : new Duration[] {ofSeconds(1), ofSeconds(11), ofSeconds(21)}) {
      MachineRig rig = running().progress().pass(ofMinutes(5)).pass(until);
      rig.exited(code).eof();
      assertThat(rig.verdict()).isEqualTo("done idle_cleanup commit");
      assertThat(rig.end().exit()).isEqualTo(new ExitStatus.Code(code));
    }
    MachineRig killed = running().progress().pass(ofMinutes(5)).pass(ofSeconds(21));
    killed.exited(new ExitStatus.Signal(9)).eof();
    assertThat(killed.verdict()).isEqualTo("done idle_cleanup commit");
    assertThat(killed.end().stoppedBy()).isEqualTo(StopStep.KILL);
  }

  @Test
  void progressDuringTheIdleLadderDoesNotCallItOff() {
    MachineRig rig = running().progress().pass(ofMinutes(5)).progress().forget();
    assertThat(rig.pass(ofSeconds(10)).done()).contains(TERMINATE);
    assertThat(rig.result().exited(0).eof().verdict()).isEqualTo("done idle_cleanup commit");
    assertThat(rig.end().result()).isEqualTo("all is well");
  }

  @Test
  void gracesOfNoTimeClimbTheLadderAtOnceOneStepAfterTheOther() {
    MachineRig rig =
        new MachineRig(
            RunPolicy.builder().graces(Duration.ZERO, Duration.ZERO, ofSeconds(5)).build());
    rig.running().progress().forget();
    rig.pass(ofMinutes(5));
    assertThat(rig.done())
        .filteredOn(step -> step.startsWith("stop"))
        .containsExactly("stop 1: input_closed", TERMINATE, KILL);
  }

  // ---- hard ----

  @Test
  void hardIsAFailureAlsoAfterOutputButTheInputCountsAsWorkedOn() {
    MachineRig rig = running();
    for (int minute = 0; minute < 30; minute++) {
      rig.progress().forget().pass(ofMinutes(1).minusNanos(1));
      assertThat(rig.done()).doesNotContain(TERMINATE);
      rig.pass(ofNanos(1));
    }
    assertThat(rig.done()).contains("run.stop_requested", TERMINATE);
    rig.exited(0).eof();
    assertThat(rig.verdict()).isEqualTo("failed hard_timeout commit");
    assertThat(rig.end().detail()).isEqualTo("not ended after PT30M");
  }

  @Test
  void hardWithoutOutputOffersTheInputAgain() {
    MachineRig rig =
        new MachineRig(RunPolicy.builder().noOutputTimeout(ofMinutes(60)).build()).running();
    rig.output(5).pass(ofMinutes(30)).exited(143).eof();
    assertThat(rig.verdict()).isEqualTo("failed hard_timeout rollback");
  }

  @Test
  void theHardTimeoutInForceLeavesRoomForIdleAndTheGracesAfterIt() {
    MachineRig rig =
        new MachineRig(
            RunPolicy.builder().hardTimeout(ofMinutes(1)).idleTimeout(ofMinutes(5)).build());
    rig.running().progress().pass(ofMinutes(5)).pass(ofSeconds(30).minusNanos(1));
    assertThat(rig.model.cause).hasToString("idle_cleanup");
    assertThat(rig.silence().verdict()).isEqualTo("done idle_cleanup commit");
  }

  @Test
  void hardDuringTheIdleLadderKillsAtOnceAndTheReasonStaysIdle() {
    MachineRig rig = running().progress();
    for (int i = 0; i < 5; i++) {
      rig.pass(ofMinutes(4)).progress();
    }
    // the last marker at 24:55: idle at 29:55, hard at 30:00, between two graces
    rig.pass(ofMinutes(4).plusSeconds(55)).progress().pass(ofMinutes(5)).forget();
    assertThat(rig.model.cause).hasToString("idle_cleanup");
    assertThat(rig.model.step).isEqualTo(StopStep.INPUT);
    assertThat(rig.pass(ofSeconds(5)).done()).startsWith("run.killed", KILL);
    rig.exited(new ExitStatus.Signal(9)).eof();
    assertThat(rig.verdict()).isEqualTo("done idle_cleanup commit");
  }

  @Test
  void anEndIsNeverWaitedForLongerThanItsGraceAfterTheKill() {
    MachineRig rig = running().pass(ofMinutes(12)).pass(ofSeconds(10)).forget();
    assertThat(rig.stopDone(StopStep.KILL).pass(ofSeconds(10).minusNanos(1)).done())
        .doesNotContain("record failed no_output_timeout");
    assertThat(rig.pass(ofNanos(1)).done()).contains("record failed no_output_timeout");
    assertThat(rig.end().detail())
        .endsWith("; it was killed and its end was not seen within PT10S");
    assertThat(rig.end().exit()).isEqualTo(ExitStatus.UNKNOWN);
  }

  // ---- late ticks ----

  @Test
  void anIdleTimerThatComesLateHasOneGraceTickForOutputThatWaitsUnread() {
    MachineRig rig = running().progress().forget().sleep(ofMinutes(60));
    // the machine was suspended past the hard time-out too; that one has no grace
    assertThat(rig.done()).contains(TERMINATE);

    MachineRig unread = running().progress().forget().sleep(ofMinutes(10));
    assertThat(unread.done()).doesNotContain("run.input_closed");
    unread.unsampledProgress();
    assertThat(unread.pass(ofMinutes(4)).done()).doesNotContain("run.input_closed");

    MachineRig nothing = running().progress().forget().sleep(ofMinutes(10));
    assertThat(nothing.pass(ofSeconds(1)).done()).contains("run.input_closed");
  }

  @Test
  void aNoOutputTimerThatComesLateHasOneGraceTickToo() {
    MachineRig unread = running().sleep(ofMinutes(15)).forget();
    assertThat(unread.done()).doesNotContain(TERMINATE);
    unread.progress();
    assertThat(unread.pass(ofMinutes(4)).done()).doesNotContain(TERMINATE);

    MachineRig nothing = running().sleep(ofMinutes(15));
    assertThat(nothing.done()).doesNotContain(TERMINATE);
    assertThat(nothing.pass(ofSeconds(1)).done()).contains(TERMINATE);
    assertThat(nothing.exited(143).eof().verdict()).isEqualTo("failed no_output_timeout rollback");
  }

  @Test
  void aTimerASecondLateOrLessIsNotLateAndGraceIsGivenOnceOnly() {
    MachineRig punctual = running().progress().forget().sleep(ofMinutes(5).plusSeconds(1));
    assertThat(punctual.done()).contains("run.input_closed");

    MachineRig twice = running().progress().forget().sleep(ofMinutes(6));
    assertThat(twice.done()).doesNotContain("run.input_closed");
    twice.unsampledProgress().sleep(ofMinutes(6));
    assertThat(twice.done()).contains("run.input_closed");
  }

  // ---- several at once ----

  @ParameterizedTest
  @ValueSource(longs = {1, 29, 30})
  void aLeaseThatEndedBeforeTheHardTimeoutIsTheCauseOfBoth(long minutes) {
    MachineRig rig = running().tools(1).forget();
    rig.leaseUntil = ofMinutes(minutes).toNanos();
    assertThat(rig.sleep(ofMinutes(40)).done()).contains(TERMINATE).doesNotContain(KILL);
    assertThat(rig.pass(ofSeconds(10)).done()).contains(KILL);
    assertThat(rig.exited(137).eof().verdict()).isEqualTo("failed lease_lost commit");
    assertThat(rig.end().detail()).isEqualTo("the lease on the item: not_renewed");
  }

  @Test
  void aLeaseThatEndedAfterATimeoutIsNotItsCause() {
    MachineRig rig = running().tools(1).forget();
    rig.leaseUntil = ofMinutes(30).toNanos() + 1;
    rig.sleep(ofMinutes(40)).exited(143).eof();
    assertThat(rig.verdict()).isEqualTo("failed hard_timeout commit");
  }

  @Test
  void aLeaseThatEndedIsItsKeepersToTellAsLongAsNothingElseIsDue() {
    MachineRig rig = running().tools(1).forget();
    rig.leaseUntil = ofMinutes(1).toNanos();
    assertThat(rig.pass(ofMinutes(4)).done()).containsOnly("CheckAlive");
  }

  @Test
  void aLeaseThatEndedBeforeTheNoOutputTimeoutIsTheCauseWithoutAGraceTick() {
    MachineRig rig = running();
    rig.leaseUntil = ofMinutes(11).toNanos();
    assertThat(rig.sleep(ofMinutes(15)).done()).contains(TERMINATE);
    assertThat(rig.exited(143).eof().verdict()).isEqualTo("failed lease_lost rollback");
  }

  @Test
  void aLeaseThatEndedBeforeTheStartDeadlineIsTheCause() {
    MachineRig rig = MachineRig.withDefaults().starting();
    rig.leaseUntil = ofMinutes(1).toNanos();
    rig.sleep(ofMinutes(11)).stopDone(StopStep.KILL);
    assertThat(rig.verdict()).isEqualTo("failed lease_lost rollback");
    MachineRig noHandle = MachineRig.withDefaults().starting().spawned();
    noHandle.leaseUntil = ofMinutes(1).toNanos();
    assertThat(noHandle.sleep(ofMinutes(11)).done()).contains(TERMINATE).doesNotContain(KILL);
    assertThat(noHandle.exited(143).eof().pass(ofSeconds(5)).verdict())
        .isEqualTo("failed lease_lost rollback");
  }

  @Test
  void aFinishedRunIsNotLostWithItsLease() {
    MachineRig rig = running().result().forget();
    rig.leaseUntil = ofSeconds(1).toNanos();
    rig.sleep(ofMinutes(40)).exited(143).eof();
    assertThat(rig.verdict()).isEqualTo("done linger_cleanup commit");
  }

  @Test
  void ofTwoTimeoutsInOneLookTheEarlierIsTheCause() {
    MachineRig rig = running().tools(1).pass(ofMinutes(24)).forget();
    rig.tools(0).pass(ofMinutes(1).minusNanos(1)).progress();
    rig.pass(ofMinutes(5).minusMillis(500)).sleep(ofMillis(600)); // idle was due first, by 1 ns
    rig.exited(143).eof();
    assertThat(rig.verdict()).isEqualTo("done idle_cleanup commit");
  }

  // ---- what the journal learns ----

  @Test
  void theFirstMarkerAndTheFirstBytesHaveAnEventWithWhatIsKnown() {
    MachineRig rig = running().pass(ofSeconds(2)).output(3).pass(ofSeconds(2)).progress();
    assertThat(rig.actions())
        .contains(
            new RunAction.Emit(new RunEvent.FirstOutput(ofSeconds(2))),
            new RunAction.Emit(new RunEvent.Progress(1, 13)));
  }

  @Test
  void stoppingTellsWhyWithEveryStep() {
    MachineRig rig = running().progress().pass(ofMinutes(5)).silence();
    assertThat(rig.actions().stream().filter(RunAction.Emit.class::isInstance).toList())
        .endsWith(
            new RunAction.Emit(new RunEvent.InputClosed(EndReason.IDLE_CLEANUP)),
            new RunAction.Emit(new RunEvent.StopRequested(EndReason.IDLE_CLEANUP, null)),
            new RunAction.Emit(new RunEvent.Killed(EndReason.IDLE_CLEANUP)));
  }

  @Test
  void successIsWhateverStateThePolicySays() {
    MachineRig rig =
        new MachineRig(RunPolicy.builder().successState(RunState.REVIEW_REQUESTED).build());
    rig.running().progress().pass(ofMinutes(5)).exited(0).eof();
    assertThat(rig.verdict()).isEqualTo("review_requested idle_cleanup commit");
  }
}
