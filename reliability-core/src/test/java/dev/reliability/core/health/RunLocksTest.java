package dev.reliability.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.runtime.TimeSource;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Nothing vanishes from the view of run locks (requirements M1 to M3). */
class RunLocksTest {
  private static final ItemKey KEY = new ItemKey("lane", "item");

  private long nanos;
  private final InMemoryLeaseStore store =
      new InMemoryLeaseStore(
          new TimeSource() {
            @Override
            public Instant wall() {
              return Instant.EPOCH.plusNanos(nanos);
            }

            @Override
            public long nanos() {
              return nanos;
            }
          });
  private final RunLocks locks = new RunLocks(store);

  private Lease claim(ItemKey key) {
    Claim claim =
        store.claim(
            key, new ClaimRequest("holder", Duration.ofSeconds(60), 3, Duration.ofSeconds(90)));
    return ((Claim.Granted) claim).lease();
  }

  private void pass(long seconds) {
    nanos += Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void aLockRunsThenIsOverItsBudgetThenOrphanedAndStaysThere() {
    assertThat(locks.locks()).isEmpty();
    Lease lease = claim(KEY);
    pass(50);
    RunLock running = locks.locks().get(0);
    assertThat(running.state()).isEqualTo(RunLock.State.RUNNING);
    assertThat(running.elapsedMs()).isEqualTo(50_000);
    assertThat(running.budgetMs()).isEqualTo(90_000);
    assertThat(running.overBudget()).isFalse();
    assertThat(running.holder()).isEqualTo("holder");
    store.renew(KEY, lease.token(), Duration.ofSeconds(60));
    pass(41);
    RunLock over = locks.locks().get(0);
    assertThat(over.state()).isEqualTo(RunLock.State.OVER_BUDGET);
    assertThat(over.overBudget()).isTrue();
    assertThat(over.lastRenewal()).isEqualTo(Instant.EPOCH.plusSeconds(50));
    pass(10_000_000);
    RunLock orphaned = locks.locks().get(0);
    assertThat(orphaned.state()).isEqualTo(RunLock.State.ORPHANED);
    assertThat(orphaned.state().wireName()).isEqualTo("orphaned");
    store.complete(KEY, lease.token(), null);
    assertThat(locks.locks()).isEmpty();
  }

  @Test
  void theLongestHeldComesFirstAndThoseOfAPausedLaneAreMarked() {
    claim(KEY);
    pass(5);
    claim(new ItemKey("other", "item"));
    store.pauseLane("lane", null, "maria", "deploying");
    assertThat(locks.locks())
        .extracting(lock -> lock.key().lane())
        .containsExactly("lane", "other");
    assertThat(locks.locks()).extracting(RunLock::lanePaused).containsExactly(true, false);
  }
}
