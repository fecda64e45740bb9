package dev.reliability.core.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An item of a {@link MemoryLane}. Times are nanoseconds since the store was made. */
final class MemoryItem {
  static final long NONE = 0;

  final ItemKey key;
  final @Nullable String payload;
  final long enqueued;
  ItemView.State state = ItemView.State.QUEUED;
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
}
