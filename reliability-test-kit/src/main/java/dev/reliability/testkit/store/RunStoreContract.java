package dev.reliability.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.RunLifecycle;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.RunStore.Applied;
import dev.reliability.core.store.RunStore.Conflict;
import dev.reliability.core.store.RunStore.NotFound;
import dev.reliability.core.store.StoredText;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link RunStore} must keep, whatever it keeps its runs in: extend it, and hand over an
 * empty store for each test. Times are the caller's, in whole milliseconds.
 */
public abstract class RunStoreContract {
  private static final Instant T0 = Instant.parse("2025-01-01T00:00:00Z");

  /** For subclasses. */
  protected RunStoreContract() {}

  /** The store: the same one for the whole of a test, empty when the test begins. */
  protected abstract RunStore store();

  private static RunRecord queued(String id) {
    return queued(id, T0);
  }

  private static RunRecord queued(String id, Instant createdAt) {
    return RunRecord.queued(id, "andy-developer", "issue-42", "epoch-1", createdAt);
  }

  private RunRecord created(RunRecord record) {
    assertTrue(store().create(record), () -> "create " + record.id());
    return record;
  }

  private RunRecord moved(RunState expected, RunRecord next) {
    assertEquals(new Applied(next), store().transition(expected, next));
    return next;
  }

  /** A run in that state, by the shortest way there. */
  private RunRecord in(RunState state, String id) {
    RunRecord queued = created(queued(id));
    if (state == RunState.QUEUED) {
      return queued;
    }
    RunRecord running = moved(RunState.QUEUED, queued.running("pid 1", T0.plusSeconds(1)));
    return state == RunState.RUNNING ? running : moved(RunState.RUNNING, to(state, running));
  }

  private static RunRecord to(RunState state, RunRecord from) {
    return switch (state) {
      case QUEUED -> queued(from.id());
      case RUNNING -> from.running("pid 2", T0.plusSeconds(2));
      default -> from.ended(state, EndReason.COMPLETED, null, T0.plusSeconds(3));
    };
  }

  private RunRecord ended(String id, RunState state, Instant at) {
    RunRecord running = in(RunState.RUNNING, id);
    return moved(RunState.RUNNING, running.ended(state, EndReason.COMPLETED, null, at));
  }

  private List<String> ids(Set<RunState> states, int limit) {
    return store().findByState(states, limit).stream().map(RunRecord::id).toList();
  }

  // ---- creating ----

  /** A run is found as it was written; others are not. */
  @Test
  public void aCreatedRunIsFoundAsItWasWritten() {
    RunRecord record = created(queued("r1"));
    assertEquals(Optional.of(record), store().find("r1"));
    assertEquals(Optional.empty(), store().find("r2"));
    assertEquals(Optional.empty(), store().find("R1"));
  }

  /** An id is used once; a second run of it changes nothing. */
  @Test
  public void aSecondRunOfTheSameIdIsNotCreated() {
    RunRecord running = in(RunState.RUNNING, "r1");
    assertFalse(store().create(queued("r1", T0.plusSeconds(9))));
    assertEquals(Optional.of(running), store().find("r1"));
  }

  /** Nothing is created but queued. */
  @Test
  public void onlyAQueuedRunIsCreated() {
    for (RunState state : EnumSet.complementOf(EnumSet.of(RunState.QUEUED))) {
      RunRecord record = to(state, queued("r1"));
      assertThrows(IllegalArgumentException.class, () -> store().create(record), state.wireName());
    }
    assertEquals(Optional.empty(), store().find("r1"));
  }

  // ---- moving ----

