package dev.reliability.container.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * So many have a turn at a time; the others wait in their order. Thread-safe.
 *
 * @param <T> who
 */
final class Turns<T> {
  private final int most;
  private final Object lock = new Object();
  private final Deque<T> waiting = new ArrayDeque<>(); // under the lock
  private int taken; // under the lock

  /**
   * Nobody has a turn yet.
   *
   * @param most how many may have one at a time
   */
  Turns(int most) {
    this.most = most;
  }

  /** Whether it is {@code who}'s turn at once; otherwise it waits. */
  boolean take(T who) {
    synchronized (lock) {
      if (taken < most) {
        taken++;
        return true;
      }
      waiting.add(who);
      return false;
    }
  }

  /** A turn is over: whose it is now, or null if nobody waits. */
  @Nullable T next() {
    synchronized (lock) {
      T next = waiting.poll();
      if (next == null) {
        taken--;
      }
      return next;
    }
  }

  /** {@code who} does not want to wait any longer; false if it does not wait. */
  boolean leave(T who) {
    synchronized (lock) {
      return waiting.remove(who);
    }
  }
}
