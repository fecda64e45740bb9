package dev.reliability.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.dispatch.DispatchRules;
import dev.reliability.core.dispatch.Dispatcher;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.lane.FingerprintBreaker;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.run.Job;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalReader;
import dev.reliability.journal.JournalWriter;
import dev.reliability.testkit.link.FakeLink;
import dev.reliability.testkit.link.LinkPlan;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.World;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The meters on what the library's own parts tell, in simulated time. */
class ReliabilityMetersTest {
  private static final String LANE = "andy";
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final WorkerScript WORKS =
      WorkerScript.idle()
          .at(SECOND, new WorkerScript.Progress())
          .at(Duration.ofSeconds(2), new WorkerScript.Result("42"))
          .exitAt(Duration.ofSeconds(3), 0);
  private static final WorkerScript HANGS = WorkerScript.idle();
  private static final WorkerScript TOILS = // an hour and a half, and says so each minute
      toils(90);
  private static final WorkerScript CANNOT_START =
      HANGS.with(
          new WorkerScript.Fails(
              SECOND, new SpawnFailure(SpawnFailure.Kind.ENGINE_ERROR, "no template")));

  @TempDir private Path directory;

  private final World world = World.create(5);
  private final ReliabilityMeters meters = ReliabilityMeters.of(world.time());
  private final PrometheusMeterRegistry registry = Exposition.registry(meters);
  private final InMemoryLeaseStore leases = new InMemoryLeaseStore(world.time());
  private final InMemoryRunStore store = new InMemoryRunStore();
  private final InMemoryStateStore states = new InMemoryStateStore();

  private static WorkerScript toils(int minutes) {
    WorkerScript script = WorkerScript.idle();
    for (int minute = 1; minute <= minutes; minute++) {
      script = script.at(Duration.ofMinutes(minute), new WorkerScript.Progress());
    }
    return script.exitAt(Duration.ofMinutes(minutes + 1), 0);
  }

  private EventBus bus() {
    return EventBus.builder(world).sink(meters).build();
  }

  private RunSupervisor supervisor(EventBus bus) {
    return RunSupervisor.builder()
        .bus(bus)
        .policy(
            RunPolicy.builder()
                .hardTimeout(Duration.ofHours(2))
                .maxAttempts(20)
                .pauseLaneAfter(3, Duration.ofHours(24))
                .build())
        .store(store)
        .leases(leases)
        .lanes(states, (lane, episode, why) -> {})
        .build();
  }

  private void run(RunSupervisor supervisor, String item, WorkerScript script) {
    supervisor.run(Work.of(LANE, item), FakeWorker.playing(world, script));
  }

  private double value(String id) {
    return Exposition.of(registry).value("reliability_" + id);
  }

  private double lane(String meter) {
    return value("lane_" + meter + "{lane=" + LANE + "}");
  }

  private double now() {
    return world.time().wall().toEpochMilli() / 1000.0;
  }

  // ---- from the beginning ----

  @Test
  void everyReasonIsThereAtZeroBeforeTheFirstEvent() {
    Exposition shown = Exposition.of(registry);

    assertThat(shown.series()).allSatisfy((id, value) -> assertThat(value).as(id).isZero());
    assertThat(shown.series().keySet())
        .contains(
            "reliability_up",
            "reliability_last_event_timestamp_seconds",
            "reliability_runs{state=running}",
            "reliability_runs_ended_total{reason=completed}",
            "reliability_runs_ended_total{reason=running_without_container}",
            "reliability_runs_ended_total{reason=other}",
            "reliability_start_failures_total{reason=engine_error}",
            "reliability_stalls_total{kind=no_output_timeout}",
            "reliability_link_closes_total{reason=stop_replaced}",
            "reliability_claims_refused_total{reason=lane_paused}",
            "reliability_gate_verdicts_total{verdict=inconclusive}",
            "reliability_reconcile_findings_total{reason=container_without_record}",
            "reliability_events_total{type=run.ended}",
            "reliability_events_dropped_total{kind=other}");
  }

  // ---- runs ----

  @Test
  void aRunIsQueuedThenUpThenCounted() {
    RunSupervisor supervisor = supervisor(bus());
    run(supervisor, "issue-1", WORKS.with(new WorkerScript.Up(SECOND)));
    world.advance(Duration.ZERO);
    double queued = now();

    assertThat(value("up")).isOne();
    assertThat(value("runs{state=queued}")).isOne();
    assertThat(lane("unstarted")).isOne();
    assertThat(lane("oldest_unstarted_timestamp_seconds")).isEqualTo(queued);
    world.advance(Duration.ofSeconds(2));
    assertThat(value("runs{state=queued}")).isZero();
    assertThat(value("runs{state=running}")).isOne();
    assertThat(lane("unstarted")).isZero();
    assertThat(lane("oldest_unstarted_timestamp_seconds")).isZero();
    assertThat(lane("active")).isOne();
    assertThat(lane("oldest_running_start_timestamp_seconds")).isEqualTo(queued + 1);
    assertThat(lane("run_locks")).isOne();

    world.advance(MINUTE);
    assertThat(value("runs{state=running}")).isZero();
    assertThat(lane("active")).isZero();
    assertThat(lane("oldest_running_start_timestamp_seconds")).isZero();
    assertThat(lane("run_locks")).isZero();
    assertThat(value("runs_ended_total{reason=completed}")).isOne();
    assertThat(value("lane_runs_ended_total{lane=andy, state=done}")).isOne();
    assertThat(value("run_duration_seconds_count{state=done}")).isOne();
    assertThat(value("run_duration_seconds_sum{state=done}")).isEqualTo(2);
    assertThat(value("run_startup_seconds_sum")).isOne();
    assertThat(value("last_event_timestamp_seconds")).isEqualTo(queued + 3);
  }

