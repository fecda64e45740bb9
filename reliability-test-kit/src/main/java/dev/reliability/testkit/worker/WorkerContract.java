package dev.reliability.testkit.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Worker} must keep, on the simulated world as well as on real processes: extend
 * it, say how your adapter plays each {@link Behaviour}, and how to wait.
 *
 * <p>The inherited half speaks to the worker directly, the half here through a {@link
 * RunSupervisor}. A subclass must leave nothing running behind; what it starts, it ends.
 */
public abstract non-sealed class WorkerContract extends WorkerAloneContract {

  /** For subclasses. */
  protected WorkerContract() {}

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
    EventBus bus = EventBus.builder(runtime()).build();
    try (RunSupervisor supervisor = supervisor(bus, behaviour)) {
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

  /** Short is only what has to run out: a slow machine must not end a run in another way. */
  private RunSupervisor supervisor(EventBus bus, Behaviour behaviour) {
    Duration unit = unit();
    Duration soon = unit.multipliedBy(2);
    Duration late = unit.multipliedBy(60);
    RunPolicy.Builder policy =
        RunPolicy.builder()
            .noOutputTimeout(behaviour == Behaviour.SILENT ? soon : late)
            .idleTimeout(late)
            .hardTimeout(late)
            .startDeadline(late)
            .linger(unit)
            .graces(unit, unit, late);
    switch (behaviour) {
      case MARKER_THEN_UNTIL_INPUT_CLOSED -> policy.idleTimeout(soon).graces(late, unit, late);
      case MARKER_THEN_STUBBORN -> policy.idleTimeout(soon);
      case TALKS_FOR_EVER -> // the hard time-out is no sooner than the idle one and all graces
          policy
              .idleTimeout(unit.multipliedBy(6))
              .hardTimeout(unit)
              .graces(unit, unit, unit.multipliedBy(10));
      default -> {}
    }
    return RunSupervisor.builder().bus(bus).policy(policy.build()).build();
  }

  private static List<Event> ends(EventBus bus) {
    return bus.recent().snapshot().stream()
        .filter(event -> event.data() instanceof RunEvent.Ended)
        .toList();
  }
}
