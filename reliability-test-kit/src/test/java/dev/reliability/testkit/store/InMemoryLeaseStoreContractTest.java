package dev.reliability.testkit.store;

import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.testkit.world.FakeClock;
import java.time.Duration;

/** The store in memory keeps the contract, to the nanosecond. */
class InMemoryLeaseStoreContractTest extends LeaseStoreContract {
  private final FakeClock clock = FakeClock.create();
  private final LeaseStore store = new InMemoryLeaseStore(clock);

  @Override
  protected LeaseStore store() {
    return store;
  }

  @Override
  protected void advance(Duration by) {
    clock.advance(by);
    clock.stepWall(Duration.ofHours(-1)); // nobody is to look at it
  }

  @Override
  protected Duration tick() {
    return Duration.ofNanos(1);
  }
}
