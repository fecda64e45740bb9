package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.store.Linearizability.Call;
import dev.reliability.testkit.world.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The stores in memory, asked by several threads at once, answer as naive ones do that are asked by
 * one thread, in some order that fits. Time stands still.
 */
class LinearizabilityTest {
  private static final int ROUNDS = 10_000;
  private static final Duration LONG = Duration.ofHours(1);
  private static final Instant NOW = FakeClock.DEFAULT_START;
  private static final ClaimRequest REQUEST = new ClaimRequest("holder", LONG, 3, LONG);
  private static final List<ItemKey> KEYS =
      List.of(
          new ItemKey("lane-0", "one"), new ItemKey("lane-0", "two"), new ItemKey("lane-1", "one"));

  // ---- leases: two lanes, three items ----

  private static Call<LeaseStore> leaseCall(Random random) {
    ItemKey key = KEYS.get(random.nextInt(KEYS.size()));
    long token = 1 + random.nextInt(4);
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> store -> store.claim(key, REQUEST);
      case 3 -> store -> store.renew(key, token, LONG);
      case 4 -> store -> store.release(key, token);
      case 5 -> store -> store.complete(key, token, null);
      case 6 -> store -> store.pauseLane(key.lane(), null, "somebody", "why");
      case 7 -> store -> store.resumeLane(key.lane(), null, "somebody", "because", null);
      default -> store -> store.claimQueued(key.lane(), 2, REQUEST);
    };
  }

  private static String leases(Supplier<LeaseStore> store) {
    return Linearizability.violation(
        store, () -> new NaiveLeaseStore(() -> NOW), LinearizabilityTest::leaseCall, ROUNDS);
  }

  @Test
  void leasesInMemoryAreLinearizable() {
    assertThat(leases(() -> new InMemoryLeaseStore(FakeClock.create()))).isNull();
  }

  @Test
  void claimsInTwoStepsAreFound() {
    assertThat(leases(TwoStepLeases::new)).isNotNull();
    assertThat(leases(() -> new NaiveLeaseStore(() -> NOW))).isNull();
  }

  /** Looks in one step and grants in another. */
  private static final class TwoStepLeases extends NaiveLeaseStore {
    TwoStepLeases() {
      super(() -> NOW);
    }

    @Override
    public Claim claim(ItemKey key, ClaimRequest request) {
      Claim refusal;
      synchronized (this) {
        refusal = refusalOfLane(key);
        refusal = refusal == null ? refusalOfItem(key, request) : refusal;
      }
      if (refusal != null) {
        return refusal;
      }
      Thread.yield();
      synchronized (this) {
        return new Claim.Granted(granted(key, request));
      }
    }
  }

  // ---- runs ----

  private static Call<RunStore> runCall(Random random) {
    String id = "run-" + random.nextInt(2);
    RunRecord queued = RunRecord.queued(id, "lane", "item", "owner", NOW);
    RunRecord running = queued.running("worker " + random.nextInt(3), NOW);
    RunState from = random.nextBoolean() ? RunState.QUEUED : RunState.RUNNING;
    RunState to = random.nextBoolean() ? RunState.DONE : RunState.FAILED;
    return switch (random.nextInt(5)) {
      case 0 -> store -> store.create(queued);
      case 1, 2 -> store -> words(store.transition(from, running));
      case 3 ->
          store -> words(store.transition(from, running.ended(to, EndReason.COMPLETED, null, NOW)));
      default -> store -> store.find(id);
    };
  }

  /** What each store may say in words of its own is left out. */
  private static Object words(RunStore.Transition answer) {
    return answer instanceof RunStore.Conflict conflict ? conflict.actual() : answer;
  }

  private static String runs(Supplier<RunStore> store) {
    return Linearizability.violation(
        store, BrokenRunStores.Plain::new, LinearizabilityTest::runCall, ROUNDS);
  }

  @Test
  void runsInMemoryAreLinearizable() {
    assertThat(runs(InMemoryRunStore::new)).isNull();
  }

  @Test
  void transitionsInTwoStepsAreFound() {
    assertThat(runs(TwoStepRuns::new)).isNotNull();
    assertThat(runs(BrokenRunStores.Plain::new)).isNull();
  }

  /** Looks in one step and replaces in another. */
  private static final class TwoStepRuns extends BrokenRunStores.Plain {
    @Override
    public Transition transition(RunState expected, RunRecord next) {
      Transition refusal;
      synchronized (this) {
        refusal = refusal(expected, next);
      }
      if (refusal != null) {
        return refusal;
      }
      Thread.yield();
      synchronized (this) {
        return replaced(next);
      }
    }
  }

  // ---- documents ----

  private static Call<StateStore> documentCall(Random random) {
    String name = "doc-" + random.nextInt(2);
    long version = random.nextInt(3);
    Map<String, String> values = Map.of("key", "value " + random.nextInt(3));
    return switch (random.nextInt(4)) {
      case 0, 1 -> store -> store.write(name, version, values);
      case 2 -> store -> store.remove(name, version);
      default -> store -> store.read(name);
    };
  }

  private static String documents(Supplier<StateStore> store) {
    return Linearizability.violation(
        store, BrokenStateStores.Plain::new, LinearizabilityTest::documentCall, ROUNDS);
  }

  @Test
  void documentsInMemoryAreLinearizable() {
    assertThat(documents(InMemoryStateStore::new)).isNull();
  }

  @Test
  void writesInTwoStepsAreFound() {
    assertThat(documents(TwoStepDocuments::new)).isNotNull();
    assertThat(documents(BrokenStateStores.Plain::new)).isNull();
  }

  /** Looks in one step and writes in another. */
  private static final class TwoStepDocuments extends BrokenStateStores.Plain {
    @Override
    public boolean write(String name, long expected, Map<String, String> values) {
      synchronized (this) {
        if (!isAt(name, expected)) {
          return false;
        }
      }
      Thread.yield();
      synchronized (this) {
        docs.put(name, new Doc(name, next(name), values));
        return true;
      }
    }
  }
}
