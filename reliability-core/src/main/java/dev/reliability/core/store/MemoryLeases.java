package dev.reliability.core.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The leased items of a lane, the one whose lease ends first on top: a heap whose items know their
 * place in it. A lease that ends last, as a new one mostly does, costs the same however many there
 * are. Guarded by the lane's lock.
 */
final class MemoryLeases {
  private MemoryItem[] heap = new MemoryItem[8];
  private int size;

  /** Takes in an item that is not in here. */
  void add(MemoryItem item) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    put(size++, item);
    rise(item);
  }

  /** Forgets an item; nothing happens if it is not in here. */
  void remove(MemoryItem item) {
    int hole = item.index;
    if (hole < 0) {
      return;
    }
    item.index = -1;
    MemoryItem last = heap[--size];
    clear(size);
    if (last != item) {
      put(hole, last);
      rise(last);
      sink(last);
    }
  }

  /** The end of this item's lease has moved. */
  void moved(MemoryItem item) {
    rise(item);
    sink(item);
  }

  /** Takes out an item whose lease has ended; null if there is none. */
  @Nullable MemoryItem pollEnded(long now) {
    if (size == 0 || now < heap[0].until) {
      return null;
    }
    MemoryItem first = heap[0];
    remove(first);
    return first;
  }

  private void rise(MemoryItem item) {
    int at = item.index;
    while (at > 0 && heap[(at - 1) / 2].until > item.until) {
      put(at, heap[(at - 1) / 2]);
      at = (at - 1) / 2;
    }
    settle(at, item);
  }

  private void sink(MemoryItem item) {
    int at = item.index;
    while (true) {
      int child = 2 * at + 1;
      if (child + 1 < size && heap[child + 1].until < heap[child].until) {
        child++;
      }
      if (child >= size || heap[child].until >= item.until) {
        break;
      }
      put(at, heap[child]);
      at = child;
    }
    settle(at, item);
  }

  private void settle(int at, MemoryItem item) {
    if (at != item.index) {
      put(at, item);
    }
  }

  private void put(int at, MemoryItem item) {
    heap[at] = item;
    item.index = at;
  }

  @SuppressWarnings("NullAway") // nobody looks beyond the size
  private void clear(int at) {
    heap[at] = null;
  }
}
