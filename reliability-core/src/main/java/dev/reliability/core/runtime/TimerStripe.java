package dev.reliability.core.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * One part of the timer wheel: a hierarchy of slots behind its own short lock.
 *
 * <p>A timer is due at a tick. Its level is the highest base-256 digit in which that tick differs
 * from {@link #elapsed}, its slot within the level the value of that digit. So all slots of a level
 * lie ahead within one turn, and every occupied slot of a lower level comes before every one of a
 * higher: the next thing to do is the first bit in a short bitmap. When time reaches a slot of a
 * higher level, its timers move down to where they differ next.
 *
 * <p>A timer is not an object but an entry of five cells in an array of integers: linking one
 * writes no reference, of which a garbage collector would have to be told. Links are positions in
 * that array; a removed entry is the next to be used again. When all are in use the array is copied
 * into a larger one, under the lock: milliseconds, at a million timers.
 *
 * <p>All methods but {@link #tryLock}, {@link #lock} and {@link #nextTick()} need the lock. Nothing
 * foreign runs under it.
 */
final class TimerStripe extends TimerStripePadding {
  /** The tick that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  /** The largest number of a timer: its id has this many bits for it. */
  private static final int LAST_INDEX = (1 << TimerWheel.INDEX_BITS) - 1;

  private static final int DIGIT_BITS = 8;
  private static final int DIGIT_MASK = (1 << DIGIT_BITS) - 1;
  private static final int LEVELS = 6; // 48 bits: more than any tick has
  private static final int SLOTS = LEVELS << DIGIT_BITS;
  private static final int NO_SLOT = -1;

  // The cells of an entry. A slot is one cell, the position of its first entry, so it can stand
  // where a previous entry can.
  private static final int NEXT = 0; // 0 if there is none
  private static final int PREVIOUS = 1;
  private static final int GENERATION = 2; // 0 if not in use; NEXT is then a number, not a position
  private static final int DEADLINE = 3; // low half, high half
  private static final int CELLS = 5;

  /** Entries are made, and their memory is kept, this many at least. */
  private static final int BLOCK = 256;

  /** How many timers are moved at most before the lock is given up for a moment. */
  private static final int BUDGET = 256;

  /** A chunk of tasks is renewed once in this many timers. */
  private static final int RENEWAL_MASK = (1 << 16) - 1;

  private static final int SPINS = 100;
  private static final VarHandle LOCKED;
  private static final VarHandle NEXT_TICK;

  static {
    try {
      LOCKED = MethodHandles.lookup().findVarHandle(TimerStripe.class, "locked", int.class);
      NEXT_TICK = MethodHandles.lookup().findVarHandle(TimerStripe.class, "nextTick", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final TimerTasks tasks = new TimerTasks();
  private final long[] occupied = new long[SLOTS >>> 6];

  /** The slots, then the entries, from number 1 on. */
  private int[] cells = new int[SLOTS];

  /** The number of the first entry that was never made. */
  private int made = 1;

  /** The number of the first entry that is not in use; 0 if all are. */
  private int free;

  /** Of the timer that was added last; no two have the same, in four billion. */
  private int generation;

  /** Every timer that is due before this tick has been taken out. */
  private long elapsed;

  /** Nothing needs doing before this tick. Too early after a cancellation, never too late. */
  private long nextTick = NEVER;

  /** A slot above level 0 that time has reached and that is not empty yet. */
  private int halfMoved = NO_SLOT;

  @SuppressWarnings("UnusedVariable") // only LOCKED reads it
  private int locked;

  /** Whether the lock was free, and now is the caller's. */
  boolean tryLock() {
    return LOCKED.compareAndSet(this, 0, 1);
  }

  /** Takes the lock; spins, then lets other threads run in between. */
  @SuppressWarnings("ThreadPriorityCheck") // whoever has it needs a processor, not a signal
  void lock() {
    for (int tries = 0; !tryLock(); tries++) {
      if (tries < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  void unlock() {
    LOCKED.setRelease(this, 0);
  }

  /** The first tick at which something needs doing, {@link #NEVER} if none. Needs no lock. */
  long nextTick() {
    return (long) NEXT_TICK.getOpaque(this);
  }

  /**
   * Adds a timer.
   *
   * @param nowTick the tick of the clock that the deadline was computed with
   * @param tick when it is due
   * @param deadline the same in nanoseconds, which orders the timers of one tick
   * @return its generation, which is never 0, in the high half and its number in the low half
   * @throws RejectedExecutionException if there are more than a hundred million already
   */
  long add(long nowTick, long tick, long deadline, Strand strand, Runnable task) {
    int index = free != 0 ? free : makeEntries();
    if ((++generation & RENEWAL_MASK) == 0) {
      renew(index);
    }
    tasks.put(index, task, strand);
    int entry = index * CELLS + SLOTS - CELLS;
    free = cells[entry + NEXT];
    cells[entry + GENERATION] = generation;
    cells[entry + DEADLINE] = (int) deadline;
    cells[entry + DEADLINE + 1] = (int) (deadline >>> 32);
    if (nowTick > elapsed && nowTick < nextTick) {
      elapsed = nowTick; // nothing lies between; or this timer would start on too high a level
    }
    place(entry, tick);
    return (long) generation << 32 | index;
  }

  /** Removes a timer if it is still there. */
  boolean remove(int index, int expectedGeneration) {
    int entry = index * CELLS + SLOTS - CELLS;
    if (index == 0
        || index >= made
        || expectedGeneration == 0
        || cells[entry + GENERATION] != expectedGeneration) {
      return false;
    }
    unlink(entry);
    release(index, entry);
    return true;
  }

  /**
   * Takes out timers that are due at {@code target} or before, in no particular order.
   *
   * @return whether that were all; if not, the caller gives up the lock for a moment and comes
   *     again
   */
  boolean expire(long target, List<DueTimer> due) {
    for (int budget = BUDGET; ; ) {
      int slot = halfMoved == NO_SLOT ? firstOccupied() : halfMoved;
      long start = slot == NO_SLOT ? NEVER : start(slot);
      setNextTick(start);
      if (start > target) {
        elapsed = Math.max(elapsed, target);
        if (slot == NO_SLOT && made > BLOCK) {
          forgetEntries();
        }
        return true;
      }
      elapsed = start;
      halfMoved = slot <= DIGIT_MASK ? NO_SLOT : slot;
      for (int entry = cells[slot]; entry != 0; entry = cells[slot]) {
        if (budget-- == 0) {
          return false;
        }
        if (halfMoved == NO_SLOT) {
          int index = (entry - SLOTS) / CELLS + 1;
          due.add(
              new DueTimer(
                  deadline(entry),
                  cells[entry + GENERATION],
                  tasks.strand(index),
                  tasks.task(index)));
          unlink(entry);
          release(index, entry);
        } else {
          unlink(entry);
          place(entry, TimerWheel.tickAtOrAfter(deadline(entry)));
        }
      }
      halfMoved = NO_SLOT;
    }
  }

  /** Counts the pending timers. */
  int live() {
    int live = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      for (int entry = cells[slot]; entry != 0; entry = cells[entry + NEXT]) {
        live++;
      }
    }
    return live;
  }

  /** Timers there is memory for. */
  int capacity() {
    return (cells.length - SLOTS) / CELLS;
  }

  private void place(int entry, long dueTick) {
    long tick = Math.max(dueTick, elapsed);
    int shift = (63 - Long.numberOfLeadingZeros((tick ^ elapsed) | DIGIT_MASK)) & -DIGIT_BITS;
    int slot = shift << (DIGIT_BITS - 3) | ((int) (tick >>> shift) & DIGIT_MASK);
    int head = cells[slot];
    cells[entry + NEXT] = head;
    cells[entry + PREVIOUS] = slot;
    cells[slot] = entry;
    if (head != 0) {
      cells[head + PREVIOUS] = entry;
    } else {
      occupied[slot >>> 6] |= 1L << slot;
    }
    long start = tick >>> shift << shift;
    if (start < nextTick) {
      setNextTick(start);
    }
  }

  private void unlink(int entry) {
    int next = cells[entry + NEXT];
    int previous = cells[entry + PREVIOUS];
    cells[previous + NEXT] = next;
    if (next != 0) {
      cells[next + PREVIOUS] = previous;
    } else if (previous < SLOTS) {
      occupied[previous >>> 6] &= ~(1L << previous);
    }
  }

  private void release(int index, int entry) {
    tasks.remove(index);
    cells[entry + GENERATION] = 0;
    cells[entry + NEXT] = free;
    free = index;
  }

  private long deadline(int entry) {
    return (long) cells[entry + DEADLINE + 1] << 32 | (cells[entry + DEADLINE] & 0xffff_ffffL);
  }

  /** The occupied slot that comes first: lower levels stand before higher ones. */
  private int firstOccupied() {
    for (int i = 0; i < occupied.length; i++) {
      if (occupied[i] != 0) {
        return i << 6 | Long.numberOfTrailingZeros(occupied[i]);
      }
    }
    return NO_SLOT;
  }

  /** The tick at which a slot begins. */
  private long start(int slot) {
    int shift = (slot >>> DIGIT_BITS) * DIGIT_BITS;
    long turn = elapsed >>> (shift + DIGIT_BITS) << (shift + DIGIT_BITS);
    return turn | (long) (slot & DIGIT_MASK) << shift;
  }

  private void setNextTick(long tick) {
    NEXT_TICK.setOpaque(this, tick);
  }

  /**
   * Makes another block of entries and returns the first; the memory grows by a quarter when it is
   * used up.
   */
  private int makeEntries() {
    int first = made;
    int end = first + BLOCK;
    if (end > LAST_INDEX) {
      throw new RejectedExecutionException("too many timers: " + (first - 1) + " are pending");
    }
    tasks.reserve(end - 1);
    if (end - 1 > capacity()) {
      cells = Arrays.copyOf(cells, cells.length + CELLS * Math.max(BLOCK, capacity() / 4));
    }
    for (int index = end - 1; index >= first; index--) {
      cells[index * CELLS + SLOTS - CELLS + NEXT] = free;
      free = index;
    }
    made = end;
    return first;
  }

  private void forgetEntries() {
    tasks.clear();
    cells = new int[SLOTS];
    made = 1;
    free = 0;
    // the generation goes on: an id from before must not fit a timer from after
  }

  private void renew(int index) {
    if (generation == 0) {
      generation = 1;
    }
    tasks.renew(index);
  }
}
