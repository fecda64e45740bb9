package dev.reliability.testkit.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Worker} must keep, on the simulated world as well as on real processes: extend
 * it, say how your adapter plays each {@link Behaviour}, and how to wait.
 *
 * <p>The first half speaks to the worker directly, the second half through a {@link RunSupervisor}.
 * A subclass must leave nothing running behind; what it starts, it ends.
 */
public abstract class WorkerContract {

  /** For subclasses. */
  protected WorkerContract() {}

  /** The world the worker lives in. The same one for the whole of a test. */
  protected abstract ReliabilityRuntime runtime();

  /** A worker that plays {@code behaviour} each time it is started. */
  protected abstract Worker worker(Behaviour behaviour);

  /**
   * Lets time go by until {@code condition} holds, and fails, naming {@code what}, if it does not
   * for a long while.
   */
  protected abstract void until(String what, BooleanSupplier condition);

  /**
   * The unit of the time-outs: long for a worker that answers at once, short for whoever waits. 500
   * ms by default.
   */
  protected Duration unit() {
    return Duration.ofMillis(500);
  }

  // ---- the worker alone ----

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

  // ---- under a supervisor ----

  /** Works and exits: done. */
  @Test
  public void worksAndExits() {
    RunReport report = supervise(Behaviour.THREE_MARKERS_THEN_EXIT);
    assertEnd(report, RunState.DONE, EndReason.COMPLETED);
    assertEquals(3, report.end().progressCount());
    assertEquals(0, report.end().exitCode());
  }

  /** Exits with a code: failed. */
  @Test
  public void exitsWithACode() {
    RunReport report = supervise(Behaviour.EXITS_WITH_7);
    assertEnd(report, RunState.FAILED, EndReason.EXIT_NONZERO);
    assertEquals(7, report.end().exitCode());
  }

  /** No valid marker in time: {@code no_output_timeout} (requirements B6, B9). */
  @Test
  public void hangsBeforeOutput() {
    assertEnd(supervise(Behaviour.SILENT), RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT);
  }

  /** Works, then idles: its input is closed and the run is a success (requirements B7, B8). */
  @Test
  public void idlesAndHeedsTheClosedInput() {
    RunReport report = supervise(Behaviour.MARKER_THEN_UNTIL_INPUT_CLOSED);
    assertEnd(report, RunState.DONE, EndReason.IDLE_CLEANUP);
    assertEquals("input_closed", report.end().stoppedBy());
  }

  /** Works, then heeds nothing: killed, and still a success. */
  @Test
  public void idlesAndHeedsNothing() {
    RunReport report = supervise(Behaviour.MARKER_THEN_STUBBORN);
    assertEnd(report, RunState.DONE, EndReason.IDLE_CLEANUP);
    assertEquals("killed", report.end().stoppedBy());
    assertEquals(List.of(), report.end().survivors());
  }

  /** Talks for ever: {@code hard_timeout}, a failure (requirement B3). */
  @Test
  public void talksForEver() {
    RunReport report = supervise(Behaviour.TALKS_FOR_EVER);
    assertEnd(report, RunState.FAILED, EndReason.HARD_TIMEOUT);
    assertTrue(report.end().progressCount() > 0);
  }

  /**
   * Cannot start: {@code container_spawn_failed_before_running}, never {@code running} (requirement
   * A3).
   */
  @Test
  public void cannotStart() {
    RunReport report = supervise(Behaviour.MISSING);
    assertEnd(report, RunState.FAILED, EndReason.SPAWN_FAILED);
  }

  /** The result is a success whatever the exit code. */
  @Test
  public void aResultIsASuccessWhateverTheExitCode() {
    RunReport report = supervise(Behaviour.RESULT_THEN_EXIT_3);
    assertEnd(report, RunState.DONE, EndReason.COMPLETED);
    String result = report.result();
    assertNotNull(result);
    assertTrue(result.contains("done: 42"), () -> "result: " + result);
  }

  /**
   * Stays after its result: it has the linger deadline, then it is ended, and keeps its success
   * (requirement O1).
   */
  @Test
  public void staysAfterItsResult() {
    RunReport report = supervise(Behaviour.RESULT_THEN_STAYS);
    assertEquals(RunState.DONE, report.state());
    assertNotNull(report.result());
  }

  /** A pipe that somebody holds open does not keep the run open. */
  @Test
  public void aHeldPipeDoesNotKeepTheRunOpen() {
    assertEquals(RunState.DONE, supervise(Behaviour.EXITS_WHILE_PIPE_IS_HELD).state());
  }

  private static void assertEnd(RunReport report, RunState state, EndReason reason) {
    assertEquals(reason, report.reason(), () -> report.end().toString());
    assertEquals(state, report.state(), () -> report.end().toString());
  }

  private RunReport supervise(Behaviour behaviour) {
    Duration unit = unit();
    RunPolicy policy =
        RunPolicy.builder()
            .noOutputTimeout(unit.multipliedBy(2))
            .idleTimeout(unit.multipliedBy(2))
            .hardTimeout(unit.multipliedBy(8))
            .startDeadline(unit.multipliedBy(20))
            .linger(unit)
            .graces(unit, unit, unit.multipliedBy(10))
            .build();
    EventBus bus = EventBus.builder(runtime()).build();
    try (RunSupervisor supervisor = RunSupervisor.builder().bus(bus).policy(policy).build()) {
      CompletableFuture<RunOutcome> outcome =
          supervisor.run(Work.of("contract", behaviour.name()), worker(behaviour));
      until(behaviour + " ends", outcome::isDone);
      until("its end is told", () -> ends(bus).size() == 1);
      boolean started =
          bus.recent().snapshot().stream()
              .anyMatch(event -> event.data() instanceof RunEvent.Started);
      assertEquals(behaviour != Behaviour.MISSING, started, "whether it was recorded as running");
      RunReport report = outcome.join().ended().orElseThrow();
      assertEquals(report.end(), ends(bus).get(0).data());
      return report;
    } finally {
      bus.close();
    }
  }

  private static List<Event> ends(EventBus bus) {
    return bus.recent().snapshot().stream()
        .filter(event -> event.data() instanceof RunEvent.Ended)
        .toList();
  }

  private Started start(Behaviour behaviour) {
    return new Started(worker(behaviour), behaviour.name());
  }

  /** One start of a worker and what was heard of it. */
  private final class Started {
    private final RecordingListener heard = new RecordingListener();
    private final WorkerHandle handle;

    private Started(Worker worker, String run) {
      handle =
          worker.start(
              new RunContext(
                  "contract-" + run,
                  1,
                  Work.of("contract", run),
                  "contract",
                  Duration.ofMinutes(1)),
              heard);
      assertNotNull(handle, "a handle");
    }

    private void untilUp() {
      until("it is up", () -> heard.workerName() != null);
    }

    private void untilProgress() {
      until("it makes progress", () -> heard.progressCount() > 0);
    }

    private void untilOver() {
      until("it is over", () -> heard.exit() != null && heard.isEof());
      assertInstanceOf(ExitStatus.class, heard.exit());
    }

    private StopReport done(CompletionStage<StopReport> stage) {
      CompletableFuture<StopReport> future = stage.toCompletableFuture();
      until("the step of stopping is taken", future::isDone);
      return future.join();
    }

    private void assertNoComplaint() {
      assertEquals(List.of(), heard.complaints());
    }
  }
}
