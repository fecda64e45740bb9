package dev.reliability.core.event;

import com.google.common.collect.EvictingQueue;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last events, in memory. When it is full the oldest makes room, and is counted. Thread-safe.
 */
public final class EventRing {
  private final ReentrantLock lock = new ReentrantLock();
  private final EvictingQueue<Event> events;
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
    events = EvictingQueue.create(capacity);
  }

  /** Adds one event. */
  public void add(Event event) {
    lock.lock();
    try {
      events.add(event);
      added++;
    } finally {
      lock.unlock();
    }
  }

  /** The events held, oldest first. */
  public List<Event> snapshot() {
    lock.lock();
    try {
      return ImmutableList.copyOf(events);
    } finally {
      lock.unlock();
    }
  }

  /** How many events had to make room so far. */
  public long dropped() {
    lock.lock();
    try {
      return added - events.size();
    } finally {
      lock.unlock();
    }
  }
}
