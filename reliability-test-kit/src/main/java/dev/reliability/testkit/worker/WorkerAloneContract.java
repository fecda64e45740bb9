package dev.reliability.testkit.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Worker;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of {@link WorkerContract} that speaks to the worker directly. */
public abstract sealed class WorkerAloneContract extends WorkerContractBase permits WorkerContract {

  WorkerAloneContract() {}

  /** A worker that ends at once is up, has ended and has no output left, each told once. */
  @Test
  public void tellsSpawnExitAndEndOfOutputOnceEach() {
    Started started = start(Behaviour.EXITS_AT_ONCE);
    started.untilOver();
    assertEquals(
        List.of("eof", "exited", "spawned"), started.heard.calls().stream().sorted().toList());
    assertEquals(new ExitStatus.Code(0), started.heard.exit());
    assertFalse(started.handle.isAlive());
    started.assertNoComplaint();
  }

  /** The exit code is the worker's own. */
  @Test
  public void tellsTheExitCode() {
    Started started = start(Behaviour.EXITS_WITH_7);
    started.untilOver();
    assertEquals(new ExitStatus.Code(7), started.heard.exit());
    started.assertNoComplaint();
  }

  /** Each valid marker counts once. */
  @Test
  public void countsEachMarkerOnce() {
    Started started = start(Behaviour.THREE_MARKERS_THEN_EXIT);
    started.untilOver();
    assertEquals(3, started.heard.progressCount());
    assertTrue(started.heard.outputBytes() >= 3, () -> "bytes: " + started.heard.outputBytes());
    started.assertNoComplaint();
  }

  /** Output without a meaning is output, not progress (requirement B6). */
  @Test
  public void noiseIsOutputButNotProgress() {
    Started started = start(Behaviour.NOISE_THEN_EXIT);
    started.untilOver();
    assertEquals(0, started.heard.progressCount());
    assertTrue(started.heard.outputBytes() >= 500, () -> "bytes: " + started.heard.outputBytes());
    started.assertNoComplaint();
  }

  /** The final result is handed over as it is. */
  @Test
  public void handsOverTheResult() {
    Started started = start(Behaviour.RESULT_THEN_EXIT_3);
    started.untilOver();
    String result = started.heard.finalResult();
    assertNotNull(result);
    assertTrue(result.contains("done: 42"), () -> "result: " + result);
    assertEquals(new ExitStatus.Code(3), started.heard.exit());
    started.assertNoComplaint();
  }

  /** What cannot be started is told as such, once, with a kind, and nothing else is told. */
  @Test
  public void tellsThatItCannotStart() {
    Started started = start(Behaviour.MISSING);
    until("the failure is told", () -> started.heard.failure() != null);
    SpawnFailure failure = started.heard.failure();
    assertNotNull(failure);
    assertEquals(SpawnFailure.Kind.COMMAND_NOT_FOUND, failure.kind());
    started.done(started.handle.kill());
    assertEquals(List.of("spawnFailed"), started.heard.calls());
    assertFalse(started.handle.isAlive());
    started.assertNoComplaint();
  }

  /** Closing the input ends a worker that reads it. */
  @Test
  public void closingTheInputEndsAWorkerThatHeedsIt() {
    Started started = start(Behaviour.MARKER_THEN_UNTIL_INPUT_CLOSED);
    started.untilProgress();
    assertTrue(started.handle.isAlive());
    assertNull(started.heard.exit());
    started.done(started.handle.closeInput());
    started.untilOver();
    assertEquals(new ExitStatus.Code(0), started.heard.exit());
    started.assertNoComplaint();
  }

  /** Asking it to end ends a worker that heeds it. */
  @Test
  public void askingToEndEndsAWorkerThatHeedsIt() {
    Started started = start(Behaviour.SILENT);
    started.untilUp();
    started.done(started.handle.terminate());
    started.untilOver();
    started.assertNoComplaint();
  }

  /** A kill ends a worker that heeds nothing else. */
  @Test
  public void aKillEndsAWorkerThatHeedsNothingElse() {
    Started started = start(Behaviour.MARKER_THEN_STUBBORN);
    started.untilProgress();
    started.done(started.handle.closeInput());
    started.done(started.handle.terminate());
    assertNull(started.heard.exit(), "it was not to heed the request to end");
    StopReport report = started.done(started.handle.kill());
    assertEquals(List.of(), report.survivors());
    started.untilOver();
    started.assertNoComplaint();
  }

  /**
   * Every step may be taken again, before the worker is up and after it ended, and each stage ends.
   */
  @Test
  public void stepsMayBeTakenAgainAndAtAnyTime() {
    Started started = start(Behaviour.SILENT);
    started.done(started.handle.kill());
    until(
        "it is told what became of it",
        () -> started.heard.exit() != null || started.heard.failure() != null);
    for (int i = 0; i < 2; i++) {
      started.done(started.handle.closeInput());
      started.done(started.handle.terminate());
      assertEquals(List.of(), started.done(started.handle.kill()).survivors());
    }
    assertFalse(started.handle.isAlive());
    started.assertNoComplaint();
  }

  /** The end of the output is not the end of the worker. */
  @Test
  public void endOfOutputIsNotTheEndOfTheWorker() {
    Started started = start(Behaviour.CLOSES_OUTPUT_AND_STAYS);
    until("the end of its output is told", started.heard::isEof);
    assertNull(started.heard.exit());
    assertTrue(started.handle.isAlive());
    started.done(started.handle.terminate());
    until("its exit is told", () -> started.heard.exit() != null);
    started.assertNoComplaint();
  }

  /**
   * The exit is told although somebody holds the output open; a kill gives such a pipe up, or ends
   * its holder.
   */
  @Test
  public void theExitDoesNotWaitForAHeldPipe() {
    Started started = start(Behaviour.EXITS_WHILE_PIPE_IS_HELD);
    until("its exit is told", () -> started.heard.exit() != null);
    StopReport report = started.done(started.handle.kill());
    until(
        "the pipe is given up or at its end",
        () -> report.pipesAbandoned() > 0 || started.heard.isEof());
    started.assertNoComplaint();
  }

  /** Two starts of one worker have nothing to do with each other. */
  @Test
  public void twoStartsAreIndependent() {
    Worker worker = worker(Behaviour.MARKER_THEN_UNTIL_INPUT_CLOSED);
    Started first = new Started(worker, "a");
    Started second = new Started(worker, "b");
    first.untilProgress();
    second.untilProgress();
    first.done(first.handle.closeInput());
    first.untilOver();
    assertNull(second.heard.exit());
    assertTrue(second.handle.isAlive());
    second.done(second.handle.closeInput());
    second.untilOver();
    first.assertNoComplaint();
    second.assertNoComplaint();
  }
}
