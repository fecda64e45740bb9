package dev.reliability.core.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;

/** Documents in memory: lost with the process. Thread-safe. */
public final class InMemoryStateStore implements StateStore {
  private final ConcurrentSkipListMap<String, Doc> docs = new ConcurrentSkipListMap<>();
  private final ReentrantLock comingAndGoing = new ReentrantLock(); // and for what follows
  private long removed; // the greatest version of a document that was removed

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
      comingAndGoing.lock();
      try {
        return docs.putIfAbsent(name, new Doc(name, removed + 1, next.values())) == null;
      } finally {
        comingAndGoing.unlock();
      }
    }
    Doc before = docs.get(name);
    return before != null && before.version() == expected && docs.replace(name, before, next);
  }

  @Override
  public boolean remove(String name, long expected) {
    StateStore.checkedName(name);
    comingAndGoing.lock();
    try {
      Doc before = docs.get(name);
      if (before == null || before.version() != expected || !docs.remove(name, before)) {
        return false;
      }
      removed = Math.max(removed, expected);
      return true;
    } finally {
      comingAndGoing.unlock();
    }
  }

  @Override
  public List<String> names(String prefix) {
    return docs.tailMap(prefix, true).keySet().stream()
        .takeWhile(name -> name.startsWith(prefix))
        .toList();
  }
}