  /** A transition replaces the record, with all that it says. */
  @Test
  public void aTransitionReplacesTheWholeRecord() {
    RunRecord running =
        moved(RunState.QUEUED, created(queued("r1")).running("pid 4711", T0.plusMillis(1)));
    assertEquals(Optional.of(running), store().find("r1"));
    RunRecord failed =
        running.ended(RunState.FAILED, EndReason.HARD_TIMEOUT, "PT30M", T0.plusSeconds(1800));
    moved(RunState.RUNNING, failed);
    assertEquals(
        Optional.of(
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
                T0.plusMillis(1),
                T0.plusSeconds(1800))),
        store().find("r1"));
  }

  /** Every edge of {@link RunLifecycle} can be taken, and no other. */
  @Test
  public void onlyTheEdgesOfTheLifecycleAreTaken() {
    for (RunState from : RunState.values()) {
      for (RunState to : RunState.values()) {
        String edge = from.wireName() + "-" + to.wireName();
        RunRecord record = in(from, edge);
        RunRecord next = to(to, record);
        if (RunLifecycle.step(from, to) instanceof RunLifecycle.Allowed) {
          moved(from, next);
          assertEquals(Optional.of(next), store().find(edge), edge);
        } else {
          Conflict conflict =
              assertInstanceOf(Conflict.class, store().transition(from, next), edge);
          assertEquals(record, conflict.actual(), edge);
          assertFalse(conflict.why().isBlank(), edge);
          assertEquals(Optional.of(record), store().find(edge), edge);
        }
      }
    }
  }

  /** Another state than expected: a conflict that shows the record, and nothing changes. */
  @Test
  public void aTransitionFromAnotherStateIsAConflict() {
    RunRecord queued = created(queued("r1"));
    for (RunState state : List.of(RunState.DONE, RunState.FAILED)) { // queued may become failed
      RunRecord ended = queued.ended(state, EndReason.COMPLETED, null, T0);
      Conflict early =
          assertInstanceOf(Conflict.class, store().transition(RunState.RUNNING, ended));
      assertEquals(queued, early.actual());
      assertFalse(early.why().isBlank());
    }
    RunRecord running = moved(RunState.QUEUED, queued.running("pid 1", T0));
    Conflict late =
        assertInstanceOf(
            Conflict.class, store().transition(RunState.QUEUED, queued.running("pid 2", T0)));
    assertEquals(running, late.actual());
    assertEquals(Optional.of(running), store().find("r1"));
  }

  /** There is no such run, and there is none afterwards. */
  @Test
  public void aTransitionOfNobodyIsNotFound() {
    assertEquals(
        new NotFound("ghost"),
        store().transition(RunState.QUEUED, queued("ghost").running("pid 1", T0)));
    assertEquals(Optional.empty(), store().find("ghost"));
  }

  /** Whatever text goes in comes out, and so does every reason. */
  @Test
  public void textsAndReasonsComeBackAsTheyWere() {
    String odd = "'\u00e4' \"b\" c \ud83d\ude80 \\n = ; drop table runs; --";
    RunRecord record = created(RunRecord.queued(odd, odd, odd, odd, T0));
    RunRecord running = moved(RunState.QUEUED, record.running(odd + "\r\n\u0001\0", T0));
    String detail = "0123456789\n\0\ud83d".repeat(10_000);
    RunRecord failed =
        moved(
            RunState.RUNNING,
            running.ended(RunState.FAILED, EndReason.other("of its own: x"), detail, T0));
    assertTrue(Optional.of(failed).equals(store().find(odd)), "the record changed");
    RunRecord empty = in(RunState.RUNNING, "empty");
    RunRecord ended =
        moved(RunState.RUNNING, empty.ended(RunState.DONE, EndReason.COMPLETED, "", T0));
    assertEquals(Optional.of(ended), store().find("empty"));
  }

  /** Ids may be 512 bytes long in UTF-8, and are told apart by the last of them. */
  @Test
  public void theLongestIdsComeBackAsTheyWere() {
    String same = "\ud83d\ude80".repeat(StoredText.LONGEST_NAME / 4 - 1);
    RunRecord one = RunRecord.queued(same + "\ud83d\ude80", same, same, same, T0);
    RunRecord other = RunRecord.queued(same + "\ud83d\ude81", same, same, same, T0);
    created(one);
    assertEquals(Optional.empty(), store().find(other.id()));
    created(other);
    assertEquals(Optional.of(one), store().find(one.id()));
    assertEquals(Optional.of(other), store().find(other.id()));
  }

  /** What can be no id is not looked for, but refused. */
  @Test
  public void badIdsAreRefused() {
    for (String bad : List.of("", " ", "a\0b", "a\nb", "\ud83d", "x".repeat(513))) {
      assertThrows(IllegalArgumentException.class, () -> store().find(bad));
    }
  }

  // ---- looking and forgetting ----

  /** The oldest first, of the states asked for, up to the limit. */
  @Test
  public void runsAreListedOldestFirst() {
    created(queued("b", T0.plusSeconds(2)));
    created(queued("c", T0.plusSeconds(1)));
    created(queued("a", T0.plusSeconds(3)));
    ended("d", RunState.DONE, T0.plusSeconds(9));
    in(RunState.RUNNING, "e");
    Set<RunState> waiting = EnumSet.of(RunState.QUEUED);
    assertEquals(List.of("c", "b", "a"), ids(waiting, 10));
    assertEquals(List.of("c", "b"), ids(waiting, 2));
    assertEquals(List.of("d"), ids(EnumSet.of(RunState.DONE), 10));
    assertEquals(4, ids(EnumSet.of(RunState.QUEUED, RunState.RUNNING), 10).size());
    assertEquals(5, ids(EnumSet.allOf(RunState.class), Integer.MAX_VALUE).size());
    assertEquals(List.of(), ids(EnumSet.of(RunState.FAILED), 10));
    assertEquals(List.of(), ids(Set.of(), 10));
  }

  /** What ended before is forgotten; what ended at that instant, or not at all, is not. */
  @Test
  public void whatEndedBeforeIsPurged() {
    RunRecord oldQueued = created(queued("queued", Instant.EPOCH));
    RunRecord oldRunning =
        moved(RunState.QUEUED, created(queued("running", Instant.EPOCH)).running("pid 1", T0));
    Instant before = T0.plusSeconds(60);
    for (RunState state : RunState.values()) {
      if (state.isEnded()) {
        ended("old " + state.wireName(), state, before.minusMillis(1));
      }
    }
    RunRecord justEnded = ended("just", RunState.DONE, before);
    assertEquals(4, store().purge(before));
    assertEquals(
        Set.of(oldQueued, oldRunning, justEnded),
        new HashSet<>(store().findByState(EnumSet.allOf(RunState.class), 10)));
    assertEquals(0, store().purge(before));
    assertEquals(Optional.empty(), store().find("old done"));
  }

  /** The id of a run that was forgotten may be used again. */
  @Test
  public void aPurgedRunsIdMayBeUsedAgain() {
    ended("r1", RunState.DONE, T0);
    assertEquals(1, store().purge(T0.plusSeconds(1)));
    created(queued("r1"));
  }

  // ---- many at once ----

  /** Of many that create one run, one did. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void ofManyCreatesOneWins() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      String id = "r" + round;
      AtomicInteger created = new AtomicInteger();
      Crowd.allDo(8, member -> created.addAndGet(store().create(queued(id)) ? 1 : 0));
      assertEquals(1, created.get(), id);
    }
  }

  /** Of many that move one run, one did; and the next keeps what the one before wrote. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void ofManyTransitionsOneWinsEachEdge() throws InterruptedException {
    int runs = 100;
    for (int i = 0; i < runs; i++) {
      created(queued("r" + i));
    }
    Map<String, RunRecord> started = new ConcurrentHashMap<>();
    Map<String, RunRecord> ended = new ConcurrentHashMap<>();
    Crowd.allDo(
        6,
        member -> {
          for (int i = 0; i < runs; i++) {
            RunRecord running = queued("r" + i).running("pid " + member, T0);
            won(store().transition(RunState.QUEUED, running), started);
            RunRecord actual = store().find("r" + i).orElseThrow();
            EndReason mine = EndReason.other("thread " + member);
            won(
                store().transition(RunState.RUNNING, actual.ended(RunState.DONE, mine, null, T0)),
                ended);
          }
        });
    assertEquals(runs, started.size());
    assertEquals(runs, ended.size());
    for (RunRecord last : ended.values()) {
      assertEquals(Optional.of(last), store().find(last.id()), "what the winner was told");
      RunRecord first = Objects.requireNonNull(started.get(last.id()));
      assertEquals(first.worker(), last.worker(), "what the winner before had written");
    }
  }

  private static void won(RunStore.Transition answer, Map<String, RunRecord> winners) {
    if (answer instanceof Applied won) {
      RunRecord other = winners.put(won.record().id(), won.record());
      assertTrue(other == null, () -> "two won: " + other + " and " + won.record());
    }
  }
}
