package dev.reliability.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link LeaseStore} must keep, whatever it keeps its leases in: extend it, hand over an
 * empty store for each test, and say how the store's own clock is moved.
 *
 * <pre>{@code
 * class MyLeaseStoreTest extends LeaseStoreContract {
 *   private final FakeClock clock = FakeClock.create();
 *   private final LeaseStore store = new MyLeaseStore(clock);
 *
 *   protected LeaseStore store() { return store; }
 *   protected void advance(Duration by) { clock.advance(by); }
 * }
 * }</pre>
 *
 * <p>A store that goes by the clock of a database replaces, for the tests, the expression that asks
 * for the time. The parts about one caller are inherited; here are those about many at once, with
 * real threads.
 */
public abstract non-sealed class LeaseStoreContract extends LeaseNameContract {
  private static final int CROWD = 8;
  private static final int OFTEN = 1_000_000;

  /** On purpose not atomic: only the lease keeps its increments apart. */
  private volatile int guarded;

  /** For subclasses. */
  protected LeaseStoreContract() {}

  /** Of all that want one item at once, one gets it, each time anew (requirement I2). */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void ofManyClaimsOfOneItemOneIsGranted() throws InterruptedException {
    for (int round = 0; round < 50; round++) {
      Queue<Claim> answers = new ConcurrentLinkedQueue<>();
      Crowd.allDo(
          CROWD, member -> answers.add(store().claim(key("hot"), by("worker-" + member, OFTEN))));
      List<Lease> granted =
          answers.stream()
              .filter(answer -> answer instanceof Claim.Granted)
              .map(LeaseContractBase::granted)
              .toList();
      assertEquals(1, granted.size(), () -> "granted: " + granted);
      Lease lease = granted.get(0);
      Claim duplicate = new Claim.Duplicate(lease.holder(), lease.until());
      assertEquals(CROWD - 1, answers.stream().filter(duplicate::equals).count());
      assertEquals(round + 1, lease.attempt());
      releasedNow(lease);
    }
  }

  /** Many items, claimed in batches by many at once: each exactly once. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void ofManyItemsEachIsClaimedOnce() throws InterruptedException {
    int items = manyItems();
    for (int i = 0; i < items; i++) {
      assertTrue(store().enqueue(key("item-" + i), null));
    }
    Queue<Lease> all = new ConcurrentLinkedQueue<>();
    Crowd.allDo(
        CROWD,
        member -> {
          while (true) {
            List<Lease> batch = store().claimQueued(LANE, 1 + member * 10, by("worker-" + member));
            if (batch.isEmpty()) {
              return;
            }
            all.addAll(batch);
            Crowd.rest();
          }
        });
    Set<ItemKey> keys = new HashSet<>();
    for (Lease lease : all) {
      assertTrue(keys.add(lease.key()), () -> lease.key() + " was claimed twice");
      assertEquals(1, lease.attempt());
    }
    // Who found nothing while others were at it may have left something behind.
    List<Lease> left = store().claimQueued(LANE, items, by("worker-9"));
    left.forEach(lease -> assertTrue(keys.add(lease.key()), () -> lease + " was claimed before"));
    assertEquals(items, keys.size());
  }

  /** A counter that is nobody's but the holder's loses no update. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void aLeaseKeepsHoldersApart() throws InterruptedException {
    int each = 50;
    Crowd.allDo(
        4,
        member -> {
          for (int i = 0; i < each; ) {
            if (store().claim(key("counter"), by("worker-" + member, OFTEN))
                instanceof Claim.Granted won) {
              int seen = guarded;
              Crowd.rest();
              guarded = seen + 1;
              assertTrue(store().release(key("counter"), won.lease().token()).isHeld());
              i++;
            }
            Crowd.rest();
          }
        });
    assertEquals(4 * each, guarded);
  }

  /** Once {@code pauseLane} has returned, nothing of the lane is claimed any more. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void nothingIsClaimedOnceThePauseIsTold() throws InterruptedException {
    for (int round = 0; round < 10; round++) {
      String lane = "lane-" + round;
      AtomicInteger asked = new AtomicInteger();
      AtomicInteger granted = new AtomicInteger();
      AtomicBoolean over = new AtomicBoolean();
      Crowd crowd =
          Crowd.start(
              4,
              member -> {
                while (!over.get()) {
                  ItemKey key = new ItemKey(lane, "item-" + asked.incrementAndGet());
                  if (store().claim(key, by("worker-" + member)) instanceof Claim.Granted) {
                    granted.incrementAndGet();
                  }
                  Crowd.rest();
                }
              });
      try {
        crowd.until(() -> granted.get() >= 10);
        store().pauseLane(lane, null, "operator", "why");
        Set<ItemKey> told = leased(lane);
        int before = asked.get();
        crowd.until(() -> asked.get() >= before + 10);
        over.set(true);
        crowd.join();
        assertEquals(told, leased(lane), "items that were claimed");
      } finally {
        over.set(true);
      }
    }
  }

  private Set<ItemKey> leased(String lane) {
    return store().items(ItemView.State.LEASED, lane, Integer.MAX_VALUE).stream()
        .map(ItemView::key)
        .collect(Collectors.toSet());
  }

  /** Of all that want to be the trial, one is. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void ofManyClaimsOnTrialOneIsGranted() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      pausedNow("why");
      store().resumeLane(LANE, null, "operator", "try one", Duration.ofMinutes(1));
      Queue<Lease> granted = new ConcurrentLinkedQueue<>();
      String prefix = "round-" + round + "-";
      Crowd.allDo(
          CROWD,
          member -> {
            if (store().claim(key(prefix + member), by("worker-" + member))
                instanceof Claim.Granted won) {
              granted.add(won.lease());
            }
          });
      assertEquals(1, granted.size(), () -> "granted: " + granted);
      completed(granted.element(), null);
      assertEquals(round + 1, lane().episode());
    }
  }

  /** Of many completions of one lease one is accepted, and the others are duplicates. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void ofManyCompletionsOneIsAccepted() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      Lease lease = claimed(key("item-" + round), "worker-1");
      Queue<Completion> answers = new ConcurrentLinkedQueue<>();
      Crowd.allDo(
          CROWD, member -> answers.add(store().complete(lease.key(), lease.token(), "r" + member)));
      Completion duplicate = new Completion.Duplicate(now());
      assertEquals(CROWD - 1, answers.stream().filter(duplicate::equals).count());
      answers.removeIf(duplicate::equals);
      assertInstanceOf(Completion.Accepted.class, answers.element());
    }
  }

  /** Of many that make one item known, one did. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void ofManyEnqueuesOneIsTheFirst() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      ItemKey key = key("item-" + round);
      Queue<String> first = new ConcurrentLinkedQueue<>();
      Crowd.allDo(
          CROWD,
          member -> {
            if (store().enqueue(key, "payload of " + member)) {
              first.add("payload of " + member);
            }
          });
      assertEquals(1, first.size(), () -> "enqueued: " + first);
      assertEquals(first.element(), item(key).payload());
    }
  }

  /** Of many that pause and resume at once each is told a lane that was so; no episode is lost. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void ofManyPausesOneIsTheReason() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      Queue<LaneView> told = new ConcurrentLinkedQueue<>();
      long episode = round;
      Crowd.allDo(
          CROWD,
          member -> told.add(store().pauseLane(LANE, episode, "worker-" + member, "r" + member)));
      LaneView paused = lane();
      assertTrue(paused.paused());
      assertEquals(Set.of(paused), Set.copyOf(told), "all are told the same pause");
      told.clear();
      Crowd.allDo(
          CROWD,
          member -> told.add(store().resumeLane(LANE, null, "worker-" + member, "fixed", null)));
      assertEquals(episode + 1, lane().episode());
      assertEquals(Set.of(lane()), Set.copyOf(told), "all are told the same resume");
    }
  }
}
