package dev.reliability.testkit.store;

import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;

/** The documents in memory keep the contract. */
class InMemoryStateStoreContractTest extends StateStoreContract {
  private final StateStore store = new InMemoryStateStore();

  @Override
  protected StateStore store() {
    return store;
  }
}
