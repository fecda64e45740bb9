package dev.reliability.testkit.world;

import java.util.Arrays;

/**
 * Whose {@linkplain Turns turn} it is within one instant: slots in the order of their turns.
 *
 * <p>What is ready when the instant begins is sorted once, in linear time because first turns are
 * evenly spread; what becomes ready while the instant runs waits in a small heap beside it.
 */
final class ReadyQueue {
  private static final int SLOT_BITS = 24;
  private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
  private static final int KEY_BITS = Turns.ROUND_BITS + SLOT_BITS;
  private static final int FEW = 24;
  private static final int MAX_BIN_BITS = 16;

  /** Turns of round 0, each with its slot in the lowest bits. */
  private long[] sorted = new long[FEW];

  private long[] scratch = new long[FEW];
  private int[] bins = new int[FEW];
  private int at;
  private int size;

  private long[] heapTurns = new long[FEW];
  private int[] heapSlots = new int[FEW];
  private int heapSize;

  private long turn;

  /** Adds what is ready from the beginning; to be {@link #sort}ed then. */
  void add(long turn, int slot) {
    if (turn >>> Turns.ROUND_BITS != 0) {
      insert(turn, slot); // left over from before: only turns of round 0 fit beside a slot
      return;
    }
    if (size == sorted.length) {
      sorted = Arrays.copyOf(sorted, size * 2);
    }
    sorted[size++] = turn << SLOT_BITS | slot;
  }

  /** Puts what was added in order. */
  void sort() {
    if (size > FEW) {
      scatter();
    }
    insertionSort(sorted, size);
  }

  /** Adds what became ready since. */
  void insert(long turn, int slot) {
    if (heapSize == heapTurns.length) {
      heapTurns = Arrays.copyOf(heapTurns, heapSize * 2);
      heapSlots = Arrays.copyOf(heapSlots, heapSize * 2);
    }
    int i = heapSize++;
    while (i > 0) {
      int parent = (i - 1) >> 1;
      if (heapTurns[parent] <= turn) {
        break;
      }
      heapTurns[i] = heapTurns[parent];
      heapSlots[i] = heapSlots[parent];
      i = parent;
    }
    heapTurns[i] = turn;
    heapSlots[i] = slot;
  }

  /**
   * Takes the slot whose turn is next, or {@link Slots#NONE}; after that {@link #add} may begin
   * anew.
   */
  int poll() {
    if (at < size && (heapSize == 0 || sorted[at] >>> SLOT_BITS < heapTurns[0])) {
      long first = sorted[at++];
      turn = first >>> SLOT_BITS;
      return (int) first & SLOT_MASK;
    }
    if (heapSize > 0) {
      return pollHeap();
    }
    at = 0;
    size = 0;
    return Slots.NONE;
  }

  /** The turn of the slot that was polled last. */
  long turn() {
    return turn;
  }

  private int pollHeap() {
    turn = heapTurns[0];
    int slot = heapSlots[0];
    long moved = heapTurns[--heapSize];
    int i = 0;
    while (true) {
      int child = 2 * i + 1;
      if (child >= heapSize) {
        break;
      }
      if (child + 1 < heapSize && heapTurns[child + 1] < heapTurns[child]) {
        child++;
      }
      if (moved <= heapTurns[child]) {
        break;
      }
      heapTurns[i] = heapTurns[child];
      heapSlots[i] = heapSlots[child];
      i = child;
    }
    heapTurns[i] = moved;
    heapSlots[i] = heapSlots[heapSize];
    return slot;
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
