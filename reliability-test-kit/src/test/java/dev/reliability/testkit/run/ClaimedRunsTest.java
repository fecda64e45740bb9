package dev.reliability.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.Lease;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose items are claimed (requirements I1 to I3, J1 to J6, M3). */
class ClaimedRunsTest extends ClaimedRunsFixture {
  // ---- claims ----

  @Test
  void aRunClaimsItsItemCarriesTheTokenAndCompletesIt() {
    List<Long> tokens = new ArrayList<>();
    Worker worker =
        (context, listener) -> {
          tokens.add(context.token());
          return sim.worker(WORKS).start(context, listener);
        };
    RunReport report = sim.run(worker);
    assertThat(report.state()).isEqualTo(RunState.DONE);
    assertThat(item().state()).isEqualTo(ItemView.State.DONE);
    assertThat(item().result()).isEqualTo("42");
    assertThat(tokens).containsExactly(item().token());
    assertThat(sim.events)
        .filteredOn(event -> event.type().equals("run.ended"))
        .allMatch(event -> event.subject().token() == item().token());
    assertThat(sim.types().indexOf("run.ended")).isPositive();
    List<String> all = sim.events.stream().map(e -> e.type()).toList();
    assertThat(all.indexOf("item.completed")).isLessThan(all.indexOf("run.ended"));
  }

  @Test
  void aHostThatCompletesTheItemItselfLosesNothingHoweverLongTheWorkerLives() {
    Worker worker =
        (context, listener) -> {
          leases.complete(KEY, context.token(), "by the host");
          return sim.worker(
                  IDLE.at(Duration.ofSeconds(1), new WorkerScript.Result("42"))
                      .exitAt(Duration.ofSeconds(29), 0))
              .start(context, listener);
        };
    RunReport report = sim.run(worker);
    assertThat(report.reason()).isEqualTo(EndReason.COMPLETED);
    assertThat(report.state()).isEqualTo(RunState.DONE);
    assertThat(item().result()).isEqualTo("by the host");
    assertThat(sim.types()).doesNotContain("item.lease_lost");
  }

  @Test
  void aResultThatNoStoreTakesIsKeptAsFarAsItCanBe() {
    RunReport report =
        sim.run(
            IDLE.at(Duration.ofSeconds(1), new WorkerScript.Result("4\u00002"))
                .exitAt(Duration.ofSeconds(2), 0));
    assertThat(report.state()).isEqualTo(RunState.DONE);
    assertThat(report.result()).isEqualTo("4\u00002");
    assertThat(item().result()).isEqualTo("4\ufffd2");
  }

  @Test
  void aSecondRunOfTheSameItemIsRefusedAndNamesTheHolder() {
    FakeWorker worker = sim.worker(WORKS);
    CompletableFuture<RunOutcome> first = sim.supervisor.run(Work.of("lane", "item"), worker);
    CompletableFuture<RunOutcome> second = sim.supervisor.run(Work.of("lane", "item"), worker);
    sim.world.runUntilIdle(Simulation.HORIZON);
    List<RunOutcome> outcomes = List.of(first.getNow(null), second.getNow(null));
    assertThat(outcomes).filteredOn(RunOutcome::isSuccess).hasSize(1);
    RunOutcome.Refused no =
        refused(outcomes.stream().filter(o -> !o.isSuccess()).findFirst().orElseThrow());
    assertThat(no.why()).isEqualTo(RunOutcome.Refusal.DUPLICATE_CLAIM);
    assertThat(((Claim.Duplicate) no.claim()).holder()).isEqualTo(item().holder());
    assertThat(worker.starts()).isEqualTo(1);
    assertThat(sim.all(ItemEvent.ClaimRefused.class))
        .extracting(ItemEvent.ClaimRefused::guard)
        .containsExactly("duplicate_claim_guard");
    assertThat(refused(run(WORKS)).why()).isEqualTo(RunOutcome.Refusal.ALREADY_DONE);
    assertThat(sim.supervisor.live()).isEmpty();
  }

  @Test
  void aFailedRunGivesItsItemBackUntilItsAttemptsAreSpent() {
    Simulation few =
        new Simulation(
            RunPolicy.builder().maxAttempts(2).build(),
            new InMemoryRunStore(),
            (world, builder) -> builder.leases(new InMemoryLeaseStore(world.time())));
    for (int i = 0; i < 2; i++) {
      assertThat(few.run(FAILS).reason()).isEqualTo(EndReason.EXIT_NONZERO);
    }
    CompletableFuture<RunOutcome> third =
        few.supervisor.run(Work.of("lane", "item"), few.worker(WORKS));
    few.world.runUntilIdle(Simulation.HORIZON);
    assertThat(refused(third.getNow(null)).why()).isEqualTo(RunOutcome.Refusal.ATTEMPTS_EXHAUSTED);
  }

