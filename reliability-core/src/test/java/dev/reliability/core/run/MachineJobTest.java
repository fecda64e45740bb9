package dev.reliability.core.run;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Runs that are jobs: silent for as long as they like, and bounded by their run deadline. */
class MachineJobTest {
  private static final String TERMINATE = "stop 1: terminated";

  private static MachineRig running() {
    return new MachineRig(RunPolicy.builder().jobs().build()).running().forget();
  }

  @Test
  void aSilentJobIsEndedAtItsRunDeadlineAndNotBefore() {
    MachineRig rig = running();
    assertThat(rig.pass(ofMinutes(60).minusNanos(1)).done()).containsOnly("CheckAlive");
    assertThat(rig.pass(ofNanos(1)).done()).startsWith("run.stop_requested", TERMINATE);
    rig.exited(143).eof();
    assertThat(rig.verdict()).isEqualTo("failed run_deadline_exceeded rollback");
    assertThat(rig.end().detail()).isEqualTo("not ended after PT1H");
  }

  @Test
  void aJobThatTalksHasNoMoreTime() {
    MachineRig rig = running().progress().pass(ofMinutes(59)).progress().forget();
    assertThat(rig.pass(ofMinutes(1)).done()).contains(TERMINATE);
    assertThat(rig.exited(143).eof().verdict()).isEqualTo("failed run_deadline_exceeded commit");
  }

  @Test
  void aJobThatSaidSomethingOnceIsNotIdle() {
    MachineRig rig = running().progress().forget();
    assertThat(rig.pass(ofMinutes(59)).done()).containsOnly("CheckAlive");
    assertThat(rig.exited(0).eof().verdict()).isEqualTo("done completed commit");
  }

  @Test
  void aJobIsJudgedByItsExitCode() {
    assertThat(running().pass(ofMinutes(50)).exited(1).eof().verdict())
        .isEqualTo("failed exit_nonzero rollback");
    assertThat(running().pass(ofMinutes(50)).exited(0).eof().verdict())
        .isEqualTo("done completed commit");
  }

  @Test
  void aJobThatStaysAfterItsResultHasTheLingerDeadline() {
    MachineRig rig = running().pass(ofMinutes(59)).result().forget();
    assertThat(rig.pass(ofSeconds(30)).done()).contains(TERMINATE);
    assertThat(rig.exited(143).eof().verdict()).isEqualTo("done linger_cleanup commit");
  }
}