  @Test
  void silentRunsAreStallsAndPauseTheLane() {
    EventBus bus = bus();
    RunSupervisor supervisor = supervisor(bus);
    for (int i = 1; i <= 3; i++) {
      run(supervisor, "issue-" + i, HANGS.ignoringTerminate());
      world.advance(Duration.ofMinutes(12));
      assertThat(value("stalls_total{kind=no_output_timeout}")).as("noticed").isEqualTo(i);
      assertThat(value("runs_ended_total{reason=no_output_timeout}")).as("ended").isEqualTo(i - 1);
      world.advance(Duration.ofMinutes(2));
    }

    assertThat(value("runs_ended_total{reason=no_output_timeout}")).isEqualTo(3);
    assertThat(value("stalls_total{kind=no_output_timeout}")).isEqualTo(3);
    assertThat(lane("stalls_total")).isEqualTo(3);
    assertThat(lane("failures_total")).isEqualTo(3);
    assertThat(lane("paused")).isOne();
    run(supervisor, "issue-4", WORKS);
    world.advance(MINUTE);
    assertThat(value("claims_refused_total{reason=lane_paused}")).isOne();

    new LaneGuard(leases, states, bus, FingerprintBreaker.ofDefaults(), (l, e, why) -> {})
        .resume(LANE, "alice", "mended");
    world.advance(MINUTE);
    assertThat(lane("paused")).isZero();
  }

  @Test
  void aLaneThatWasPausedBeforeTheFirstEventIsPausedOnceSomebodyIsRefusedForIt() {
    leases.pauseLane(LANE, null, "alice", "of old");
    RunSupervisor supervisor = supervisor(bus());
    run(supervisor, "issue-1", WORKS);
    world.advance(MINUTE);
    assertThat(lane("paused")).isOne();

    leases.resumeLane(LANE, leases.lane(LANE).episode(), "bob", "elsewhere, unheard", null);
    world.advance(Duration.ofMinutes(5));
    run(supervisor, "issue-1", WORKS);
    world.advance(MINUTE);
    assertThat(lane("paused")).isZero();
  }

  @Test
  void aRunThatGoesOnShowsSinceWhenAndWhetherItIsOverItsBudget() {
    double start = now();
    RunSupervisor supervisor = supervisor(bus());
    run(supervisor, "issue-1", TOILS);
    world.advance(Duration.ofMinutes(70));
    run(supervisor, "issue-2", TOILS);
    world.advance(MINUTE);

    assertThat(lane("active")).isEqualTo(2);
    assertThat(lane("oldest_running_start_timestamp_seconds")).isEqualTo(start);
    assertThat(lane("run_locks")).isEqualTo(2);
    assertThat(lane("run_locks_over_budget")).isZero();
    world.advance(Duration.ofMinutes(30));
    assertThat(lane("oldest_running_start_timestamp_seconds")).isEqualTo(start + 70 * 60);
  }

  @Test
  void aClaimIsOverItsBudgetOnceItLastsLonger() {
    EventBus bus = bus();
    RunSupervisor supervisor =
        RunSupervisor.builder()
            .bus(bus)
            .policy(
                RunPolicy.builder()
                    .hardTimeout(Duration.ofMinutes(20))
                    .startDeadline(Duration.ofMinutes(10))
                    .graces(MINUTE, MINUTE, Duration.ofMinutes(30))
                    .build())
            .leases(leases)
            .build();
    run(
        supervisor,
        "issue-1",
        HANGS.at(SECOND, new WorkerScript.Progress()).ignoringInputClose().ignoringTerminate());
    run(supervisor, "issue-2", toils(200).ignoringTerminate().ignoringKill());
    world.advance(Duration.ofMinutes(37)); // 5 + 32 of graces in force, and 10 for the start
    assertThat(lane("run_locks_over_budget")).isZero();
    world.advance(Duration.ofMinutes(12));
    assertThat(lane("run_locks")).isOne();
    assertThat(lane("run_locks_over_budget")).isOne();
    world.advance(Duration.ofMinutes(30));
    assertThat(lane("run_locks")).isZero();
    assertThat(lane("run_locks_over_budget")).isZero();
  }

  // ---- what waits ----

