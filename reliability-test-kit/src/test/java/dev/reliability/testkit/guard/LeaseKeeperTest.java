package dev.reliability.testkit.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.guard.LeaseKeeper;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A lease is renewed in time, and its holder is told of its loss before anybody else can have it.
 */
class LeaseKeeperTest {
  private static final ItemKey KEY = new ItemKey("lane", "item");
  private static final Duration TTL = Duration.ofSeconds(60);

  private final World world = World.create(3);
  private final InMemoryLeaseStore store = new InMemoryLeaseStore(world.time());
  private final List<String> lost = new ArrayList<>();
  private final AtomicInteger renewals = new AtomicInteger();
  private @Nullable Supplier<RuntimeException> failing;

  private Lease claim(String holder) {
    return store
        .claim(KEY, new ClaimRequest(holder, TTL, 9, Duration.ofHours(1)))
        .fold(Claim.Granted::lease, no -> fail(no), no -> fail(no), no -> fail(no), no -> fail(no));
  }

  private static Lease fail(Claim claim) {
    throw new AssertionError("not granted: " + claim);
  }

  private LeaseKeeper keep(Lease lease) {
    return LeaseKeeper.keep(
        world, flaky(), lease, TTL, world.time().nanos(), why -> lost.add(why + at()));
  }

  private String at() {
    return " at " + world.elapsed().toSeconds();
  }

  /** The store, whose renewals can be made to fail. */
  private LeaseStore flaky() {
    return Stubs.before(
        LeaseStore.class,
        store,
        method -> {
          if (method.equals("renew")) {
            renewals.incrementAndGet();
            if (failing != null) {
              throw failing.get();
            }
          }
        });
  }

  @Test
  void itRenewsEveryThirdOfTheTimeForAsLongAsItIsOpen() {
    LeaseKeeper keeper = keep(claim("a"));
    world.advance(Duration.ofHours(1));
    assertThat(lost).isEmpty();
    assertThat(renewals.get()).isBetween(170, 185);
    keeper.close();
    world.advance(Duration.ofHours(1));
    assertThat(lost).isEmpty();
    assertThat(renewals.get()).isBetween(170, 185);
    assertThat(store.renew(KEY, 1, TTL)).isInstanceOf(Renewal.Lost.class);
  }

  @Test
  void failuresInsideATickDoNotEndIt() {
    keep(claim("a"));
    failing = () -> new IllegalStateException("the database is away");
    world.advance(Duration.ofSeconds(50));
    failing = null;
    world.advance(Duration.ofMinutes(10));
    assertThat(lost).isEmpty();
  }

  @Test
  void theHolderIsToldBeforeAnybodyElseCanHaveTheItem() {
    keep(claim("a"));
    failing = () -> new IllegalStateException("the database is away");
    world.advance(Duration.ofSeconds(53));
    assertThat(lost).isEmpty();
    world.advance(Duration.ofSeconds(1));
    assertThat(lost).containsExactly("not_renewed at 54");
    world.advance(Duration.ofHours(1));
    assertThat(lost).hasSize(1);
  }

  @Test
  void theHolderIsToldWhatTheStoreSays() {
    Lease lease = claim("a");
    world.advance(TTL);
    claim("b"); // a was not kept meanwhile
    keep(lease);
    world.advance(Duration.ofSeconds(20));
    assertThat(lost).containsExactly("superseded at 80");
  }

  @Test
  void anItemThatItsHolderCompletedIsNotLost() {
    Lease lease = claim("a");
    LeaseKeeper keeper = keep(lease);
    world.advance(Duration.ofSeconds(5));
    store.complete(KEY, lease.token(), null); // as a host does in its own transaction
    world.advance(Duration.ofHours(1));
    assertThat(lost).isEmpty();
    assertThat(renewals.get()).isEqualTo(1);
    assertThat(keeper.deadlineNanos()).isEqualTo(LeaseKeeper.NO_DEADLINE);
  }

  @Test
  void afterASuspendItAsksTheStoreBeforeItTrustsTheLeaseAnyLonger() {
    Lease lease = claim("a");
    keep(lease);
    world.advance(Duration.ofSeconds(2));
    assertThat(renewals.get()).isZero();
    world.suspend(Duration.ofHours(9));
    store.release(KEY, lease.token()); // as the store's own clock would have made of it
    world.advance(Duration.ofSeconds(1));
    assertThat(lost).hasSize(1).allMatch(why -> why.startsWith("released"));
  }

  @Test
  void itLooksAtOnceIfItIsAskedTo() {
    Lease lease = claim("a");
    LeaseKeeper keeper = keep(lease);
    world.advance(Duration.ofSeconds(1));
    store.release(KEY, lease.token());
    keeper.verify();
    world.advance(Duration.ZERO);
    assertThat(lost).containsExactly("released at 1");
  }
}
