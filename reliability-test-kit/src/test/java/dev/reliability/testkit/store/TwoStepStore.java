package dev.reliability.testkit.store;

import dev.reliability.core.store.StateStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is wrong with an adapter for documents that takes two steps to write one. */
final class TwoStepStore implements StateStore {
  private final StateStore store;

  TwoStepStore(StateStore store) {
    this.store = store;
  }

  @Override
  public Optional<Doc> read(String name) {
    return store.read(name);
  }

  @Override
  public boolean write(String name, long expected, Map<String, String> values) {
    if (expected != NEW && !store.remove(name, expected)) {
      return false;
    }
    return store.write(name, NEW, values);
  }

  @Override
  public boolean remove(String name, long expected) {
    return store.remove(name, expected);
  }

  @Override
  public List<String> names(String prefix) {
    return store.names(prefix);
  }
}
