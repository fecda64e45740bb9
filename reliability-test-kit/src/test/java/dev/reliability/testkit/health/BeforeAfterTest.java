package dev.reliability.testkit.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.guard.ClaimGuard;
import dev.reliability.core.health.Criterion;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.Probe;
import dev.reliability.core.health.Readiness;
import dev.reliability.core.health.ReadinessEvaluator;
import dev.reliability.core.health.ReadinessGate;
import dev.reliability.core.health.Reading;
import dev.reliability.core.health.RunLock;
import dev.reliability.core.health.RunLocks;
import dev.reliability.core.health.StandardSignals;
import dev.reliability.core.health.StandardSignals.Handoff;
import dev.reliability.core.health.StandardSignals.OpsState;
import dev.reliability.core.health.Veto;
import dev.reliability.core.lane.FingerprintBreaker;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Eight things that went wrong before there were guards, one test for each: what must happen
 * instead.
 */
class BeforeAfterTest {
  private static final ItemKey TASK = new ItemKey("andy-developer", "task-1");

  private final World world = World.create(1);
  private final InMemoryLeaseStore leases = new InMemoryLeaseStore(world.time());
  private final InMemoryStateStore state = new InMemoryStateStore();
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();
  private final ClaimGuard guard = new ClaimGuard(leases, bus);

  /** What the probe of this test sees. */
  private Probe.Answer seen = Probe.Answer.ok("fine");

  private Claim claim(String holder) {
    return guard.claim(
        TASK, new ClaimRequest(holder, Duration.ofMinutes(10), 3, Duration.ofMinutes(30)));
  }

  private Lease granted(Claim claim) {
    return ((Claim.Granted) claim).lease();
  }

  private ReadinessEvaluator evaluator(ReadinessGate.Builder gate, String criterion) {
    return ReadinessEvaluator.builder(gate.build(), state, bus)
        .probe(criterion, () -> CompletableFuture.completedFuture(seen))
        .build();
  }

  private Readiness evaluated(ReadinessEvaluator evaluator) {
    return world.await(evaluator.evaluate());
  }

  @Test
  @DisplayName("Two workers call claim simultaneously on same task")
  void twoWorkersCallClaimSimultaneouslyOnSameTask() {
    granted(claim("worker-1"));
    Object before = leases.find(TASK);
    Claim second = claim("worker-2");
    assertThat(second)
        .isInstanceOfSatisfying(
            Claim.Duplicate.class,
            duplicate -> {
              assertThat(duplicate.guard()).isEqualTo("duplicate_claim_guard");
              assertThat(duplicate.holder()).isEqualTo("worker-1");
            });
    assertThat(leases.find(TASK)).as("no write").isEqualTo(before);
  }

  @Test
  @DisplayName("Worker calls complete twice on same task")
  void workerCallsCompleteTwiceOnSameTask() {
    Lease lease = granted(claim("worker-1"));
    assertThat(guard.complete(lease, "done")).isInstanceOf(Completion.Accepted.class);
    Completion second = guard.complete(lease, "done");
    assertThat(second.isOk()).isTrue();
    assertThat(second)
        .isInstanceOfSatisfying(
            Completion.Duplicate.class,
            duplicate -> assertThat(duplicate.guard()).isEqualTo("duplicate_complete_guard"));
  }

  @Test
  @DisplayName("Same validation_reason fails 3x in 24 h for a lane")
  void sameValidationReasonFailsThriceInADayForALane() {
    List<String> tasks = new ArrayList<>();
    LaneGuard lanes =
        new LaneGuard(
            leases,
            state,
            bus,
            FingerprintBreaker.ofDefaults(),
            (lane, episode, fingerprint) -> tasks.add(lane + " " + episode + " " + fingerprint));
    for (int i = 1; i <= 3; i++) {
      assertThat(leases.lane(TASK.lane()).paused()).isFalse();
      lanes.recordFailure(TASK.lane(), TASK.item(), "failure-" + i, "schema_mismatch");
      world.advance(Duration.ofHours(8).minusMinutes(1));
    }
    assertThat(leases.lane(TASK.lane()).paused()).isTrue();
    assertThat(tasks).containsExactly("andy-developer 0 andy-developer:schema_mismatch");
    assertThat(claim("worker-1")).isInstanceOf(Claim.LanePaused.class);
  }

