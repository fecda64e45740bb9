package dev.reliability.core.run;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.RunEvent;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.run.RunModel.Phase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One attempt to spawn after the other, and never two at once (requirements N1, N3). */
class MachineAttemptsTest {

  @ParameterizedTest
  @EnumSource
  void aFailureThatMayPassIsTriedAgainAndNoOther(SpawnFailure.Kind kind) {
    MachineRig rig = MachineRig.retrying().starting().spawnFailed(kind);
    if (kind.isRetryable()) {
      assertThat(rig.done()).containsExactly("run.start_failed");
      assertThat(rig.last(RunEvent.StartFailed.class).retryIn()).isEqualTo(ofSeconds(30));
      assertThat(rig.pass(ofSeconds(30).minusNanos(1)).done()).isEmpty();
      assertThat(rig.pass(ofNanos(1)).done()).containsExactly("run.starting", "start 2");
    } else {
      assertThat(rig.done())
          .containsExactly(
              "run.start_failed", "record failed container_spawn_failed_before_running");
      assertThat(rig.end().attempts()).isEqualTo(1);
    }
  }

  @Test
  void onlyTheKindsThatMayPassAreMarkedSo() {
    assertThat(SpawnFailure.Kind.values())
        .filteredOn(SpawnFailure.Kind::isRetryable)
        .containsExactly(
            SpawnFailure.Kind.NO_RESOURCES,
            SpawnFailure.Kind.ENGINE_ERROR,
            SpawnFailure.Kind.OTHER);
  }

  @Test
  void aSpawnIsTriedAgainAsThePolicySaysUntilItGivesUp() {
    MachineRig rig = MachineRig.retrying().starting();
    for (int attempt = 1; attempt <= 6; attempt++) {
      rig.spawnFailed(SpawnFailure.Kind.ENGINE_ERROR)
          .pass(rig.last(RunEvent.StartFailed.class).retryIn());
      assertThat(rig.model.attempt).isEqualTo(attempt + 1);
    }
    rig.spawnFailed(SpawnFailure.Kind.ENGINE_ERROR);
    assertThat(rig.verdict()).isEqualTo("failed container_spawn_failed_before_running rollback");
    assertThat(rig.end().attempts()).isEqualTo(7);
    assertThat(rig.end().detail())
        .startsWith("no luck (the next attempt, in PT2M, would begin after");
  }

  @Test
  void theWorkerOfALaterAttemptRunsLikeThatOfTheFirst() {
    MachineRig rig =
        MachineRig.retrying()
            .starting()
            .spawnFailed(SpawnFailure.Kind.NO_RESOURCES)
            .pass(ofSeconds(30))
            .handle()
            .spawned()
            .marked()
            .pass(ofMinutes(1))
            .exited(0)
            .eof();
    assertThat(rig.verdict()).isEqualTo("done completed commit");
    assertThat(rig.end().attempts()).isEqualTo(2);
    assertThat(rig.end().running()).isEqualTo(ofMinutes(1));
  }

  @Test
  void eachAttemptIsHandedWhatIsLeftOfTheStartDeadlineAsItsOwn() {
    MachineRig rig = MachineRig.retrying().starting();
    assertThat(rig.deadline()).isEqualTo(ofMinutes(10));
    rig.pass(ofMinutes(1)).spawnFailed(SpawnFailure.Kind.ENGINE_ERROR).pass(ofSeconds(30));
    assertThat(rig.deadline()).isEqualTo(ofSeconds(600 - 60 - 30));
  }

  @Test
  void theBoundOnTryingEndsAnAttemptThatIsUnderWayToo() {
    MachineRig rig =
        new MachineRig(
            RunPolicy.builder()
                .spawnRetry(
                    RetryPolicy.exponential(ofSeconds(30), ofMinutes(2))
                        .maxAttempts(10)
                        .maxElapsed(ofMinutes(2)))
                .build());
    rig.starting();
    assertThat(rig.deadline()).isEqualTo(ofMinutes(2));
    rig.spawnFailed(SpawnFailure.Kind.ENGINE_ERROR).pass(ofSeconds(30)).forget();
    assertThat(rig.pass(ofSeconds(90)).done()).containsExactly("stop 2: killed");
    rig.stopDone(StopStep.KILL);
    assertThat(rig.verdict()).isEqualTo("failed start_deadline_exceeded rollback");
    assertThat(rig.end().detail()).startsWith("not up after PT2M");
  }