  @Test
  void anItemThatWasAcceptedWaitsFromThenOnHoweverOftenItCannotBeStarted() {
    EventBus bus = bus();
    RunSupervisor supervisor = supervisor(bus);
    DispatchRules<String> rules = text -> DispatchRules.accept(LANE, text, text);
    Dispatcher<String> dispatcher = new Dispatcher<>(leases, bus, rules, 100);
    world.advance(MINUTE);
    double accepted = now();
    dispatcher.dispatch("web", "m-1", 7, "issue-1");
    for (int i = 0; i < 2; i++) {
      supervisor.runQueued(
          LANE,
          1,
          lease ->
              new Job(Work.of(LANE, lease.key().item()), FakeWorker.playing(world, CANNOT_START)));
      world.advance(Duration.ofMinutes(11));
      assertThat(value("runs_ended_total{reason=container_spawn_failed_before_running}"))
          .isEqualTo(i + 1);
      assertThat(lane("unstarted")).isOne();
      assertThat(lane("oldest_unstarted_timestamp_seconds")).isEqualTo(accepted);
    }
    assertThat(value("start_failures_total{reason=engine_error}")).isEqualTo(2);

    supervisor.runQueued(
        LANE,
        1,
        lease -> new Job(Work.of(LANE, lease.key().item()), FakeWorker.playing(world, WORKS)));
    world.advance(MINUTE);
    assertThat(lane("unstarted")).isZero();
    assertThat(lane("oldest_unstarted_timestamp_seconds")).isZero();
    assertThat(value("dispatch_verdicts_total{verdict=accepted}")).isOne();
  }

  @Test
  void whoseItemsOthersStartSaysSo() {
    ReliabilityMeters alone =
        ReliabilityMeters.builder(world.time()).dispatchedItems(false).build();
    PrometheusMeterRegistry shown = Exposition.registry(alone);
    EventBus bus = EventBus.builder(world).sink(alone).build();
    DispatchRules<String> rules = text -> DispatchRules.accept(LANE, text, text);
    new Dispatcher<>(leases, bus, rules, 100).dispatch("web", "m-1", 7, "issue-1");
    world.advance(MINUTE);
    assertThat(Exposition.of(shown).value("reliability_lane_unstarted{lane=andy}")).isZero();
  }

  // ---- incarnations ----

  @Test
  void whatADeadIncarnationLeftRunsUntilTheReconcilerSaysThatItDoesNot() {
    EventBus dead = bus();
    run(supervisor(dead), "issue-1", TOILS);
    world.advance(MINUTE);
    EventBus next = bus();
    Reconciler reconciler =
        Reconciler.builder(next, store)
            .ownerIsDead(owner -> owner.equals(dead.epoch()))
            .dryRun(false)
            .build();
    assertThat(lane("active")).isOne();

    reconciler.reconcile();
    world.advance(Duration.ofMinutes(10));
    reconciler.reconcile();
    world.advance(MINUTE);
    assertThat(value("reconcile_settled_total{action=failed}")).isOne();
    assertThat(value("runs_ended_total{reason=running_without_container}")).isOne();
    assertThat(lane("active")).isZero();
    assertThat(lane("oldest_running_start_timestamp_seconds")).isZero();
    assertThat(lane("run_locks")).isZero();
  }

  // ---- read back ----

  @Test
  void aJournalThatIsReadBackShowsTheSame() {
    try (JournalWriter journal = JournalWriter.open(directory)) {
      EventBus bus = EventBus.builder(world).sink(meters).sink(journal).build();
      RunSupervisor supervisor = supervisor(bus);
      LinkSupervisor link =
          LinkSupervisor.builder("whatsapp", FakeLink.playing(world, LinkPlan.opens()), bus)
              .build();
      link.start();
      for (WorkerScript script : List.of(WORKS, HANGS, CANNOT_START, HANGS, HANGS, WORKS, TOILS)) {
        run(supervisor, "issue-" + world.elapsed().toSeconds(), script);
        world.advance(Duration.ofMinutes(14));
      }
      Reconciler.builder(bus, store).supervisor(supervisor).build().selfTest();
      supervisor.run(Work.of("busy", "issue-0"), FakeWorker.playing(world, TOILS));
      world.advance(MINUTE);
    }
    ReliabilityMeters read = ReliabilityMeters.of(world.time());
    PrometheusMeterRegistry shown = Exposition.registry(read);
    try (JournalReader reader = JournalReader.open(directory)) {
      reader.stream().forEach(entry -> read.accept(((JournalEntry.Read) entry).event()));
    }

    assertThat(Exposition.of(shown)).isEqualTo(Exposition.of(registry));
    assertThat(value("lane_active{lane=busy}")).isOne();
    assertThat(value("run_duration_seconds_count{state=failed}")).isGreaterThan(2);
  }

  // ---- settings ----

  @Test
  void aBoundThatIsNoneIsRefused() {
    ReliabilityMeters.Builder builder = ReliabilityMeters.builder(world.time());
    assertThatThrownBy(() -> builder.maxLanes(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxLanes: expected at least 1, got 0");
    assertThatThrownBy(() -> builder.maxNames(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxNames: expected at least 1, got -1");
  }
}