  @Test
  @DisplayName("Handoff-state file is 35 min old with snapshot_valid: false")
  void handoffStateIs35MinutesOldAndSaysNoGo() {
    ReadinessEvaluator evaluator =
        evaluator(
            ReadinessGate.builder("handoff")
                .criterion(Criterion.named("live"))
                .veto(Veto.handoff()),
            "live");
    evaluator.signals().publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check");
    world.advance(Duration.ofMinutes(29));
    assertThat(evaluated(evaluator).verdict()).isEqualTo(GateVerdict.NO_GO);
    world.advance(Duration.ofMinutes(6));
    assertThat(evaluator.view().verdict())
        .as("nothing turns green by itself")
        .isEqualTo(GateVerdict.INCONCLUSIVE);
    assertThat(evaluated(evaluator).verdict()).as("live beats stored").isEqualTo(GateVerdict.GO);
    Reading<Handoff> reading = evaluator.signals().read(StandardSignals.HANDOFF);
    assertThat(reading.stale()).isTrue();
    assertThat(reading.age()).isEqualTo(Duration.ofMinutes(35));
  }

  @Test
  @DisplayName("Ops-incident-state file is 50 min old with status critical")
  void opsIncidentStateIs50MinutesOldAndCritical() {
    ReadinessEvaluator evaluator =
        evaluator(
            ReadinessGate.builder("ops")
                .criterion(Criterion.named("live"))
                .veto(Veto.opsIncident()),
            "live");
    evaluator.signals().publish(StandardSignals.OPS_INCIDENT, OpsState.CRITICAL, "ops");
    world.advance(Duration.ofMinutes(44));
    assertThat(evaluated(evaluator).verdict()).isEqualTo(GateVerdict.NO_GO);
    world.advance(Duration.ofMinutes(6));
    assertThat(evaluator.signals().read(StandardSignals.OPS_INCIDENT).current())
        .isEqualTo(OpsState.RECOVERING);
    assertThat(evaluated(evaluator).verdict()).as("live checks govern").isEqualTo(GateVerdict.GO);
  }

  @Test
  @DisplayName("Status polled while cron job is running")
  void statusPolledWhileCronJobIsRunning() {
    claim("cron-1");
    world.advance(Duration.ofMinutes(5));
    for (int poll = 0; poll < 3; poll++) {
      assertThat(new RunLocks(leases).locks())
          .singleElement()
          .satisfies(
              lock -> {
                assertThat(lock.key()).isEqualTo(TASK);
                assertThat(lock.state()).isEqualTo(RunLock.State.RUNNING);
                assertThat(lock.elapsedMs()).isEqualTo(300_000);
                assertThat(lock.budgetMs()).isEqualTo(1_800_000);
                assertThat(lock.overBudget()).isFalse();
              });
    }
  }

  @Test
  @DisplayName("Single cron error triggers handoff NO_GO")
  void aSingleCronErrorTriggersNoHandoffNoGo() {
    ReadinessEvaluator evaluator =
        evaluator(ReadinessGate.builder("handoff").criterion(Criterion.named("cron")), "cron");
    assertThat(evaluated(evaluator).verdict()).isEqualTo(GateVerdict.GO);
    seen = Probe.Answer.failed("1 error", null);
    world.advance(Duration.ofMinutes(1));
    assertThat(evaluated(evaluator).verdict()).as("one is tolerated").isEqualTo(GateVerdict.GO);
    for (int poll = 0; poll < 10; poll++) {
      assertThat(evaluator.view().verdict()).as("looking counts nothing").isEqualTo(GateVerdict.GO);
    }
    world.advance(Duration.ofMinutes(1));
    assertThat(evaluated(evaluator).verdict()).as("two in a row").isEqualTo(GateVerdict.NO_GO);
  }

  @Test
  @DisplayName("Single backlog stall at 45 min triggers sustained_failure")
  void aSingleBacklogStallAt45MinutesTriggersNoSustainedFailure() {
    ReadinessEvaluator evaluator =
        evaluator(
            ReadinessGate.builder("handoff")
                .criterion(
                    Criterion.builder("backlog")
                        .minimumDuration(Duration.ofMinutes(45))
                        .ttl(Duration.ofHours(1))
                        .build()),
            "backlog");
    evaluated(evaluator);
    seen = Probe.Answer.failed("stalled for 45 min", null);
    world.advance(Duration.ofMinutes(45));
    assertThat(evaluated(evaluator).verdict())
        .as("the first run that sees the stall")
        .isEqualTo(GateVerdict.GO);
    world.advance(Duration.ofMinutes(45).minusNanos(1));
    assertThat(evaluated(evaluator).verdict())
        .as("two runs, but not 45 minutes of it")
        .isEqualTo(GateVerdict.GO);
    world.advance(Duration.ofSeconds(30));
    assertThat(evaluated(evaluator).verdict()).isEqualTo(GateVerdict.NO_GO);
  }
}
