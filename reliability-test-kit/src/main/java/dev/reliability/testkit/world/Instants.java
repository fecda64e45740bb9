package dev.reliability.testkit.world;

import java.util.Arrays;

/**
 * What is pending, by instant: first-in-first-out buckets of {@link Slots}, the buckets in sorted
 * chains, and a heap of the chains.
 *
 * <p>Tasks that are due at the same instant share a bucket, so the heap is not asked about each of
 * them. Timers of the same delay come due in the order in which they are set, so a bucket mostly
 * goes to the end of its delay's chain and the heap is not asked at all. Neither is needed for the
 * order: an instant may have several buckets (all closed but the last, which a small cache knows),
 * and a bucket that fits behind no chain begins its own.
 */
final class Instants {
  private static final int NONE = Slots.NONE;
  private static final int ARITY_BITS = 2;
  private static final int CACHE_BITS = 6;
  private static final int FEW = 64;

  private final Slots slots;

  /** Per bucket: its instant, or {@link #NONE} if the bucket is free. */
  private long[] due = new long[FEW];

  /** Per bucket: which was made first decides between two of the same instant. */
  private long[] order = new long[FEW];

  /** Per bucket: the next one of its chain, which is not earlier, or of the free ones. */
  private int[] next = new int[FEW];

  private int[] head = new int[FEW];
  private int[] tail = new int[FEW];
  private int free = NONE;
  private int size;
  private long made;

  /** By a hash of the instant: the bucket that was last made for one. */
  private final int[] lastOfInstant = new int[1 << CACHE_BITS];

  /** By a hash of the delay: the bucket that was last made for one. */
  private final int[] lastOfDelay = new int[1 << CACHE_BITS];

  private long[] heapDue = new long[FEW];
  private int[] heapBucket = new int[FEW];
  private int heapSize;

  /**
   * True if the root was taken and nothing put in its place yet: the next chain goes there and
   * sinks, once.
   */
  private boolean hole;

  /** Empty slots in buckets. */
  private int empty;

  Instants(Slots slots) {
    this.slots = slots;
    due[newBucket()] = NONE; // bucket 0 is what the caches hold at first: no instant's
  }

  /** How many buckets there are, free ones included. */
  int size() {
    return size;
  }

  /** Adds a slot to the end of the bucket of an instant. */
  void add(int slot, long at, long delay) {
    slots.next(slot, NONE);
    int entry = hash(at);
    int bucket = lastOfInstant[entry];
    if (due[bucket] == at) {
      slots.next(tail[bucket], slot);
      tail[bucket] = slot;
      return;
    }
    bucket = free;
    if (bucket == NONE) {
      bucket = newBucket();
    } else {
      free = next[bucket];
    }
    lastOfInstant[entry] = bucket;
    due[bucket] = at;
    order[bucket] = made++;
    next[bucket] = NONE;
    head[bucket] = slot;
    tail[bucket] = slot;
    chain(bucket, at, hash(delay));
  }

  /** Cancels what is pending in a slot of some bucket. */
  void cancel(int slot) {
    slots.cancel(slot);
    if (++empty > FEW && empty > slots.pending()) {
      sweep();
    }
  }

  /** Gives back an empty slot that was found in a bucket. */
  void drop(int slot) {
    slots.drop(slot);
    empty--;
  }

  /** The earliest instant at which something is pending, or {@link #NONE}. */
  long peek() {
    while (true) {
      fillHole();
      if (heapSize == 0) {
        return NONE;
      }
      int bucket = heapBucket[0];
      int slot = head[bucket];
      while (slot != NONE && !slots.isPending(slot)) {
        int following = slots.next(slot);
        drop(slot);
        slot = following;
      }
      head[bucket] = slot;
      if (slot != NONE) {
        return heapDue[0];
      }
      removeRoot(bucket);
    }
  }

  /**
   * Takes the earliest bucket away and returns its first slot. There must be one, as {@link #peek}
   * tells.
   */
  int poll() {
    int bucket = heapBucket[0];
    removeRoot(bucket);
    return head[bucket];
  }

  /**
   * True if, after a {@link #poll}, there is another bucket that is due at {@code at} or before.
   */
  boolean moreDue(long at) {
    if (!hole) {
      return heapSize > 0 && heapDue[0] <= at;
    }
    int end = Math.min(heapSize, 1 + (1 << ARITY_BITS));
    for (int child = 1; child < end; child++) {
      if (heapDue[child] <= at) {
        fillHole();
        return true;
      }
    }
    return false;
  }

