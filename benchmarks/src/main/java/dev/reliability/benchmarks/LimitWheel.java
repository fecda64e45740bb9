package dev.reliability.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The least that can hold timers and forget one at once: one turn of slots, entries of five cells
 * in an array of integers, lists linked by position. A cancelled timer's task stays until its entry
 * is used again, so that cancelling writes no reference and scheduling writes one only if it is
 * another: writing it would cost a memory fence under G1. It fires nothing. Not thread-safe, except
 * for the methods that say "locked".
 */
final class LimitWheel {
  private static final int SLOTS = 1 << 16;
  private static final int TICK_BITS = 20;

  private static final int NEXT = 0;
  private static final int PREVIOUS = 1; // of a slot's first entry: the slot
  private static final int GENERATION = 2;
  private static final int DEADLINE = 3;
  private static final int CELLS = 5;

  private static final VarHandle LOCKED;

  static {
    try {
      LOCKED = MethodHandles.lookup().findVarHandle(LimitWheel.class, "locked", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private int[] cells = new int[SLOTS + 1024 * CELLS]; // a slot is the position of its first entry
  private Runnable[] tasks = new Runnable[1024];
  private int free; // the first entry that was used and is free, 0 if none
  private int unused = SLOTS;

  @SuppressWarnings("unused") // through LOCKED
  private int locked;

  long schedule(long due, Runnable task) {
    int entry = free;
    if (entry != 0) {
      free = cells[entry + NEXT];
    } else {
      entry = unused;
      if (entry + CELLS > cells.length) {
        grow();
      }
      unused = entry + CELLS;
    }
    int[] c = cells;
    int slot = (int) (due >>> TICK_BITS) & SLOTS - 1;
    int first = c[slot];
    c[entry + NEXT] = first;
    c[entry + PREVIOUS] = slot;
    c[entry + DEADLINE] = (int) due;
    c[entry + DEADLINE + 1] = (int) (due >>> 32);
    c[slot] = entry;
    if (first != 0) {
      c[first + PREVIOUS] = entry;
    }
    int index = (entry - SLOTS) / CELLS;
    if (tasks[index] != task) {
      tasks[index] = task;
    }
    return (long) c[entry + GENERATION] << 32 | entry;
  }

  boolean cancel(long id) {
    int[] c = cells;
    int entry = (int) id;
    if (c[entry + GENERATION] != (int) (id >>> 32)) {
      return false;
    }
    c[entry + GENERATION]++;
    int next = c[entry + NEXT];
    int previous = c[entry + PREVIOUS];
    c[previous + NEXT] = next; // a slot's one cell stands where an entry has its next
    if (next != 0) {
      c[next + PREVIOUS] = previous;
    }
    c[entry + NEXT] = free;
    free = entry;
    return true;
  }

  long scheduleLocked(long due, Runnable task) {
    lock();
    long id = schedule(due, task);
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
    int entries = tasks.length + tasks.length / 4;
    cells = Arrays.copyOf(cells, SLOTS + entries * CELLS);
    tasks = Arrays.copyOf(tasks, entries);
  }
}
