package dev.reliability.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The least that can hold timers and forget one at once: one turn of slots, numbered entries in
 * primitive arrays, lists linked by number. It fires nothing. Not thread-safe, except for the
 * methods that say "locked".
 */
final class LimitWheel {
  private static final int SLOTS = 1 << 16;
  private static final int TICK_BITS = 20;
  private static final VarHandle LOCKED;

  static {
    try {
      LOCKED = MethodHandles.lookup().findVarHandle(LimitWheel.class, "locked", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private int[] next = new int[2 * SLOTS]; // the first SLOTS entries are the lists' heads
  private int[] previous = new int[2 * SLOTS];
  private int[] generation = new int[2 * SLOTS];
  private long[] deadline = new long[2 * SLOTS];
  private Runnable[] task = new Runnable[2 * SLOTS];
  private int free;
  private int unused = SLOTS;

  @SuppressWarnings("unused") // through LOCKED
  private int locked;

  LimitWheel() {
    for (int i = 0; i < SLOTS; i++) {
      next[i] = i;
      previous[i] = i;
    }
  }

  long schedule(long due, Runnable what) {
    int entry = free;
    if (entry != 0) {
      free = next[entry];
    } else {
      if (unused == next.length) {
        grow();
      }
      entry = unused++;
    }
    deadline[entry] = due;
    task[entry] = what;
    int head = (int) (due >>> TICK_BITS) & SLOTS - 1;
    int first = next[head];
    next[entry] = first;
    previous[entry] = head;
    previous[first] = entry;
    next[head] = entry;
    return (long) ++generation[entry] << 32 | entry;
  }

  boolean cancel(long id) {
    int entry = (int) id;
    if (generation[entry] != (int) (id >>> 32)) {
      return false;
    }
    generation[entry]++;
    int after = next[entry];
    int before = previous[entry];
    next[before] = after;
    previous[after] = before;
    task[entry] = null;
    next[entry] = free;
    free = entry;
    return true;
  }

  long scheduleLocked(long due, Runnable what) {
    lock();
    long id = schedule(due, what);
    LOCKED.setRelease(this, 0);
    return id;
  }

  boolean cancelLocked(long id) {
    lock();
    boolean done = cancel(id);
    LOCKED.setRelease(this, 0);
    return done;
  }

  private void lock() {
    while (!LOCKED.compareAndSet(this, 0, 1)) {
      Thread.onSpinWait();
    }
  }

  private void grow() {
    int size = next.length + next.length / 2;
    next = Arrays.copyOf(next, size);
    previous = Arrays.copyOf(previous, size);
    generation = Arrays.copyOf(generation, size);
    deadline = Arrays.copyOf(deadline, size);
    task = Arrays.copyOf(task, size);
  }
}