  @Test
  void aRetryThatWouldBeginAfterTheStartDeadlineIsNotWaitedFor() {
    MachineRig rig =
        new MachineRig(
            RunPolicy.builder()
                .startDeadline(ofSeconds(60))
                .spawnRetry(MachineRig.RETRYING.spawnRetry())
                .build());
    rig.starting().pass(ofSeconds(29)).spawnFailed(SpawnFailure.Kind.ENGINE_ERROR);
    assertThat(rig.model.phase).isEqualTo(Phase.BACKOFF);
    rig.pass(ofSeconds(30)).spawnFailed(SpawnFailure.Kind.ENGINE_ERROR);
    assertThat(rig.verdict()).isEqualTo("failed container_spawn_failed_before_running rollback");
  }

  @Test
  void aDelayOfAnySizeIsNeverTakenForOneThatIsOver() {
    Duration almostForever = ofNanos(Long.MAX_VALUE - 10);
    MachineRig rig =
        new MachineRig(
            RunPolicy.builder()
                .spawnRetry(
                    RetryPolicy.exponential(almostForever, almostForever)
                        .maxAttempts(2)
                        .maxElapsed(ofNanos(Long.MAX_VALUE)))
                .build());
    rig.waiting().pass(ofMinutes(1)).admitted().spawnFailed(SpawnFailure.Kind.ENGINE_ERROR);
    assertThat(rig.model.attempt).isEqualTo(1);
    assertThat(rig.model.phase).isEqualTo(Phase.ENDING);
  }

  @Test
  void anAttemptWhoseFateIsUnknownIsKilledFirstAndTriedAgainOnlyThen() {
    MachineRig rig = MachineRig.retrying().starting();
    assertThat(rig.spawnUnknown().done()).containsExactly("stop 1: killed");
    assertThat(rig.pass(ofSeconds(9)).done()).isEmpty();
    assertThat(rig.stopDone(StopStep.KILL).done()).containsExactly("run.start_failed");
    assertThat(rig.last(RunEvent.StartFailed.class))
        .isEqualTo(
            new RunEvent.StartFailed(
                1, "spawn_unknown", "the engine did not answer", ofSeconds(30)));
    assertThat(rig.pass(ofSeconds(30)).done()).containsExactly("run.starting", "start 2");
    assertThat(rig.handle().spawned().done()).containsExactly("mark running: pid 4711");
    assertThat(rig.marked().eof().exited(0).end().stoppedBy()).isEqualTo(StopStep.NONE);
  }

  @Test
  void anUnknownFateWithoutRetriesEndsAsSpawnUnknownAfterTheKill() {
    MachineRig rig = MachineRig.withDefaults().starting().spawnUnknown();
    assertThat(rig.model.phase).isEqualTo(Phase.REAPING);
    assertThat(rig.stopDone(StopStep.KILL).verdict()).isEqualTo("failed spawn_unknown rollback");
  }

  @Test
  void aKillThatWasNotConfirmedIsNeverFollowedByAnotherAttempt() {
    MachineRig survivors = MachineRig.retrying().starting().spawnUnknown();
    survivors.give(
        new RunInput.StopDone(
            1, StopStep.KILL, new StopReport("group", List.of("pid 7 (sh)"), 0), null));
    MachineRig error = MachineRig.retrying().starting().spawnUnknown();
    error.give(new RunInput.StopDone(1, StopStep.KILL, StopReport.CLEAN, "no permission"));
    MachineRig silent = MachineRig.retrying().starting().spawnUnknown().pass(ofSeconds(10));
    for (MachineRig rig : List.of(survivors, error, silent)) {
      assertThat(rig.verdict()).isEqualTo("failed spawn_unknown rollback");
      assertThat(rig.end().detail())
          .isEqualTo(
              "the engine did not answer; the kill was not confirmed, so it was not tried again");
      assertThat(rig.end().attempts()).isEqualTo(1);
      assertThat(rig.last(RunEvent.StartFailed.class).retryIn()).isNull();
    }
    assertThat(survivors.end().leftovers().survivors()).containsExactly("pid 7 (sh)");
  }

  @Test
  void aGentlerStepThanTheKillConfirmsNothing() {
    MachineRig rig = MachineRig.retrying().starting().spawnUnknown().forget();
    assertThat(rig.stopDone(StopStep.INPUT).stopDone(StopStep.TERMINATE).done()).isEmpty();
    assertThat(rig.model.phase).isEqualTo(Phase.REAPING);
  }

