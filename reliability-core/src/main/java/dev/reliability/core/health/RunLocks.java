package dev.reliability.core.health;

import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.LeaseStore;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who works on what (requirements M1 to M3). Nothing vanishes from this view: what nobody renews
 * any more is shown as orphaned until somebody takes it on, completes it or gives it back.
 * Thread-safe; blocks as long as the store does, and changes nothing.
 */
public final class RunLocks {
  private final LeaseStore store;

  /** A view of {@code store}. */
  public RunLocks(LeaseStore store) {
    this.store = Objects.requireNonNull(store, "store");
  }

  /** All locks as they stand now, by the store's clock, longest held first. */
  public List<RunLock> locks() {
    return locks(store.now());
  }

  /** The same as they stand at {@code now}, for a report that is to come out the same again. */
  public List<RunLock> locks(Instant now) {
    Set<String> paused =
        store.lanes().stream()
            .filter(LaneView::paused)
            .map(LaneView::lane)
            .collect(Collectors.toSet());
    return store.items(ItemView.State.LEASED, null, Integer.MAX_VALUE).stream()
        .map(item -> RunLock.of(item, paused.contains(item.key().lane()), now))
        .toList();
  }
}
