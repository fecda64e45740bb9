package dev.reliability.core.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * One part of the timer wheel: a hierarchy of slots over its own {@link TimerSlab}, behind its own
 * short lock.
 *
 * <p>A timer is due at a tick. Its level is the highest base-64 digit in which that tick differs
 * from {@link #elapsed}, its slot the value of that digit. So all slots of a level lie ahead,
 * within one turn, and every occupied slot of a lower level comes before every one of a higher: the
 * next thing to do is one look at eight bitmaps. When time reaches a slot of a higher level, its
 * timers move down to where they differ next.
 *
 * <p>All methods but {@link #tryLock}, {@link #lock} and {@link #nextTick()} need the lock. Nothing
 * foreign runs under it.
 */
final class TimerStripe {
  /** The tick that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  private static final int DIGIT_BITS = 6;
  private static final int DIGIT_MASK = (1 << DIGIT_BITS) - 1;
  private static final int LEVELS = 8; // 48 bits: more than any tick has
  private static final int NO_SLOT = -1;

  /** How many timers are moved at most before the lock is given up for a moment. */
  private static final int BUDGET = 256;

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

  private final TimerSlab slab = new TimerSlab();
  private final int[] heads = new int[LEVELS << DIGIT_BITS];
  private final long[] occupied = new long[LEVELS];
  private long elapsed; // every timer due before this tick has been taken out
  private long nextTick =
      NEVER; // nothing needs doing before this tick; too early after a cancellation, never too late
  private int halfMoved =
      NO_SLOT; // a slot above level 0 that time has reached and that is not empty yet

  @SuppressWarnings("unused") // through LOCKED
  private int locked;

  /** Whether the lock was free, and now is the caller's. */
  boolean tryLock() {
    return (int) LOCKED.getOpaque(this) == 0 && LOCKED.compareAndSet(this, 0, 1);
  }

  /**
   * Takes the lock; spins, then lets other threads run in between: its holder may have been
   * suspended.
   */
  @SuppressWarnings("ThreadPriorityCheck")
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

  /** Pending timers. */
  int live() {
    return slab.live();
  }

  /** Timers there is memory for. */
  int capacity() {
    return slab.capacity();
  }

  /**
   * Adds a timer.
   *
   * @param nowTick the tick of the clock that the deadline was computed with
   * @param tick when it is due
   * @param deadline the same in nanoseconds, which orders the timers of one tick
   * @return its number in the slab
   */
  int add(long nowTick, long tick, long deadline, Strand strand, Runnable task) {
    int index = slab.allocate(deadline, strand, task);
    if (nowTick > elapsed && nowTick < nextTick) {
      elapsed =
          nowTick; // nothing lies between: saves moving this timer down through levels that are
      // past
    }
    place(index, Math.max(tick, elapsed));
    return index;
  }

  int generation(int index) {
    return slab.generation(index);
  }

  /** Removes a timer if it is still there. */
  boolean remove(int index, int generation) {
    if (!slab.isCurrent(index, generation)) {
      return false;
    }
    unlink(index);
    slab.release(index);
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
      if (start > target) {
        elapsed = Math.max(elapsed, target);
        setNextTick(start);
        return true;
      }
      elapsed = start;
      setNextTick(start);
      halfMoved = slot < 1 << DIGIT_BITS ? NO_SLOT : slot;
      for (int index = heads[slot]; index != TimerSlab.NONE; index = heads[slot]) {
        if (budget-- == 0) {
          return false;
        }
        if (halfMoved == NO_SLOT) {
          due.add(
              new DueTimer(
                  slab.deadline(index),
                  slab.generation(index),
                  slab.strand(index),
                  slab.task(index)));
          unlink(index);
          slab.release(index);
        } else {
          unlink(index);
          place(index, Math.max(TimerWheel.tickAtOrAfter(slab.deadline(index)), elapsed));
        }
      }
      halfMoved = NO_SLOT;
    }
  }

  private void place(int index, long tick) {
    int level = (63 - Long.numberOfLeadingZeros((tick ^ elapsed) | DIGIT_MASK)) / DIGIT_BITS;
    int shift = level * DIGIT_BITS;
    int digit = (int) (tick >>> shift) & DIGIT_MASK;
    int slot = level << DIGIT_BITS | digit;
    slab.linkBefore(heads[slot], index, slot);
    heads[slot] = index;
    occupied[level] |= 1L << digit;
    long start = tick >>> shift << shift;
    if (start < nextTick) {
      setNextTick(start);
    }
  }

  private void unlink(int index) {
    int next = slab.next(index);
    int previous = slab.previous(index);
    slab.unlink(next, previous);
    if (previous == TimerSlab.NONE) {
      int slot = slab.slot(index);
      heads[slot] = next;
      if (next == TimerSlab.NONE) {
        occupied[slot >>> DIGIT_BITS] &= ~(1L << slot);
      }
    }
  }

  private int firstOccupied() {
    for (int level = 0; level < LEVELS; level++) {
      if (occupied[level] != 0) {
        return level << DIGIT_BITS | Long.numberOfTrailingZeros(occupied[level]);
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
}
