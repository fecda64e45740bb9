package dev.reliability.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A supervisor in a simulated world that claims its items in a store that can be made to fail. */
abstract class ClaimedRunsFixture {
  static final WorkerScript IDLE = WorkerScript.idle();
  static final WorkerScript.Deed MARKER = new WorkerScript.Progress();
  static final ItemKey KEY = new ItemKey("lane", "item");
  static final WorkerScript WORKS =
      IDLE.at(Duration.ofSeconds(1), MARKER)
          .at(Duration.ofSeconds(10), new WorkerScript.Result("42"))
          .exitAt(Duration.ofSeconds(20), 0);
  static final WorkerScript FAILS =
      IDLE.at(Duration.ofSeconds(1), MARKER).exitAt(Duration.ofSeconds(2), 3);

  final InMemoryRunStore runs = new InMemoryRunStore();
  final InMemoryStateStore state = new InMemoryStateStore();
  final List<String> remediations = new ArrayList<>();
  final Stubs.Failing failing = new Stubs.Failing();
  final Simulation sim;
  final InMemoryLeaseStore leases;

  ClaimedRunsFixture() {
    InMemoryLeaseStore[] made = {null};
    sim =
        new Simulation(
            RunPolicy.builder().maxAttempts(20).pauseLaneAfter(3, Duration.ofHours(24)).build(),
            runs,
            (world, builder) -> {
              made[0] = new InMemoryLeaseStore(world.time());
              return builder
                  .leases(Stubs.before(LeaseStore.class, made[0], failing))
                  .lanes(state, (lane, episode, why) -> remediations.add(lane + " " + episode));
            });
    leases = made[0];
  }

  RunOutcome outcome(CompletableFuture<RunOutcome> future) {
    sim.world.runUntilIdle(Simulation.HORIZON);
    return future.getNow(null);
  }

  RunOutcome run(WorkerScript script) {
    return outcome(sim.supervisor.run(Work.of("lane", "item"), sim.worker(script)));
  }

  static RunOutcome.Refused refused(RunOutcome outcome) {
    assertThat(outcome).isInstanceOf(RunOutcome.Refused.class);
    return (RunOutcome.Refused) outcome;
  }

  static ClaimRequest foreign(Duration ttl) {
    return new ClaimRequest("somebody else", ttl, 20, Duration.ofHours(1));
  }

  ItemView item() {
    return leases.find(KEY).orElseThrow();
  }
}
