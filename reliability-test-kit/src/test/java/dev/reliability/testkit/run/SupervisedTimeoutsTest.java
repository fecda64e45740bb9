package dev.reliability.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.run.InputCursor;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.Work;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Time-outs of supervised runs with the seeds' defaults, and what each end tells and commits. */
class SupervisedTimeoutsTest {
  private static final WorkerScript IDLE = WorkerScript.idle();
  private static final WorkerScript.Deed MARKER = new WorkerScript.Progress();

  private static Duration minutes(long minutes) {
    return Duration.ofMinutes(minutes);
  }

  @Test
  void theSeedsDefaultsAreInForce() {
    RunReport report =
        Simulation.of(RunPolicy.ofDefaults()).run(IDLE.exitAt(Duration.ofSeconds(1), 0));
    assertThat(report.end().timeouts().noOutput().toMillis()).isEqualTo(720_000);
    assertThat(report.end().timeouts().idle().toMillis()).isEqualTo(300_000);
    assertThat(report.end().timeouts().hardConfigured().toMillis()).isEqualTo(1_800_000);
  }

  @DisplayName("no_output_timeout fires before first marker")
  @Test
  void noOutputFiresBeforeTheFirstMarkerWhateverNoiseThereIs() {
    RunReport report =
        Simulation.of(RunPolicy.ofDefaults())
            .run(IDLE.at(minutes(6), new WorkerScript.Output(1_000_000)));
    assertThat(report.reason().wireName()).isEqualTo("no_output_timeout");
    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.end().running()).isEqualTo(minutes(12));
    assertThat(report.end().outputBytes()).isEqualTo(1_000_000);
  }

  @DisplayName("first marker cancels no-output timer")
  @Test
  void theFirstMarkerCancelsTheNoOutputTimer() {
    RunReport report =
        Simulation.of(RunPolicy.ofDefaults())
            .run(IDLE.at(minutes(11), MARKER).exitAt(minutes(14), 0));
    assertThat(report.reason()).isEqualTo(EndReason.COMPLETED);
  }

  @DisplayName("idle timeout after output resolves success path")
  @Test
  void idleAfterOutputClosesTheInputAndIsASuccess() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    FakeWorker worker = sim.worker(IDLE.at(minutes(1), MARKER).at(minutes(4), MARKER));
    RunReport report = sim.run(worker);
    assertThat(report.reason().wireName()).isEqualTo("idle_cleanup");
    assertThat(report.state()).isEqualTo(RunState.DONE);
    assertThat(report.end().running()).isEqualTo(minutes(9));
    assertThat(worker.stops()).containsExactly("input");
  }

  @DisplayName("hard timeout reason is distinct")
  @Test
  void theHardTimeoutHasAReasonOfItsOwnAndKeepsTheInputCommitted() {
    WorkerScript talking = IDLE.ignoringTerminate();
    for (int minute = 1; minute < 40; minute++) {
      talking = talking.at(minutes(minute), MARKER);
    }
    RunReport report = Simulation.of(RunPolicy.ofDefaults()).run(talking);
    assertThat(report.reason().wireName()).isEqualTo("hard_timeout");
    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.end().stoppedBy()).isEqualTo("killed");
    assertThat(report.end().running()).isEqualTo(minutes(30).plusSeconds(10));
  }

  @Test
  void aLaneMayHaveTimeoutsOfItsOwn() {
    RunPolicy policy =
        RunPolicy.builder()
            .lane("long", t -> t.withIdle(minutes(40)).withNoOutput(minutes(50)))
            .build();
    Simulation sim = Simulation.of(policy);
    CompletableFuture<RunOutcome> outcome =
        sim.supervisor.run(
            Work.of("long", "item"), sim.worker(IDLE.at(Duration.ofSeconds(10), MARKER)));
    RunReport report = sim.report(outcome);
    assertThat(report.reason()).isEqualTo(EndReason.IDLE_CLEANUP);
    assertThat(report.end().timeouts().hardEffective()).isEqualTo(minutes(40).plusSeconds(30));
    assertThat(report.end().timeouts().hardConfigured()).isEqualTo(minutes(30));
  }

  @Test
  void aToolInFlightHoldsTheIdleTimer() {
    WorkerScript script =
        IDLE.at(minutes(1), new WorkerScript.ToolStart())
            .at(minutes(14), new WorkerScript.ToolEnd());
    RunReport report = Simulation.of(RunPolicy.ofDefaults()).run(script);
    assertThat(report.reason()).isEqualTo(EndReason.IDLE_CLEANUP);
    assertThat(report.end().running()).isEqualTo(minutes(19));
  }

  @Test
  void aWorkerThatFinishedAndHangsIsEndedAfterTheLingerDeadlineNotAfterSixHours() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    RunReport report =
        sim.run(
            IDLE.at(minutes(7), new WorkerScript.Result("all tests pass")).ignoringInputClose());
    assertThat(report.state()).isEqualTo(RunState.DONE);
    assertThat(report.reason().wireName()).isEqualTo("linger_cleanup");
    assertThat(report.end().running()).isEqualTo(minutes(7).plusSeconds(30));
    assertThat(report.result()).isEqualTo("all tests pass");
  }

  @Test
  void anUnkillableWorkerDoesNotKeepTheRunOpen() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    FakeWorker worker = sim.worker(IDLE.ignoringInputClose().ignoringTerminate().ignoringKill());
    RunReport report = sim.run(worker);
    assertThat(report.reason()).isEqualTo(EndReason.NO_OUTPUT_TIMEOUT);
    assertThat(report.end().running()).isEqualTo(minutes(12).plusSeconds(20));
    assertThat(report.end().survivors()).hasSize(1);
    assertThat(report.end().detail()).contains("its end was not seen");
  }

  @Test
  void everyEndTellsTheMetadataOfTheRun() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    LinkSnapshot link =
        new LinkSnapshot("connecting", "408", 3, Instant.parse("2026-01-01T00:00:00Z"));
    sim.supervisor.updateLink(link);
    Work work =
        Work.of("andy-developer", "issue-42")
            .withInput("msg-17", "msg-19")
            .with("chat_jid", "123@g.us")
            .with("group_folder", "main");
    RunReport report = sim.report(sim.supervisor.run(work, sim.worker(IDLE)));
    RunEvent.Ended end = report.end();
    assertThat(end.reason()).isEqualTo(EndReason.NO_OUTPUT_TIMEOUT);
    assertThat(end.inputFirst()).isEqualTo("msg-17");
    assertThat(end.inputLast()).isEqualTo("msg-19");
    assertThat(end.link()).isEqualTo(link);
    assertThat(end.context())
        .containsEntry("chat_jid", "123@g.us")
        .containsEntry("group_folder", "main");
    assertThat(end.worker()).startsWith("fake-");
    Event event = sim.events.get(sim.events.size() - 1);
    assertThat(event.subject().lane()).isEqualTo("andy-developer");
    assertThat(event.subject().item()).isEqualTo("issue-42");
    assertThat(event.cause()).as("the stop that it follows from").isNotNull();
  }

  @Test
  void theCursorIsRolledBackOnlyWhenNoOutputWasSent() {
    List<String> calls = new ArrayList<>();
    InputCursor cursor =
        new InputCursor() {
          @Override
          public void commit(RunReport report) {
            calls.add("commit " + report.reason());
          }

          @Override
          public void rollback(RunReport report) {
            calls.add("rollback " + report.reason());
          }
        };
    Simulation sim = new Simulation(RunPolicy.ofDefaults(), b -> b.cursor(cursor));
    sim.run(IDLE);
    sim.run(IDLE.at(minutes(1), MARKER).exitAt(minutes(2), 1));
    sim.run(IDLE.exitAt(minutes(2), 1));
    sim.run(IDLE.exitAt(minutes(2), 0));
    assertThat(calls)
        .containsExactly(
            "rollback no_output_timeout",
            "commit exit_nonzero",
            "rollback exit_nonzero",
            "commit completed");
    assertThat(sim.all(RunEvent.CursorSettled.class))
        .allMatch(RunEvent.CursorSettled::ok)
        .hasSize(4);
  }

  // ---- the clocks ----

  @Test
  void aSuspendedMachineCountsForNothing() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    CompletableFuture<RunOutcome> outcome =
        sim.supervisor.run(
            Work.of("lane", "item"), sim.worker(IDLE.at(minutes(1), MARKER).exitAt(minutes(5), 0)));
    sim.world.advance(minutes(2));
    sim.world.suspend(Duration.ofHours(9));
    assertThat(sim.report(outcome).reason()).isEqualTo(EndReason.COMPLETED);
    assertThat(sim.events).extracting(Event::type).contains("clock.jumped");
  }

  @Test
  void anIdleTimerThatIsLateBecauseThisProcessStoodStillLooksOnceMore() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    WorkerScript script =
        IDLE.at(minutes(1), MARKER)
            .at(minutes(5), MARKER)
            .at(minutes(7), MARKER)
            .exitAt(minutes(8), 0);
    CompletableFuture<RunOutcome> outcome =
        sim.supervisor.run(Work.of("lane", "item"), sim.worker(script));
    sim.world.advance(minutes(2));
    sim.world.pauseProcess(minutes(20)); // the worker went on; its markers wait unread
    RunReport report = sim.report(outcome);
    assertThat(report.reason()).isEqualTo(EndReason.COMPLETED);
    assertThat(report.end().progressCount()).isEqualTo(3);
  }
}
