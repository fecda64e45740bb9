package dev.reliability.testkit.world;

import java.util.Arrays;

/**
 * Whose turn it is within one instant: the smallest key first.
 *
 * <p>The strands that have something due when the instant begins are sorted once, in linear time
 * because their keys are evenly spread; what becomes ready while the instant runs waits in a small
 * heap beside them. A key carries a slot in its lowest bits.
 */
final class ReadyQueue {
  static final long SLOT_MASK = Slots.MAX - 1;

  private static final int FEW = 24;
  private static final int KEY_BITS = 63;
  private static final int MAX_BIN_BITS = 16;

  private long[] sorted = new long[FEW];
  private long[] scratch = new long[FEW];
  private int[] bins = new int[FEW];
  private int at;
  private int size;

  private long[] heap = new long[FEW];
  private int heapSize;

  /** Adds a key before {@link #sort}. */
  void add(long key) {
    if (size == sorted.length) {
      sorted = Arrays.copyOf(sorted, size * 2);
    }
    sorted[size++] = key;
  }

  /** Puts what was added in order. */
  void sort() {
    if (size > FEW) {
      scatter();
    }
    insertionSort(sorted, size);
  }

  /** Adds a key to what is being taken. */
  void insert(long key) {
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, heapSize * 2);
    }
    int i = heapSize++;
    while (i > 0) {
      int parent = (i - 1) >> 1;
      if (heap[parent] <= key) {
        break;
      }
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = key;
  }

  /** Takes the smallest key; -1 if there is none left, and then {@link #add} may begin anew. */
  long poll() {
    if (at < size && (heapSize == 0 || sorted[at] < heap[0])) {
      return sorted[at++];
    }
    if (heapSize > 0) {
      return pollHeap();
    }
    at = 0;
    size = 0;
    return -1;
  }

  private long pollHeap() {
    long least = heap[0];
    long key = heap[--heapSize];
    int i = 0;
    while (true) {
      int child = 2 * i + 1;
      if (child >= heapSize) {
        break;
      }
      if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
        child++;
      }
      if (key <= heap[child]) {
        break;
      }
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = key;
    return least;
  }

  /** Brings every key into, or next to, its place: one bin per key, by its highest bits. */
  private void scatter() {
    int bits = Math.min(MAX_BIN_BITS, 32 - Integer.numberOfLeadingZeros(size - 1));
    int count = 1 << bits;
    int shift = KEY_BITS - bits;
    if (bins.length < count) {
      bins = new int[count];
    } else {
      Arrays.fill(bins, 0, count, 0);
    }
    if (scratch.length < sorted.length) {
      scratch = new long[sorted.length];
    }
    long[] from = sorted;
    int[] ends = bins;
    for (int i = 0; i < size; i++) {
      ends[(int) (from[i] >>> shift)]++;
    }
    int end = 0;
    for (int i = 0; i < count; i++) {
      end += ends[i];
      ends[i] = end;
    }
    long[] to = scratch;
    for (int i = size - 1; i >= 0; i--) {
      long key = from[i];
      to[--ends[(int) (key >>> shift)]] = key;
    }
    sorted = to;
    scratch = from;
  }

  private static void insertionSort(long[] keys, int size) {
    for (int i = 1; i < size; i++) {
      long key = keys[i];
      int j = i;
      while (j > 0 && keys[j - 1] > key) {
        keys[j] = keys[j - 1];
        j--;
      }
      keys[j] = key;
    }
  }
}