  @Test
  void afterAFinalFailureAnItemIsNotWorkedOnAgain() {
    Simulation strict =
        new Simulation(
            RunPolicy.builder().finalFailures(EndReason.EXIT_NONZERO).build(),
            new InMemoryRunStore(),
            (world, builder) -> builder.leases(new InMemoryLeaseStore(world.time())));
    assertThat(strict.run(FAILS).reason()).isEqualTo(EndReason.EXIT_NONZERO);
    CompletableFuture<RunOutcome> again =
        strict.supervisor.run(Work.of("lane", "item"), strict.worker(WORKS));
    strict.world.runUntilIdle(Simulation.HORIZON);
    assertThat(refused(again.getNow(null)).why()).isEqualTo(RunOutcome.Refusal.ALREADY_DONE);
  }

  @Test
  void anItemIsHeldWhileItsRunWaitsForItsTurnAndForAsLongAsItRuns() {
    CompletableFuture<RunOutcome> run =
        sim.supervisor.run(
            Work.of("lane", "item"),
            sim.worker(
                IDLE.at(Duration.ofMinutes(1), new WorkerScript.ToolStart())
                    .exitAt(Duration.ofMinutes(25), 0)));
    for (int i = 0; i < 24; i++) {
      sim.world.advance(Duration.ofMinutes(1));
      assertThat(leases.claim(KEY, foreign(Duration.ofMinutes(1))))
          .isInstanceOf(Claim.Duplicate.class);
    }
    assertThat(outcome(run).isSuccess()).isTrue();
  }

  // ---- stores that fail ----

  @Test
  void aClaimThatFailsIsARefusalAndNothingIsStarted() {
    failing.next("claim", 1);
    FakeWorker worker = sim.worker(WORKS);
    RunOutcome outcome = outcome(sim.supervisor.run(Work.of("lane", "item"), worker));
    assertThat(refused(outcome).why()).isEqualTo(RunOutcome.Refusal.STORE_FAILED);
    assertThat(refused(outcome).detail()).contains("the database is away");
    assertThat(worker.starts()).isZero();
    assertThat(run(WORKS).isSuccess()).isTrue();
  }

  @Test
  void aCompletionIsTriedAgainWhileTheStoreIsAwayAndIsNotLost() {
    failing.next("complete", 5);
    RunOutcome outcome = run(WORKS);
    assertThat(outcome.isSuccess()).isTrue();
    assertThat(outcome.ended().orElseThrow().end().recorded()).isTrue();
    assertThat(item().state()).isEqualTo(ItemView.State.DONE);
    assertThat(sim.all(ItemEvent.Completed.class)).hasSize(1);
  }

