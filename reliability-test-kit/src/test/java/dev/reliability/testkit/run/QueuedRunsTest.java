package dev.reliability.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.run.Job;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Runs of queued items, which are claimed in one step. */
class QueuedRunsTest extends ClaimedRunsFixture {
  @Test
  void queuedItemsAreClaimedInOneStepAndRun() {
    for (int i = 0; i < 5; i++) {
      leases.enqueue(new ItemKey("lane", "item-" + i), "payload " + i);
    }
    List<String> payloads = new ArrayList<>();
    CompletableFuture<List<RunHandle>> handles =
        sim.supervisor.runQueued(
            "lane",
            3,
            lease -> {
              payloads.add(lease.payload());
              return new Job(Work.of("lane", lease.key().item()), sim.worker(WORKS));
            });
    sim.world.runUntilIdle(Simulation.HORIZON);
    assertThat(handles.getNow(null)).hasSize(3);
    assertThat(payloads).containsExactly("payload 0", "payload 1", "payload 2");
    assertThat(leases.items(ItemView.State.DONE, "lane", 9)).hasSize(3);
    assertThat(leases.items(ItemView.State.QUEUED, "lane", 9)).hasSize(2);
  }

  @Test
  void aJobThatCannotBeMadeGivesItsItemBackAndTheOthersRun() {
    leases.enqueue(new ItemKey("lane", "bad"), null);
    leases.enqueue(new ItemKey("lane", "wrong"), null);
    leases.enqueue(new ItemKey("lane", "good"), null);
    sim.supervisor.runQueued(
        "lane",
        9,
        lease -> {
          if (lease.key().item().equals("bad")) {
            throw new IllegalStateException("no job for this");
          }
          return new Job(Work.of("lane", "good"), sim.worker(WORKS));
        });
    sim.world.runUntilIdle(Simulation.HORIZON);
    assertThat(leases.items(ItemView.State.QUEUED, "lane", 9))
        .extracting(view -> view.key().item())
        .containsExactlyInAnyOrder("bad", "wrong");
    assertThat(leases.items(ItemView.State.DONE, "lane", 9)).hasSize(1);
  }

  @Test
  void whatACrashLeftIsTakenOnAgainWhenItsLeaseHasRunOut() {
    leases.enqueue(KEY, "payload");
    assertThat(leases.claimQueued("lane", 1, foreign(Duration.ofSeconds(60)))).hasSize(1);
    CompletableFuture<List<RunHandle>> tooEarly = queued();
    sim.world.advance(Duration.ofSeconds(59));
    assertThat(tooEarly.getNow(null)).isEmpty();
    sim.world.advance(Duration.ofSeconds(1));
    CompletableFuture<List<RunHandle>> now = queued();
    sim.world.runUntilIdle(Simulation.HORIZON);
    assertThat(now.getNow(null)).hasSize(1);
    assertThat(item().state()).isEqualTo(ItemView.State.DONE);
    assertThat(item().attempts()).isEqualTo(2);
  }

  private CompletableFuture<List<RunHandle>> queued() {
    return sim.supervisor.runQueued(
        "lane", 9, lease -> new Job(Work.of("lane", lease.key().item()), sim.worker(WORKS)));
  }

  @Test
  void anItemWhoseLastAttemptCameToNothingIsToldOnceAndShown() {
    leases.enqueue(KEY, null);
    for (int attempt = 1; attempt <= 25; attempt++) {
      leases.resumeLane("lane", null, "operator", "on with it", null);
      sim.supervisor.runQueued(
          "lane", 9, lease -> new Job(Work.of("lane", lease.key().item()), sim.worker(FAILS)));
      sim.world.runUntilIdle(Simulation.HORIZON);
    }
    assertThat(item().attempts()).isEqualTo(20);
    assertThat(sim.all(ItemEvent.AttemptsExhausted.class))
        .containsExactly(new ItemEvent.AttemptsExhausted(20));
    assertThat(leases.exhausted("lane", 20, 9)).containsExactly(item());
  }

  @Test
  void whatAKilledProcessLeftAtItsLastAttemptIsToldOnceBySomebodyWhoAsksForWork() {
    leases.enqueue(KEY, null);
    leftByOthers(20);
    leases.enqueue(new ItemKey("lane", "other"), null);
    for (int minute = 0; minute < 5; minute++) {
      queued();
      sim.world.advance(Duration.ofMinutes(1));
    }
    assertThat(sim.all(ItemEvent.AttemptsExhausted.class))
        .containsExactly(new ItemEvent.AttemptsExhausted(20));
    leftByOthers(21);
    queued();
    sim.world.advance(Duration.ofMinutes(1));
    assertThat(sim.all(ItemEvent.AttemptsExhausted.class))
        .containsExactly(new ItemEvent.AttemptsExhausted(20), new ItemEvent.AttemptsExhausted(21));
  }

  private void leftByOthers(int attempts) {
    ClaimRequest bold =
        new ClaimRequest("killed", Duration.ofSeconds(1), attempts, Duration.ofHours(1));
    while (leases.claim(KEY, bold) instanceof Claim.Granted) {
      sim.world.advance(Duration.ofSeconds(1));
    }
    assertThat(item().attempts()).isEqualTo(attempts);
  }

  @Test
  void aQueueWhoseSpentItemsCannotBeReadStillGivesItsWork() {
    leases.enqueue(KEY, null);
    failing.next("exhausted", 1);
    queued();
    sim.world.runUntilIdle(Simulation.HORIZON);
    assertThat(item().state()).isEqualTo(ItemView.State.DONE);
  }

  @Test
  void aQueueThatCannotBeReadFailsTheFuture() {
    failing.next("claimQueued", 1);
    CompletableFuture<List<RunHandle>> handles = queued();
    sim.world.runUntilIdle(Simulation.HORIZON);
    assertThatThrownBy(handles::join)
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("the database is away");
    RunSupervisor without = RunSupervisor.builder().runtime(World.create(1)).build();
    assertThatThrownBy(() -> without.runQueued("lane", 1, lease -> null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("leases");
  }
}
