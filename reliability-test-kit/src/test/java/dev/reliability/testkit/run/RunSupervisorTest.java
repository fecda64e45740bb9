package dev.reliability.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.InputCursor;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunListener;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** The supervisor and its machine together, with the seeds' default time-outs, in virtual time. */
class RunSupervisorTest {
  private static final WorkerScript IDLE = WorkerScript.idle();
  private static final WorkerScript.Deed MARKER = new WorkerScript.Progress();

  private static WorkerScript failing(SpawnFailure.Kind kind) {
    return IDLE.with(new WorkerScript.Fails(Duration.ofSeconds(1), new SpawnFailure(kind, "no")));
  }

  private static Duration minutes(long minutes) {
    return Duration.ofMinutes(minutes);
  }

  // ---- A: the life of a run ----

  @Test
  void aRunRemainsQueuedUntilTheSpawnIsConfirmed() {
    InMemoryRunStore store = new InMemoryRunStore();
    Simulation sim = new Simulation(RunPolicy.ofDefaults(), store, b -> b);
    FakeWorker worker =
        sim.worker(IDLE.with(new WorkerScript.Up(minutes(5))).exitAt(minutes(1), 0));
    RunHandle run = sim.supervisor.submit(Work.of("lane", "item"), worker);
    sim.world.advance(minutes(5).minusNanos(1));
    assertThat(store.find(run.id()).orElseThrow().state()).isEqualTo(RunState.QUEUED);
    assertThat(sim.supervisor.live().get(0).state()).isEqualTo(RunState.QUEUED);
    sim.world.advance(Duration.ofNanos(1));
    assertThat(store.find(run.id()).orElseThrow().state()).isEqualTo(RunState.RUNNING);
    assertThat(sim.supervisor.live().get(0).state()).isEqualTo(RunState.RUNNING);
    assertThat(sim.report(run.outcome()).reason()).isEqualTo(EndReason.COMPLETED);
  }

