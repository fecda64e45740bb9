package dev.reliability.core.store;

import dev.reliability.core.event.RunState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Runs in memory: lost with the process. Thread-safe. */
public final class InMemoryRunStore implements RunStore {
  private final ConcurrentHashMap<String, RunRecord> runs = new ConcurrentHashMap<>();

  /** An empty store. */
  public InMemoryRunStore() {}

  @Override
  public boolean create(RunRecord record) {
    if (record.state() != RunState.QUEUED) {
      throw new IllegalArgumentException(
          "record.state: expected queued, got "
              + record.state().wireName()
              + " for run "
              + record.id());
    }
    return runs.putIfAbsent(record.id(), record) == null;
  }

  @Override
  public Transition transition(RunState expected, RunRecord next) {
    while (true) {
      RunRecord actual = runs.get(next.id());
      if (actual == null) {
        return new NotFound(next.id());
      }
      if (actual.state() != expected) {
        return new Conflict(
            actual,
            "expected " + expected.wireName() + ", but the run is " + actual.state().wireName());
      }
      if (RunLifecycle.step(expected, next.state()) instanceof RunLifecycle.Rejected rejected) {
        return new Conflict(actual, rejected.why());
      }
      if (runs.replace(next.id(), actual, next)) {
        return new Applied(next);
      }
    }
  }

  @Override
  public Optional<RunRecord> find(String id) {
    return Optional.ofNullable(runs.get(StoredText.checkedName("run", id)));
  }

  @Override
  public List<RunRecord> findByState(Set<RunState> states, int limit) {
    return runs.values().stream()
        .filter(run -> states.contains(run.state()))
        .sorted(Comparator.comparing(RunRecord::createdAt).thenComparing(RunRecord::id))
        .limit(limit)
        .toList();
  }

  @Override
  public int purge(Instant before) {
    int[] purged = {0};
    runs.forEach(
        (id, run) -> {
          Instant endedAt = run.endedAt();
          if (endedAt != null && endedAt.isBefore(before) && runs.remove(id, run)) {
            purged[0]++;
          }
        });
    return purged[0];
  }
}
