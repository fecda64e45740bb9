package dev.reliability.core.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Documents in memory: lost with the process. Thread-safe. */
public final class InMemoryStateStore implements StateStore {
  private final ConcurrentSkipListMap<String, Doc> docs = new ConcurrentSkipListMap<>();

  /** An empty store. */
  public InMemoryStateStore() {}

  @Override
  public Optional<Doc> read(String name) {
    return Optional.ofNullable(docs.get(StateStore.checkedName(name)));
  }

  @Override
  public boolean write(String name, long expected, Map<String, String> values) {
    Doc next = new Doc(StateStore.checkedName(name), expected + 1, values);
    if (expected == NEW) {
      return docs.putIfAbsent(name, next) == null;
    }
    Doc before = docs.get(name);
    return before != null && before.version() == expected && docs.replace(name, before, next);
  }

  @Override
  public boolean remove(String name, long expected) {
    Doc before = docs.get(StateStore.checkedName(name));
    return before != null && before.version() == expected && docs.remove(name, before);
  }

  @Override
  public List<String> names(String prefix) {
    return docs.tailMap(prefix, true).keySet().stream()
        .takeWhile(name -> name.startsWith(prefix))
        .toList();
  }
}
