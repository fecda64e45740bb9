package dev.reliability.core.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An item of a {@link MemoryLane}. Times are nanoseconds since the store was made.
 *
 * <p>What changes with every claim is no reference, and references are replaced only by others: the
 * collector has nothing to do for a claim then, however old the item is.
 */
final class MemoryItem {
  static final long NONE = 0;

  final ItemKey key;
  final @Nullable String payload;
  final long enqueued;
  private boolean isLeased;
  private boolean isDone;
  long token = NONE;
  @Nullable String holder;
  int attempts;
  long claimed;
  long renewed;
  long until;
  @Nullable Duration budget;
  long done;
  @Nullable String result;

  /** Its number in the queue; kept while it is leased. Changed by {@link MemoryQueue} alone. */
  long place = NONE;

  /** Where the queue has it, if it has it. Changed by {@link MemoryQueue} alone. */
  long position;

  /** Where the heap of leases has it, or -1. Changed by {@link MemoryLeases} alone. */
  int index = -1;

  MemoryItem(ItemKey key, @Nullable String payload, long now) {
    this.key = key;
    this.payload = payload;
    this.enqueued = now;
  }

  ItemView.State state() {
    if (isDone) {
      return ItemView.State.DONE;
    }
    return isLeased ? ItemView.State.LEASED : ItemView.State.QUEUED;
  }

  boolean is(ItemView.State other) {
    return state() == other;
  }

  void become(ItemView.State next) {
    isLeased = next == ItemView.State.LEASED;
    isDone = next == ItemView.State.DONE;
  }

  void claimedOn(ClaimRequest terms) {
    if (!terms.holder().equals(holder)) {
      holder = terms.holder();
    }
    if (!terms.budget().equals(budget)) {
      budget = terms.budget();
    }
  }
}
