package dev.reliability.core.event;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last events, in memory. When it is full the oldest makes room, and is counted. Thread-safe.
 */
public final class EventRing {
  private final ReentrantLock lock = new ReentrantLock();
  private final Event[] slots;
  private long added;

  /**
   * An empty ring.
   *
   * @throws IllegalArgumentException if {@code capacity} is not positive
   */
  public EventRing(int capacity) {
    if (capacity <= 0) {
      throw new IllegalArgumentException(
          "capacity: expected a positive number of events, got " + capacity);
    }
    slots = new Event[capacity];
  }

  /** Adds one event. */
  public void add(Event event) {
    lock.lock();
    try {
      slots[(int) (added++ % slots.length)] = event;
    } finally {
      lock.unlock();
    }
  }

  /** The events held, oldest first. */
  public List<Event> snapshot() {
    lock.lock();
    try {
      int size = (int) Math.min(added, slots.length);
      List<Event> events = new ArrayList<>(size);
      for (long i = added - size; i < added; i++) {
        events.add(slots[(int) (i % slots.length)]);
      }
      return events;
    } finally {
      lock.unlock();
    }
  }

  /** How many events had to make room so far. */
  public long dropped() {
    lock.lock();
    try {
      return Math.max(0, added - slots.length);
    } finally {
      lock.unlock();
    }
  }
}
