package dev.reliability.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.runtime.TimeSource;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A run's record, step by step, also when answers of the store get lost. */
class RunRecorderTest {
  private static final Instant T0 = Instant.parse("2025-01-01T00:00:00Z");
  private static final RunRecord QUEUED = RunRecord.queued("r1", "lane", "item", "epoch-1", T0);

  /** A store whose answers can get lost on the way back. */
  private static final class ForgetfulStore implements RunStore {
    private final RunStore store = new InMemoryRunStore();
    private boolean answerLost;

    @Override
    public boolean create(RunRecord record) {
      return store.create(record);
    }

    @Override
    public Transition transition(RunState expected, RunRecord next) {
      Transition answer = store.transition(expected, next);
      if (answerLost) {
        answerLost = false;
        throw new IllegalStateException("connection lost");
      }
      return answer;
    }

    @Override
    public Optional<RunRecord> find(String id) {
      return store.find(id);
    }

    @Override
    public List<RunRecord> findByState(Set<RunState> states, int limit) {
      return store.findByState(states, limit);
    }

    @Override
    public int purge(Instant before) {
      return store.purge(before);
    }
  }

  private final ForgetfulStore store = new ForgetfulStore();
  private Instant wall = T0;
  private final TimeSource time =
      new TimeSource() {
        @Override
        public Instant wall() {
          return wall;
        }

        @Override
        public long nanos() {
          throw new AssertionError("records carry wall time only");
        }
      };
  private final RunRecorder recorder = new RunRecorder(store, time, QUEUED);

  private static RunEnd end(RunState state, EndReason reason, String worker) {
    return new RunEnd(
        state,
        reason,
        "detail",
        1,
        worker,
        Duration.ZERO,
        Duration.ZERO,
        0,
        0,
        ExitStatus.UNKNOWN,
        StopStep.NONE,
        StopReport.CLEAN,
        RunEnd.Cursor.COMMIT,
        null);
  }

  private RunRecord stored() {
    return store.find("r1").orElseThrow();
  }

  @Test
  void aRunsLifeIsRecordedWithItsTimes() {
    assertThat(recorder.create()).isNull();
    assertThat(stored()).isEqualTo(QUEUED);
    wall = T0.plusSeconds(5);
    assertThat(recorder.running("pid 1")).isNull();
    assertThat(stored()).isEqualTo(QUEUED.running("pid 1", wall));
    wall = T0.plusSeconds(9);
    assertThat(recorder.end(end(RunState.DONE, EndReason.COMPLETED, "pid 1"))).isNull();
    assertThat(stored())
        .isEqualTo(
            QUEUED
                .running("pid 1", T0.plusSeconds(5))
                .ended(RunState.DONE, EndReason.COMPLETED, "detail", wall));
  }

  @Test
  void aRunWhoseIdIsTakenIsNotRecorded() {
    store.create(QUEUED);
    assertThat(recorder.create()).isEqualTo("there is a run r1 already");
  }

  @Test
  void aFailureBeforeRunningIsRecordedFromQueued() {
    recorder.create();
    assertThat(recorder.end(end(RunState.FAILED, EndReason.SPAWN_FAILED, null))).isNull();
    assertThat(stored().state()).isEqualTo(RunState.FAILED);
    assertThat(stored().startedAt()).isNull();
  }

  @Test
  void aSuccessThatCouldNotBeMarkedAsRunningIsMarkedFirst() {
    recorder.create();
    assertThat(recorder.end(end(RunState.DONE, EndReason.COMPLETED, "pid 1"))).isNull();
    assertThat(stored().state()).isEqualTo(RunState.DONE);
    assertThat(stored().worker()).isEqualTo("pid 1");
  }

  @Test
  void anAnswerThatGotLostDoesNotStandInTheWayOfTheNextStep() {
    for (RunState state : List.of(RunState.DONE, RunState.FAILED)) {
      store.purge(Instant.MAX);
      RunRecorder again = new RunRecorder(store, time, QUEUED);
      again.create();
      store.answerLost = true;
      assertThatThrownBy(() -> again.running("pid 1")).hasMessage("connection lost");
      assertThat(again.end(end(state, EndReason.other("x"), "pid 1"))).isNull();
      assertThat(stored().state()).isEqualTo(state);
      assertThat(stored().startedAt()).isEqualTo(T0);
    }
  }

  @Test
  void aRecordThatSomebodyElseEndedIsLeftAloneAndToldSo() {
    recorder.create();
    RunRecord cancelled = QUEUED.ended(RunState.CANCELLED, EndReason.CANCELLED, null, T0);
    store.transition(RunState.QUEUED, cancelled);
    assertThat(recorder.running("pid 1")).isEqualTo("expected queued, but the run is cancelled");
    assertThat(recorder.end(end(RunState.FAILED, EndReason.STORE_FAILED, "pid 1")))
        .isEqualTo("expected queued, but the run is cancelled");
    assertThat(stored()).isEqualTo(cancelled);
  }

  @Test
  void aRecordThatAnotherIncarnationRunsIsNotTakenForOurs() {
    recorder.create();
    RunRecord theirs = RunRecord.queued("r1", "lane", "item", "epoch-2", T0).running("pid 9", T0);
    store.transition(RunState.QUEUED, theirs);
    assertThat(recorder.running("pid 1")).isEqualTo("expected queued, but the run is running");
    assertThat(stored()).isEqualTo(theirs);
  }

  @Test
  void anEndWhoseAnswerGotLostCountsAsRecorded() {
    recorder.create();
    recorder.running("pid 1");
    store.answerLost = true;
    RunEnd end = end(RunState.DONE, EndReason.COMPLETED, "pid 1");
    assertThatThrownBy(() -> recorder.end(end)).hasMessage("connection lost");
    assertThat(recorder.end(end)).isNull();
    assertThat(recorder.endedElsewhere()).isNull();
  }

  @Test
  void aRecordThatAReconcilerEndedIsKeptBesideTheEndThatCameTooLate() {
    recorder.create();
    recorder.running("pid 1");
    RunRecord failed =
        stored().ended(RunState.FAILED, EndReason.RUNNING_WITHOUT_CONTAINER, "nobody has it", T0);
    store.transition(RunState.RUNNING, failed);
    assertThat(recorder.end(end(RunState.DONE, EndReason.COMPLETED, "pid 1")))
        .isEqualTo("expected running, but the run is failed");
    assertThat(recorder.endedElsewhere()).isEqualTo(failed);
    assertThat(stored()).isEqualTo(failed);
  }

  @Test
  void aRecordThatIsGoneIsToldByItsId() {
    assertThat(recorder.running("pid 1")).isEqualTo("there is no run r1");
  }
}