  /**
   * Removes all empty slots, the buckets that have no other, and the chains that have no other
   * bucket.
   */
  private void sweep() {
    fillHole();
    int chains = heapSize;
    heapSize = 0;
    for (int i = 0; i < chains; i++) {
      int first = NONE;
      int last = NONE;
      int bucket = heapBucket[i];
      while (bucket != NONE) {
        int following = next[bucket];
        if (!sweep(bucket)) {
          release(bucket);
        } else if (first == NONE) {
          first = bucket;
          last = bucket;
        } else {
          next[last] = bucket;
          last = bucket;
        }
        bucket = following;
      }
      if (first != NONE) {
        next[last] = NONE;
        siftUp(heapSize++, due[first], first); // never past what is still to be looked at
      }
    }
  }

  /** Removes the empty slots of one bucket; false if nothing is left. */
  private boolean sweep(int bucket) {
    int first = NONE;
    int last = NONE;
    int slot = head[bucket];
    while (slot != NONE) {
      int following = slots.next(slot);
      if (!slots.isPending(slot)) {
        drop(slot);
      } else if (first == NONE) {
        first = slot;
        last = slot;
      } else {
        slots.next(last, slot);
        last = slot;
      }
      slot = following;
    }
    if (first == NONE) {
      return false;
    }
    slots.next(last, NONE);
    head[bucket] = first;
    tail[bucket] = last;
    return true;
  }

  private void chain(int bucket, long at, int entry) {
    int before = lastOfDelay[entry];
    lastOfDelay[entry] = bucket;
    boolean fits = before != bucket && due[before] != NONE && due[before] <= at;
    if (fits && next[before] == NONE) {
      next[before] = bucket;
    } else if (hole) {
      hole = false;
      siftDown(0, at, bucket);
    } else {
      siftUp(heapSize++, at, bucket);
    }
  }

  private void removeRoot(int bucket) {
    int following = next[bucket];
    if (following == NONE) {
      hole = true;
    } else {
      siftDown(0, due[following], following);
    }
    release(bucket);
  }

  private void release(int bucket) {
    due[bucket] = NONE;
    next[bucket] = free;
    free = bucket;
  }

  private void fillHole() {
    if (hole) {
      hole = false;
      heapSize--;
      if (heapSize > 0) {
        siftDown(0, heapDue[heapSize], heapBucket[heapSize]);
      }
    }
  }

  private void siftUp(int start, long at, int bucket) {
    int i = start;
    while (i > 0) {
      int parent = (i - 1) >> ARITY_BITS;
      if (before(heapDue[parent], heapBucket[parent], at, bucket)) {
        break;
      }
      heapDue[i] = heapDue[parent];
      heapBucket[i] = heapBucket[parent];
      i = parent;
    }
    heapDue[i] = at;
    heapBucket[i] = bucket;
  }

  private void siftDown(int start, long at, int bucket) {
    int i = start;
    while (true) {
      int least = (i << ARITY_BITS) + 1;
      if (least >= heapSize) {
        break;
      }
      int end = Math.min(heapSize, least + (1 << ARITY_BITS));
      for (int child = least + 1; child < end; child++) {
        if (before(heapDue[child], heapBucket[child], heapDue[least], heapBucket[least])) {
          least = child;
        }
      }
      if (before(at, bucket, heapDue[least], heapBucket[least])) {
        break;
      }
      heapDue[i] = heapDue[least];
      heapBucket[i] = heapBucket[least];
      i = least;
    }
    heapDue[i] = at;
    heapBucket[i] = bucket;
  }

  private boolean before(long dueA, int a, long dueB, int b) {
    return dueA < dueB || (dueA == dueB && order[a] < order[b]);
  }

  private static int hash(long key) {
    return (int) ((key * Mix.GOLDEN) >>> (64 - CACHE_BITS));
  }

  private int newBucket() {
    int bucket = size++;
    if (bucket == due.length) {
      int length = bucket * 2;
      due = Arrays.copyOf(due, length);
      order = Arrays.copyOf(order, length);
      next = Arrays.copyOf(next, length);
      head = Arrays.copyOf(head, length);
      tail = Arrays.copyOf(tail, length);
      heapDue = Arrays.copyOf(heapDue, length);
      heapBucket = Arrays.copyOf(heapBucket, length);
    }
    return bucket;
  }
}
