package dev.reliability.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.RunStore.Applied;
import dev.reliability.core.store.RunStore.Conflict;
import dev.reliability.core.store.RunStore.NotFound;
import dev.reliability.core.store.RunStore.Transition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InMemoryRunStoreTest {
  private static final Instant T0 = Instant.parse("2025-01-01T00:00:00Z");

  private final InMemoryRunStore store = new InMemoryRunStore();

  private static RunRecord queued(String id) {
    return queued(id, T0);
  }

  private static RunRecord queued(String id, Instant createdAt) {
    return RunRecord.queued(id, "andy-developer", "issue-42", "epoch-1", createdAt);
  }

  private RunRecord stored(RunRecord record) {
    assertThat(store.create(record)).isTrue();
    return record;
  }

  private RunRecord move(RunState expected, RunRecord next) {
    assertThat(store.transition(expected, next)).isEqualTo(new Applied(next));
    return next;
  }

  private RunRecord ended(String id, RunState state, Instant at) {
    RunRecord running = move(RunState.QUEUED, stored(queued(id)).running("pid 1", T0));
    return move(RunState.RUNNING, running.ended(state, EndReason.COMPLETED, null, at));
  }

  @Test
  void aCreatedRunIsFoundAsItWasWritten() {
    RunRecord record = stored(queued("r1"));
    assertThat(store.find("r1")).contains(record);
    assertThat(store.find("r2")).isEmpty();
  }

  @Test
  void aSecondRunOfTheSameIdIsNotCreatedAndChangesNothing() {
    RunRecord first = move(RunState.QUEUED, stored(queued("r1")).running("pid 1", T0));
    assertThat(store.create(queued("r1"))).isFalse();
    assertThat(store.find("r1")).contains(first);
  }

  @Test
  void onlyAQueuedRunIsCreated() {
    assertThatThrownBy(() -> store.create(queued("r1").running("pid 1", T0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("record.state: expected queued, got running for run r1");
    assertThat(store.find("r1")).isEmpty();
  }

  @Test
  void aTransitionReplacesTheWholeRecord() {
    RunRecord running = stored(queued("r1")).running("pid 4711", T0.plusSeconds(1));
    move(RunState.QUEUED, running);
    RunRecord failed =
        running.ended(RunState.FAILED, EndReason.HARD_TIMEOUT, "PT30M", T0.plusSeconds(1800));
    move(RunState.RUNNING, failed);
    assertThat(store.find("r1"))
        .contains(
            new RunRecord(
                "r1",
                "andy-developer",
                "issue-42",
                RunState.FAILED,
                "pid 4711",
                EndReason.HARD_TIMEOUT,
                "PT30M",
                "epoch-1",
                T0,
                T0.plusSeconds(1),
                T0.plusSeconds(1800)));
  }

  @Test
  void aTransitionFromAnUnexpectedStateIsAConflictThatShowsTheRecord() {
    RunRecord record = stored(queued("r1"));
    Transition answer =
        store.transition(
            RunState.RUNNING, record.ended(RunState.DONE, EndReason.COMPLETED, null, T0));
    assertThat(answer).isEqualTo(new Conflict(record, "expected running, but the run is queued"));
    assertThat(store.find("r1")).contains(record);
  }

  @Test
  void aTransitionAlongNoEdgeIsAConflictThatSaysWhatIsAllowed() {
    RunRecord record = stored(queued("r1"));
    Transition answer =
        store.transition(
            RunState.QUEUED, record.ended(RunState.DONE, EndReason.COMPLETED, null, T0));
    assertThat(answer)
        .isEqualTo(
            new Conflict(record, "queued can only become [running, failed, cancelled], not done"));
    assertThat(store.find("r1")).contains(record);
  }

  @Test
  void aTransitionOfNobodyIsNotFound() {
    assertThat(store.transition(RunState.QUEUED, queued("ghost").running("pid 1", T0)))
        .isEqualTo(new NotFound("ghost"));
    assertThat(store.find("ghost")).isEmpty();
  }

  @Test
  void theAnswersAreFoldedIntoOneValue() {
    RunRecord record = stored(queued("r1"));
    List<Transition> answers =
        List.of(
            store.transition(RunState.QUEUED, record.running("pid 1", T0)),
            store.transition(RunState.QUEUED, record.running("pid 2", T0)),
            store.transition(RunState.QUEUED, queued("ghost").running("pid 3", T0)));
    assertThat(answers)
        .extracting(
            answer ->
                answer.<String>fold(
                    applied -> applied.record().worker(), Conflict::why, NotFound::id))
        .containsExactly("pid 1", "expected queued, but the run is running", "ghost");
  }

  @Test
  void runsOfTheAskedStatesAreListedOldestFirstUpToTheLimit() {
    stored(queued("b", T0.plusSeconds(2)));
    stored(queued("c", T0.plusSeconds(1)));
    stored(queued("a", T0.plusSeconds(2)));
    ended("d", RunState.DONE, T0.plusSeconds(9));
    assertThat(store.findByState(EnumSet.of(RunState.QUEUED), 10))
        .extracting(RunRecord::id)
        .containsExactly("c", "a", "b");
    assertThat(store.findByState(EnumSet.of(RunState.QUEUED), 2))
        .extracting(RunRecord::id)
        .containsExactly("c", "a");
    assertThat(store.findByState(EnumSet.allOf(RunState.class), 10)).hasSize(4);
    assertThat(store.findByState(Set.of(), 10)).isEmpty();
  }

  @Test
  void purgingForgetsWhatEndedBeforeAndKeepsWhatIsAliveHoweverOld() {
    RunRecord oldQueued = stored(queued("queued", Instant.EPOCH));
    RunRecord oldRunning =
        move(RunState.QUEUED, stored(queued("running", Instant.EPOCH)).running("pid 1", T0));
    ended("done", RunState.DONE, T0.plusSeconds(59));
    ended("failed", RunState.FAILED, T0.plusSeconds(59));
    ended("cancelled", RunState.CANCELLED, T0.plusSeconds(59));
    RunRecord justEnded = ended("just", RunState.DONE, T0.plusSeconds(60));

    assertThat(store.purge(T0.plusSeconds(60))).isEqualTo(3);

    assertThat(store.findByState(EnumSet.allOf(RunState.class), 10))
        .containsExactlyInAnyOrder(oldQueued, oldRunning, justEnded);
    assertThat(store.purge(T0.plusSeconds(60))).isZero();
  }

  @Test
  void aPurgedRunsIdMayBeUsedAgain() {
    ended("r1", RunState.DONE, T0);
    assertThat(store.purge(T0.plusSeconds(1))).isEqualTo(1);
    assertThat(store.create(queued("r1"))).isTrue();
  }

  @Test
  void ofManyConcurrentCreatesExactlyOneWins() throws InterruptedException {
    AtomicInteger created = new AtomicInteger();
    inParallel(8, thread -> created.addAndGet(store.create(queued("r1")) ? 1 : 0));
    assertThat(created).hasValue(1);
  }

  @Test
  void ofManyConcurrentTransitionsExactlyOneWinsEachEdge() throws InterruptedException {
    int runs = 200;
    for (int i = 0; i < runs; i++) {
      stored(queued("r" + i));
    }
    Queue<RunRecord> started = new ConcurrentLinkedQueue<>();
    Queue<RunRecord> ended = new ConcurrentLinkedQueue<>();
    inParallel(
        6,
        thread -> {
          for (int i = 0; i < runs; i++) {
            RunRecord running = queued("r" + i).running("pid " + thread, T0);
            if (store.transition(RunState.QUEUED, running) instanceof Applied won) {
              started.add(won.record());
            }
            RunRecord actual = store.find("r" + i).orElseThrow();
            EndReason mine = EndReason.other("thread " + thread);
            if (store.transition(RunState.RUNNING, actual.ended(RunState.DONE, mine, null, T0))
                instanceof Applied won) {
              ended.add(won.record());
            }
          }
        });
    assertThat(started).extracting(RunRecord::id).hasSize(runs).doesNotHaveDuplicates();
    assertThat(ended).extracting(RunRecord::id).hasSize(runs).doesNotHaveDuplicates();
    assertThat(ended)
        .as("what the winners were told is what the store holds")
        .allSatisfy(won -> assertThat(store.find(won.id())).contains(won));
    assertThat(ended)
        .as("the winner of the end kept what the winner of the start had written")
        .allSatisfy(
            won ->
                assertThat(started)
                    .anyMatch(
                        first ->
                            first.id().equals(won.id())
                                && String.valueOf(first.worker()).equals(won.worker())));
  }

  private interface Body {
    void run(int thread);
  }

  private static void inParallel(int count, Body body) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < count; i++) {
      int thread = i;
      threads.add(
          new Thread(
              () -> {
                try {
                  body.run(thread);
                } catch (Throwable e) {
                  thrown.add(e);
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(thrown).isEmpty();
  }
}