  @Test
  void aSuccessIsNotToldBeforeTheStoreHasItAndTheCompletionIsNotGivenUp() {
    failing.next("complete", 30);
    RunReport report = run(WORKS).ended().orElseThrow();
    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).isEqualTo(EndReason.STORE_FAILED);
    assertThat(report.end().detail()).contains("it ended well (completed)");
    assertThat(report.end().recorded()).isFalse();
    assertThat(item().state()).isEqualTo(ItemView.State.DONE);
  }

  @Test
  void aLaneWhoseFailuresCannotBeCountedGivesItsItemsBackAllTheSame() {
    state.write("failures/lane", 0, Map.of("junk", "junk"));
    RunReport report = run(FAILS).ended().orElseThrow();
    assertThat(report.reason()).isEqualTo(EndReason.EXIT_NONZERO);
    assertThat(report.end().recorded()).isTrue();
    assertThat(item().state()).isEqualTo(ItemView.State.QUEUED);
  }

  @Test
  void aLostLeaseStopsTheWorkerAndIsAReasonOfItsOwn() {
    FakeWorker worker = sim.worker(IDLE.at(Duration.ofSeconds(1), MARKER));
    CompletableFuture<RunOutcome> run = sim.supervisor.run(Work.of("lane", "item"), worker);
    sim.world.advance(Duration.ofSeconds(5));
    failing.next("renew", 1_000);
    sim.world.advance(Duration.ofSeconds(50));
    assertThat(worker.stops()).startsWith("terminate");
    RunReport report = outcome(run).ended().orElseThrow();
    assertThat(report.reason()).isEqualTo(EndReason.LEASE_LOST);
    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.end().detail()).contains("not_renewed");
    assertThat(sim.all(ItemEvent.LeaseLost.class)).hasSize(1);
    assertThat(sim.all(LaneEvent.Failure.class)).isEmpty();
  }

  @Test
  void aLeaseThatIsLostAtTheLastAttemptLeavesTheItemToNobodyAndThatIsTold() {
    for (int attempt = 1; attempt < 20; attempt++) {
      Lease lease = ((Claim.Granted) leases.claim(KEY, foreign(Duration.ofHours(1)))).lease();
      leases.release(KEY, lease.token());
    }
    failing.next("renew", 1_000);
    RunReport report = run(IDLE).ended().orElseThrow();
    assertThat(report.reason()).isEqualTo(EndReason.LEASE_LOST);
    assertThat(sim.all(ItemEvent.AttemptsExhausted.class))
        .containsExactly(new ItemEvent.AttemptsExhausted(20));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aProcessThatStoodStillBeyondItsLeaseAndItsTimeoutsLostTheLease(long seed) {
    Simulation stopped =
        new Simulation(
            seed,
            RunPolicy.ofDefaults(),
            runs,
            (world, builder) -> builder.leases(new InMemoryLeaseStore(world.time())));
    CompletableFuture<RunOutcome> run =
        stopped.supervisor.run(
            Work.of("lane", "item"),
            stopped.worker(IDLE.at(Duration.ofSeconds(1), new WorkerScript.ToolStart())));
    stopped.world.advance(Duration.ofMinutes(5));
    stopped.world.pauseProcess(Duration.ofHours(2));
    assertThat(stopped.report(run).reason()).isEqualTo(EndReason.LEASE_LOST);
    assertThat(stopped.all(ItemEvent.LeaseLost.class)).hasSize(1);
  }

  @Test
  void aFinishedWorkWhoseItemSomebodyElseClaimedIsSupersededAndItsResultKept() {
    WorkerScript slow =
        IDLE.at(Duration.ofSeconds(1), new WorkerScript.Result("first answer"))
            .ignoringInputClose()
            .exitAt(Duration.ofSeconds(25), 0);
    CompletableFuture<RunOutcome> run =
        sim.supervisor.run(Work.of("lane", "item"), sim.worker(slow));
    sim.world.advance(Duration.ofSeconds(2));
    long token = item().token();
    leases.release(KEY, token);
    assertThat(leases.claim(KEY, foreign(Duration.ofHours(1)))).isInstanceOf(Claim.Granted.class);
    RunReport report = outcome(run).ended().orElseThrow();
    assertThat(report.reason()).isEqualTo(EndReason.LEASE_LOST);
    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(sim.all(ItemEvent.CompleteSuperseded.class))
        .containsExactly(new ItemEvent.CompleteSuperseded(item().token(), "first answer"));
    assertThat(runs.find(report.run()).orElseThrow().state()).isEqualTo(RunState.FAILED);
    assertThat(item().state()).isEqualTo(ItemView.State.LEASED);
  }

  // ---- lanes ----

  @Test
  void oneLoopingItemTripsTheBreakerAndAResumeNeedsThreeNewFailures() {
    for (int i = 0; i < 3; i++) {
      assertThat(run(FAILS).ended()).isPresent();
    }
    RunOutcome.Refused no = refused(run(WORKS));
    assertThat(no.why()).isEqualTo(RunOutcome.Refusal.LANE_PAUSED);
    assertThat(((Claim.LanePaused) no.claim()).reason()).contains("exit_nonzero: exit code <n>");
    assertThat(remediations).containsExactly("lane 0");
    assertThat(sim.all(LaneEvent.Failure.class))
        .extracting(LaneEvent.Failure::count)
        .containsExactly(1, 2, 3);

    leases.resumeLane("lane", null, "maria", "fixed", null);
    for (int i = 0; i < 2; i++) {
      assertThat(run(FAILS).ended()).isPresent();
      assertThat(leases.lane("lane").paused()).isFalse();
    }
    assertThat(run(FAILS).ended()).isPresent();
    assertThat(leases.lane("lane").paused()).isTrue();
    assertThat(remediations).containsExactly("lane 0", "lane 1");
    assertThat(sim.all(LaneEvent.Paused.class))
        .extracting(LaneEvent.Paused::episode)
        .containsExactly(0L, 1L);
  }

  @Test
  void cancelledRunsDoNotCount() {
    for (int i = 0; i < 4; i++) {
      RunHandle run = sim.supervisor.submit(Work.of("lane", "item"), sim.worker(IDLE));
      sim.world.advance(Duration.ofSeconds(2));
      sim.supervisor.cancel(run.id(), "maria", "not now");
      outcome(run.outcome());
    }
    assertThat(leases.lane("lane").paused()).isFalse();
    assertThat(sim.all(LaneEvent.Failure.class)).isEmpty();
  }

  @Test
  void closingGivesBackWhatIsLeft() {
    sim.supervisor.run(Work.of("lane", "item"), sim.worker(IDLE.at(Duration.ofSeconds(1), MARKER)));
    sim.world.advance(Duration.ofSeconds(5));
    sim.supervisor.close();
    assertThat(item().state()).isEqualTo(ItemView.State.QUEUED);
  }
}
