package dev.reliability.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a subclass of {@link LeaseStoreContract} says, and the words in which its parts are told.
 */
public abstract sealed class LeaseContractBase permits LeaseClaimContract {
  static final String LANE = "andy-developer";
  static final Duration TTL = Duration.ofMinutes(1);
  static final Duration BUDGET = Duration.ofMinutes(30);
  static final int ATTEMPTS = 3;

  LeaseContractBase() {}

  /** The store: the same one for the whole of a test, empty when the test begins. */
  protected abstract LeaseStore store();

  /**
   * Moves <em>the store's own clock</em> by exactly {@code by}, which is a multiple of {@link
   * #tick()} and never negative. The clock stands still otherwise.
   */
  protected abstract void advance(Duration by);

  /** The smallest step of time that the store can tell. 1 ms by default. */
  protected Duration tick() {
    return Duration.ofMillis(1);
  }

  /** How many items make a crowd of them. 10,000 by default. */
  protected int manyItems() {
    return 10_000;
  }

  // ---- words ----

  static ItemKey key(String item) {
    return new ItemKey(LANE, item);
  }

  static ClaimRequest by(String holder) {
    return by(holder, ATTEMPTS);
  }

  static ClaimRequest by(String holder, int attempts) {
    return new ClaimRequest(holder, TTL, attempts, BUDGET);
  }

  final Instant now() {
    return store().now();
  }

  final Lease claimed(ItemKey key, String holder) {
    return granted(store().claim(key, by(holder)));
  }

  static Lease granted(Claim claim) {
    return assertInstanceOf(Claim.Granted.class, claim).lease();
  }

  final List<String> claimQueued(int limit, String holder) {
    return items(store().claimQueued(LANE, limit, by(holder)));
  }

  static List<String> items(List<Lease> leases) {
    return leases.stream().map(lease -> lease.key().item()).toList();
  }

  final void enqueued(String... items) {
    for (String item : items) {
      assertEquals(true, store().enqueue(key(item), null), () -> "enqueue " + item);
      advance(tick());
    }
  }

  final void completed(Lease lease, @Nullable String result) {
    Completion answer = store().complete(lease.key(), lease.token(), result);
    assertInstanceOf(Completion.Accepted.class, answer);
  }

  final void releasedNow(Lease lease) {
    assertEquals(new Renewal.Held(now()), store().release(lease.key(), lease.token()));
  }

  final void pausedNow(String reason) {
    LaneView lane = store().pauseLane(LANE, null, "operator", reason);
    assertEquals(true, lane.paused(), () -> lane.toString());
  }

  final ItemView item(ItemKey key) {
    return store().find(key).orElseThrow(() -> new AssertionError("the store forgot " + key));
  }

  /** To the first instant at which it is lost. */
  final void toTheEndOf(Lease lease) {
    advance(Duration.between(now(), lease.until()));
    assertEquals(lease.until(), now(), "the store's clock, moved to the end of a lease");
  }

  /** To the last instant at which it still holds. */
  final void toJustBeforeTheEndOf(Lease lease) {
    advance(Duration.between(now(), lease.until()).minus(tick()));
  }

  static void assertLost(String why, Renewal answer) {
    assertEquals(new Renewal.Lost(why), answer);
  }
}
