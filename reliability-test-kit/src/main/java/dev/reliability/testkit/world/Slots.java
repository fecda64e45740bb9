package dev.reliability.testkit.world;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One slot per pending task, in arrays that are reused.
 *
 * <p>A task that schedules itself again gets its old slot back, and so allocates nothing and stores
 * no reference. Slots are strung into lists: of those that are due at one instant, of those that
 * wait in one strand, and of the free ones. A cancelled slot is empty but stays in its list until
 * somebody comes along there.
 */
final class Slots {
  /** No slot; also: no instant. */
  static final int NONE = -1;

  /** Slots are numbered with 24 bits: so many tasks may be pending at most. */
  static final int MAX = 1 << 24;

  private static final int FEW = 64;

  private @Nullable Runnable[] tasks = new Runnable[FEW];

  /** Twice the number of the strand, plus one if it counts as work. */
  private int[] strands = new int[FEW];

  private int[] next = new int[FEW];

  /**
   * When the task is due, or the complement of that if it is no timer but was given to its strand
   * directly.
   */
  private long[] due = new long[FEW];

  /** Odd while a task is pending in the slot. */
  private int[] generation = new int[FEW];

  private int free = NONE;
  private int size;
  private int pending;
  private int busy;

  /** How many tasks are pending. */
  int pending() {
    return pending;
  }

  /** How many of them count as work. */
  int busy() {
    return busy;
  }

  /** How many slots there are: pending, empty and free ones together. */
  int size() {
    return size;
  }

  /** Takes a slot for a task; it is in no list yet. */
  int take(SimStrand strand, long dueAt, Runnable task, boolean timer) {
    int slot = free;
    if (slot == NONE) {
      slot = newSlot();
    } else {
      free = next[slot];
    }
    if (tasks[slot]
        != task) { // a reference costs the garbage collector's barrier, comparing it does not
      tasks[slot] = task;
    }
    strands[slot] = strand.code;
    due[slot] = timer ? dueAt : ~dueAt;
    generation[slot]++;
    pending++;
    busy += strand.code & 1;
    return slot;
  }

  /**
   * Gives a slot back before its task runs, so that the task may take it again.
   *
   * @return what {@link #forget} wants to know
   */
  int release(int slot) {
    pending--;
    busy -= strands[slot] & 1;
    next[slot] = free;
    free = slot;
    return ++generation[slot];
  }

  /** Forgets the task that was in a released slot, unless the slot has been taken again. */
  void forget(int slot, int released) {
    if (generation[slot] == released) {
      tasks[slot] = null;
    }
  }

  /** Empties a slot that stays in its list for now. */
  void cancel(int slot) {
    pending--;
    busy -= strands[slot] & 1;
    generation[slot]++;
    tasks[slot] = null;
  }

  /** Gives back an empty slot that was found in a list. */
  void drop(int slot) {
    next[slot] = free;
    free = slot;
  }

  /** The id of the timer in {@code slot}: never 0. */
  long timerOf(int slot) {
    return (long) generation[slot] << 32 | slot;
  }

  /** The slot of a timer that is still pending, or {@link #NONE}. */
  int slotOf(long timer) {
    int slot = (int) timer;
    boolean exists = slot >= 0 && slot < size && generation[slot] == (int) (timer >>> 32);
    return exists && isPending(slot) ? slot : NONE;
  }

  /** False if the slot is empty, or free. */
  boolean isPending(int slot) {
    return (generation[slot] & 1) == 1;
  }

  /** The task, or null if the slot is empty. */
  @Nullable Runnable task(int slot) {
    return tasks[slot];
  }

  /** The number of the task's strand. */
  int strand(int slot) {
    return strands[slot] >> 1;
  }

  /** When the task is due. */
  long due(int slot) {
    long at = due[slot];
    return at < 0 ? ~at : at;
  }

  /** True for a timer, false for a task that was given to its strand directly. */
  boolean isTimer(int slot) {
    return due[slot] >= 0;
  }

  /** The slot behind this one in its list. */
  int next(int slot) {
    return next[slot];
  }

  /** Puts a slot, or {@link #NONE}, behind this one. */
  void next(int slot, int following) {
    next[slot] = following;
  }

  private int newSlot() {
    int slot = size;
    if (slot == MAX) {
      throw new IllegalStateException("more than " + MAX + " tasks are pending");
    }
    if (slot == next.length) {
      int length = slot * 2;
      tasks = Arrays.copyOf(tasks, length);
      strands = Arrays.copyOf(strands, length);
      next = Arrays.copyOf(next, length);
      due = Arrays.copyOf(due, length);
      generation = Arrays.copyOf(generation, length);
    }
    size++;
    return slot;
  }
}
