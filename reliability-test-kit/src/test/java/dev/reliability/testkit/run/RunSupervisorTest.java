package dev.reliability.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.run.ExitStatus;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** The life of a supervised run, and who may ask for its end, in virtual time. */
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

  @DisplayName("run remains queued until spawn callback")
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
  void supervisorsThatShareABusNeverGiveTheSameIdTwice() {
    Simulation sim = Simulation.of(RunPolicy.ofDefaults());
    try (RunSupervisor other = RunSupervisor.builder().bus(sim.supervisor.bus()).build()) {
      assertThat(
              List.of(
                  sim.supervisor.submit(Work.of("lane", "a"), sim.worker(IDLE)).id(),
                  other.submit(Work.of("lane", "b"), sim.worker(IDLE)).id(),
                  sim.supervisor.submit(Work.of("lane", "c"), sim.worker(IDLE)).id()))
          .doesNotHaveDuplicates();
    }
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