  @Test
  void aFailedSpawnEndsTheRunInTheSameMomentWithTheSeedsReason() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    RunReport report = sim.run(failing(SpawnFailure.Kind.NO_RESOURCES));
    assertThat(report.reason().wireName()).isEqualTo("container_spawn_failed_before_running");
    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(sim.types())
        .containsExactly("run.queued", "run.starting", "run.start_failed", "run.ended");
    Event failed = sim.events.get(sim.events.size() - 2);
    assertThat(sim.events.get(sim.events.size() - 1).mono()).isEqualTo(failed.mono());
  }

  @Test
  void aSpawnIsTriedAgainWithinBothBoundsAndARunThatWasRunningNever() {
    RetryPolicy retry =
        RetryPolicy.exponential(Duration.ofSeconds(30), minutes(2))
            .maxAttempts(10)
            .maxElapsed(minutes(10));
    RunPolicy policy = RunPolicy.builder().spawnRetry(retry).build();
    Simulation sim = Simulation.of(policy);
    FakeWorker worker =
        FakeWorker.choosing(
            sim.world,
            context ->
                context.attempt() < 3
                    ? failing(SpawnFailure.Kind.NO_RESOURCES)
                    : IDLE.at(Duration.ofSeconds(1), MARKER).exitAt(Duration.ofSeconds(2), 9));
    RunReport report = sim.run(worker);
    assertThat(report.reason()).isEqualTo(EndReason.EXIT_NONZERO);
    assertThat(report.end().attempts()).isEqualTo(3);
    assertThat(worker.starts()).isEqualTo(3);
    assertThat(sim.all(RunEvent.StartFailed.class))
        .extracting(RunEvent.StartFailed::retryIn)
        .containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(60));
  }

  @Test
  void retriesOfTheSpawnEndAfterTenMinutesNotAfterHours() {
    RetryPolicy retry =
        RetryPolicy.exponential(Duration.ofSeconds(30), minutes(2))
            .maxAttempts(1000)
            .maxElapsed(minutes(10));
    Simulation sim = Simulation.of(RunPolicy.builder().spawnRetry(retry).build());
    FakeWorker worker = sim.worker(failing(SpawnFailure.Kind.ENGINE_ERROR));
    RunReport report = sim.run(worker);
    assertThat(report.reason()).isEqualTo(EndReason.SPAWN_FAILED);
    assertThat(report.end().detail()).contains("PT10M");
    Event end = sim.events.get(sim.events.size() - 1);
    assertThat(sim.elapsedAt(end)).isLessThanOrEqualTo(minutes(10));
    assertThat(worker.starts()).isLessThan(10);
  }

  @Test
  void anUnknownSpawnIsKilledBeforeItIsTriedAgain() {
    RetryPolicy retry =
        RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(1))
            .maxAttempts(2)
            .maxElapsed(minutes(1));
    Simulation sim = Simulation.of(RunPolicy.builder().spawnRetry(retry).build());
    FakeWorker worker =
        FakeWorker.choosing(
            sim.world,
            context ->
                context.attempt() == 1
                    ? IDLE.with(
                        new WorkerScript.Unknown(
                            Duration.ofSeconds(3), "the engine does not answer"))
                    : IDLE.exitAt(Duration.ofSeconds(1), 0));
    RunReport report = sim.run(worker);
    assertThat(report.reason()).isEqualTo(EndReason.COMPLETED);
    assertThat(worker.stops()).containsExactly("kill");
    assertThat(sim.all(RunEvent.StartFailed.class).get(0).failure()).isEqualTo("spawn_unknown");
  }

  @Test
  void aWorkerThatComesUpAfterTheStartDeadlineIsKilled() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    FakeWorker worker = sim.worker(IDLE.with(new WorkerScript.Up(minutes(11))));
    RunReport report = sim.run(worker);
    assertThat(report.reason()).isEqualTo(EndReason.START_DEADLINE);
    assertThat(report.end().running()).isZero();
    assertThat(worker.alive()).isZero();
  }

  // ---- B: time-outs ----

  @Test
  void theSeedsDefaultsAreInForce() {
    RunReport report =
        Simulation.of(RunPolicy.ofDefaults()).run(IDLE.exitAt(Duration.ofSeconds(1), 0));
    assertThat(report.end().timeouts().noOutput().toMillis()).isEqualTo(720_000);
    assertThat(report.end().timeouts().idle().toMillis()).isEqualTo(300_000);
    assertThat(report.end().timeouts().hardConfigured().toMillis()).isEqualTo(1_800_000);
  }

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

  @Test
  void theFirstMarkerCancelsTheNoOutputTimer() {
    RunReport report =
        Simulation.of(RunPolicy.ofDefaults())
            .run(IDLE.at(minutes(11), MARKER).exitAt(minutes(14), 0));
    assertThat(report.reason()).isEqualTo(EndReason.COMPLETED);
  }

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

  // ---- who asks for the end ----

  @Test
  void cancellingClosesTheInputFirstAndNamesTheActor() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    FakeWorker worker = sim.worker(IDLE.at(minutes(1), MARKER).ignoringInputClose());
    RunHandle run = sim.supervisor.submit(Work.of("lane", "item"), worker);
    sim.world.advance(minutes(2));
    assertThat(sim.supervisor.cancel(run.id(), "maria", "wrong branch")).isTrue();
    RunReport report = sim.report(run.outcome());
    assertThat(report.state()).isEqualTo(RunState.CANCELLED);
    assertThat(report.reason()).isEqualTo(EndReason.CANCELLED);
    assertThat(report.end().detail()).isEqualTo("wrong branch");
    assertThat(worker.stops()).containsExactly("input", "terminate");
    assertThat(sim.events.get(sim.events.size() - 1).subject().actor()).isEqualTo("maria");
    assertThat(sim.supervisor.cancel(run.id(), "maria", "again")).isFalse();
    assertThat(sim.supervisor.cancel("no-such-run", "maria", "why not")).isFalse();
  }

  @Test
  void cancellingAfterTheFinalResultKeepsTheSuccess() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    FakeWorker worker =
        sim.worker(IDLE.at(minutes(1), new WorkerScript.Result("done")).ignoringInputClose());
    RunHandle run = sim.supervisor.submit(Work.of("lane", "item"), worker);
    sim.world.advance(minutes(1).plusSeconds(5));
    sim.supervisor.cancel(run.id(), "maria", "enough");
    assertThat(sim.report(run.outcome()).state()).isEqualTo(RunState.DONE);
  }

  @Test
  void atMostSoManyRunsOfALaneAreUnderWayAndTheOthersGoInTheirOrder() {
    Simulation sim =
        Simulation.of(RunPolicy.builder().maxConcurrentPerLane(2).maxConcurrent("solo", 1).build());
    FakeWorker worker = sim.worker(IDLE.exitAt(minutes(1), 0));
    List<CompletableFuture<RunOutcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      outcomes.add(sim.supervisor.run(Work.of("pair", "item-" + i), worker));
      outcomes.add(sim.supervisor.run(Work.of("solo", "item-" + i), worker));
    }
    int most = 0;
    for (int i = 0; i < 600; i++) {
      sim.world.advance(Duration.ofSeconds(1));
      most = Math.max(most, worker.alive());
    }
    assertThat(most).isEqualTo(3);
    assertThat(outcomes).allMatch(outcome -> outcome.getNow(null).isSuccess());
    List<String> order =
        sim.events.stream()
            .filter(e -> e.data() instanceof RunEvent.Starting && "solo".equals(e.subject().lane()))
            .map(e -> e.subject().item())
            .toList();
    assertThat(order).containsExactly("item-0", "item-1", "item-2", "item-3", "item-4", "item-5");
    assertThat(sim.report(outcomes.get(11)).end().queued()).isEqualTo(minutes(5));
  }

  @Test
  void closingLetsRunsGoOnForTheDrainTimeAndThenStopsWhatIsLeft() {
    Simulation sim =
        new Simulation(
            RunPolicy.builder().maxConcurrentPerLane(2).build(), b -> b.drainTimeout(minutes(3)));
    CompletableFuture<RunOutcome> quick =
        sim.supervisor.run(Work.of("lane", "quick"), sim.worker(IDLE.exitAt(minutes(2), 0)));
    CompletableFuture<RunOutcome> slow =
        sim.supervisor.run(Work.of("lane", "slow"), sim.worker(IDLE.exitAt(minutes(9), 0)));
    CompletableFuture<RunOutcome> waiting =
        sim.supervisor.run(Work.of("lane", "waiting"), sim.worker(IDLE));
    sim.world.advance(Duration.ofSeconds(1));
    sim.supervisor.close();
    assertThat(quick.getNow(null).isSuccess()).isTrue();
    assertThat(slow.getNow(null).ended().orElseThrow().reason()).isEqualTo(EndReason.SHUTDOWN);
    assertThat(waiting.getNow(null).ended().orElseThrow().reason()).isEqualTo(EndReason.SHUTDOWN);
    assertThat(waiting.getNow(null).ended().orElseThrow().end().attempts()).isZero();
    RunOutcome late = sim.supervisor.run(Work.of("lane", "late"), sim.worker(IDLE)).getNow(null);
    assertThat(late).isInstanceOf(RunOutcome.Refused.class);
    assertThat(sim.supervisor.live()).isEmpty();
  }

  // ---- others that throw ----

  @Test
  void listenersThatThrowAndSinksThatThrowLoseNothing() {
    List<String> told = new ArrayList<>();
    RunListener bad =
        new RunListener() {
          @Override
          public void started(String run, Work work, String worker) {
            throw new IllegalStateException("a listener that throws");
          }

          @Override
          public void ended(RunOutcome outcome) {
            throw new AssertionError("a listener that throws worse");
          }
        };
    RunListener good =
        new RunListener() {
          @Override
          public void started(String run, Work work, String worker) {
            told.add(
                "started "
                    + MDC.get("lane")
                    + "/"
                    + MDC.get("item")
                    + " "
                    + run.equals(MDC.get("run")));
          }

          @Override
          public void progressed(String run, Work work, long count, long outputBytes) {
            told.add("progressed " + count);
          }

          @Override
          public void ended(RunOutcome outcome) {
            told.add("ended " + outcome.isSuccess());
          }
        };
    World world = World.create(1);
    List<Event> events = new ArrayList<>();
    EventBus bus =
        EventBus.builder(world)
            .sink(
                event -> {
                  throw new IllegalStateException("a sink that throws");
                })
            .sink(events::add)
            .build();
    RunSupervisor supervisor =
        RunSupervisor.builder().bus(bus).listener(bad).listener(good).build();
    CompletableFuture<RunOutcome> outcome =
        supervisor.run(
            Work.of("lane", "item"),
            FakeWorker.playing(world, IDLE.at(minutes(1), MARKER).exitAt(minutes(2), 0)));
    world.runUntilIdle(Duration.ofHours(1));
    assertThat(outcome.getNow(null).isSuccess()).isTrue();
    assertThat(told).containsExactly("started lane/item true", "progressed 1", "ended true");
    assertThat(MDC.get("run")).isNull();
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).id().seq()).isEqualTo(i + 1L);
    }
  }

  @Test
  void aBuilderNamesEveryContradiction() {
    World world = World.create(1);
    EventBus bus = EventBus.builder(world).build();
    RunSupervisor.Builder builder =
        RunSupervisor.builder()
            .bus(bus)
            .runtime(World.create(2))
            .events(event -> {})
            .drainTimeout(Duration.ofSeconds(-1));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("events")
        .hasMessageContaining("runtime")
        .hasMessageContaining("drainTimeout")
        .hasMessageContaining("PT-1S");
  }

  @Test
  void anUnknownExitIsTheLossOfTheWorker() {
    WorkerScript script = IDLE.at(minutes(1), new WorkerScript.Exit(ExitStatus.UNKNOWN));
    RunReport report = Simulation.of(RunPolicy.ofDefaults()).run(script);
    assertThat(report.reason()).isEqualTo(EndReason.WORKER_LOST);
    assertThat(report.state()).isEqualTo(RunState.FAILED);
  }
}
