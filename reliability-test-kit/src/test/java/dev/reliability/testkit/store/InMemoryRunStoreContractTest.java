package dev.reliability.testkit.store;

import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.RunStore;

/** The runs in memory keep the contract. */
class InMemoryRunStoreContractTest extends RunStoreContract {
  private final RunStore store = new InMemoryRunStore();

  @Override
  protected RunStore store() {
    return store;
  }
}
