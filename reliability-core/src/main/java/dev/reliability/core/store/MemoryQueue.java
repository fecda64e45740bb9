package dev.reliability.core.store;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The items of a lane that can be handed out, in the order of their places: a ring with gaps where
 * an item was claimed, and beside it the few that came back to a place that they had before. To
 * come and to be claimed cost the same however many there are. Guarded by the lane's lock.
 */
final class MemoryQueue implements Iterable<MemoryItem> {
  private @Nullable MemoryItem[] ring = new MemoryItem[8]; // its length is a power of two
  private long head;
  private long tail;
  private int size; // of the ring, without gaps
  private long places = MemoryItem.NONE;
  private final TreeMap<Long, MemoryItem> back = new TreeMap<>();

  /** Puts an item at the end. */
  void add(MemoryItem item) {
    if (tail - head == ring.length) {
      closeGaps();
    }
    reserve(item);
    item.position = tail++;
    ring[slot(item.position)] = item;
    size++;
  }

  /** Keeps a place at the end for an item that is not here now but may come back one day. */
  void reserve(MemoryItem item) {
    item.place = ++places;
  }

  /** Puts an item back to the place that it had before. */
  void putBack(MemoryItem item) {
    back.put(item.place, item);
  }

  /** Takes an item out, if it is here; it keeps its place. */
  void remove(MemoryItem item) {
    long at = item.position;
    if (at >= head && at < tail && ring[slot(at)] == item) {
      ring[slot(at)] = null;
      size--;
      while (head < tail && ring[slot(head)] == null) {
        head++;
      }
    } else if (!back.isEmpty()) {
      back.remove(item.place, item);
    }
  }

  /** In their order. Nothing may be added or removed meanwhile. */
  @Override
  public Iterator<MemoryItem> iterator() {
    Iterator<MemoryItem> early = back.values().iterator();
    return new Iterator<>() {
      private @Nullable MemoryItem before = early.hasNext() ? early.next() : null;
      private @Nullable MemoryItem inRing = next(head);

      private @Nullable MemoryItem next(long from) {
        for (long at = from; at < tail; at++) {
          MemoryItem item = ring[slot(at)];
          if (item != null) {
            return item;
          }
        }
        return null;
      }

      @Override
      public boolean hasNext() {
        return before != null || inRing != null;
      }

      @Override
      public MemoryItem next() {
        MemoryItem one = before;
        MemoryItem other = inRing;
        if (one != null && (other == null || one.place < other.place)) {
          before = early.hasNext() ? early.next() : null;
          return one;
        }
        if (other == null) {
          throw new NoSuchElementException();
        }
        inRing = next(other.position + 1);
        return other;
      }
    };
  }

  /** Makes room for more: in a larger ring, if closing the gaps would not free half of this one. */
  private void closeGaps() {
    @Nullable MemoryItem[] old = ring;
    ring = new MemoryItem[size > old.length / 2 ? 2 * old.length : old.length];
    int count = 0;
    for (long at = head; at < tail; at++) {
      MemoryItem item = old[(int) (at & (old.length - 1))];
      if (item != null) {
        item.position = count;
        ring[count++] = item;
      }
    }
    head = 0;
    tail = count;
  }

  private int slot(long position) {
    return (int) (position & (ring.length - 1));
  }
}