  @Test
  void whatTurnsOutToHaveFailedOrEndedNeedsNoConfirmedKill() {
    MachineRig failed =
        MachineRig.retrying().starting().spawnUnknown().spawnFailed(SpawnFailure.Kind.ENGINE_ERROR);
    MachineRig exited = MachineRig.retrying().starting().spawnUnknown().exited(137);
    for (MachineRig rig : List.of(failed, exited)) {
      assertThat(rig.model.phase).isEqualTo(Phase.BACKOFF);
      assertThat(rig.pass(ofSeconds(30)).model.attempt).isEqualTo(2);
    }
  }

  @Test
  void whatComesUpWhileItIsBeingKilledIsKilledAllTheSame() {
    MachineRig rig = MachineRig.retrying().starting().spawnUnknown().handle().spawned().forget();
    assertThat(rig.model.phase).isEqualTo(Phase.REAPING);
    assertThat(rig.pass(ofSeconds(10)).end().worker()).isEqualTo(MachineRig.WORKER);
    assertThat(rig.verdict()).isEqualTo("failed spawn_unknown rollback");
  }

  @Test
  void inputsOfAnEarlierAttemptChangeNothing() {
    MachineRig rig =
        MachineRig.retrying().starting().spawnUnknown().stopDone(StopStep.KILL).pass(ofSeconds(30));
    assertThat(rig.model.attempt).isEqualTo(2);
    for (int phase = 0; phase < 2; phase++) {
      rig.forget();
      for (RunInput late : inputsOf(1)) {
        var before = MachineRig.fields(rig.model);
        rig.give(late);
        assertThat(MachineRig.fields(rig.model)).as("after %s", late).isEqualTo(before);
        assertThat(rig.done()).as("after %s", late).isEmpty();
      }
      rig.handle().spawned().marked(); // and once more with the second worker up
    }
  }

  private static List<RunInput> inputsOf(int attempt) {
    return List.of(
        new RunInput.HandleArrived(attempt),
        new RunInput.Spawned(attempt, "pid 1"),
        new RunInput.SpawnFailed(attempt, new SpawnFailure(SpawnFailure.Kind.ENGINE_ERROR, "late")),
        new RunInput.SpawnUnknown(attempt, "late"),
        new RunInput.FirstOutput(attempt),
        new RunInput.Progressed(attempt),
        new RunInput.Result(attempt, "late"),
        new RunInput.Eof(attempt),
        new RunInput.Exited(attempt, new ExitStatus.Code(0)),
        new RunInput.StopDone(
            attempt, StopStep.KILL, new StopReport("tree", List.of("pid 1"), 1), null),
        new RunInput.Alive(attempt, false));
  }

  @Test
  void theEndOfOutputOfAFailedAttemptIsNotThatOfTheNext() {
    MachineRig rig =
        MachineRig.retrying()
            .starting()
            .eof()
            .spawnFailed(SpawnFailure.Kind.OTHER)
            .pass(ofSeconds(30))
            .forget();
    rig.handle().spawned().marked().exited(0);
    assertThat(rig.model.phase)
        .as("its output, the final result perhaps, is still being read")
        .isEqualTo(Phase.RUNNING);
    rig.result().eof();
    assertThat(rig.end().result()).isEqualTo("all is well");
  }

  @Test
  void whatAnEarlierAttemptPutOutIsNotOfferedAgain() {
    MachineRig rig =
        MachineRig.retrying().starting().unsampledProgress().spawnUnknown().stopDone(StopStep.KILL);
    rig.pass(ofSeconds(30)).spawnFailed(SpawnFailure.Kind.COMMAND_NOT_FOUND);
    assertThat(rig.verdict()).isEqualTo("failed container_spawn_failed_before_running commit");
  }

  @Test
  void theHandleOfAFailedAttemptIsNotThatOfTheNext() {
    MachineRig rig =
        MachineRig.retrying()
            .starting()
            .handle()
            .spawnFailed(SpawnFailure.Kind.OTHER)
            .pass(ofSeconds(30))
            .forget();
    assertThat(rig.spawned().done()).isEmpty();
    assertThat(rig.handle().done()).containsExactly("mark running: pid 4711");
  }
}
