package dev.reliability.ops.cli;

import dev.reliability.core.store.StateStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A store of documents to which nothing is written: whoever writes is told that it was. */
record Unwritten(StateStore inner) implements StateStore {
  @Override
  public Optional<Doc> read(String name) {
    return inner.read(name);
  }

  @Override
  public boolean write(String name, long expected, Map<String, String> values) {
    return true;
  }

  @Override
  public boolean remove(String name, long expected) {
    return true;
  }

  @Override
  public List<String> names(String prefix) {
    return inner.names(prefix);
  }
}
