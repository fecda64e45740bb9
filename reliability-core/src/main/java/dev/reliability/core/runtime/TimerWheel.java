package dev.reliability.core.runtime;

import java.util.Collections;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Pending timers on any monotonic clock: adds, removes and finds them in a few nanoseconds, however
 * many there are.
 *
 * <p>Reads no clock, runs no task and has no thread: whoever owns it says what time it is. Time is
 * cut into ticks of about a millisecond; a timer is due at the first tick that begins at its
 * deadline or later, so it is never early and at most one tick late. Removed timers leave nothing
 * behind. The wheel is cut into stripes, and a thread adds to the stripe of its own as long as
 * nobody else is there, so threads do not wait for each other. Thread-safe, except for {@link
 * #expire}, which belongs to one thread.
 */
final class TimerWheel {
  /** A tick is 2^20 nanoseconds: 1.05 ms. */
  static final int TICK_BITS = 20;

  private static final long TICK_MASK = (1L << TICK_BITS) - 1;

  /**
   * An id is, from the top: 32 bits of generation (never zero), 5 of the stripe, 27 of the timer's
   * number in the stripe.
   */
  static final int INDEX_BITS = 27;

  private static final int MAX_STRIPES = 1 << (32 - INDEX_BITS);

  private final long originNanos;
  private final TimerStripe[] stripes;
  private final LongConsumer earlier;

  /**
   * An empty wheel.
   *
   * @param originNanos what the clock says now
   * @param stripes how many stripes at least; rounded up to a power of two; 32 at most
   * @param earlier is told, outside of any lock, when {@link #nextTick()} has come nearer, and what
   *     it is for that timer
   */
  TimerWheel(long originNanos, int stripes, LongConsumer earlier) {
    this.originNanos = originNanos;
    this.earlier = earlier;
    int count = 1;
    while (count < stripes && count < MAX_STRIPES) {
      count <<= 1;
    }
    this.stripes = new TimerStripe[count];
    for (int i = 0; i < count; i++) {
      this.stripes[i] = new TimerStripe();
    }
  }

  /**
   * Adds a timer that is due {@code delayNanos} after {@code nowNanos}; a delay beyond the end of
   * the clock means never.
   *
   * @return its id, never zero
   */
  long schedule(Strand strand, long nowNanos, long delayNanos, Runnable task) {
    long now = nowNanos - originNanos;
    long deadline = Durations.saturatedAdd(now, Math.max(0, delayNanos));
    int at = (int) Thread.currentThread().getId() & (stripes.length - 1);
    TimerStripe stripe = stripes[at];
    if (!stripe.tryLock()) {
      at = lockAny(at);
      stripe = stripes[at];
    }
    long before = stripe.nextTick();
    long after;
    long id;
    try {
      id = stripe.add(now >>> TICK_BITS, tickAtOrAfter(deadline), deadline, strand, task);
      after = stripe.nextTick();
    } finally {
      stripe.unlock();
    }
    if (after < before) {
      earlier.accept(after);
    }
    return id | (long) at << INDEX_BITS;
  }

  /** Removes a timer; false if it is not there (any more). */
  boolean cancel(long id) {
    int low = (int) id;
    TimerStripe stripe = stripes[low >>> INDEX_BITS & (stripes.length - 1)];
    stripe.lock();
    try {
      return stripe.remove(low & ((1 << INDEX_BITS) - 1), (int) (id >>> 32));
    } finally {
      stripe.unlock();
    }
  }

  /**
   * How long until {@code tick} begins: zero if it has begun, {@link Long#MAX_VALUE} if it lies
   * beyond the end of the clock.
   */
  long nanosUntil(long tick, long nowNanos) {
    return tick > Long.MAX_VALUE >>> TICK_BITS
        ? Long.MAX_VALUE
        : Math.max(0, (tick << TICK_BITS) - (nowNanos - originNanos));
  }

  /**
   * The first tick at which something needs doing, {@link TimerStripe#NEVER} if nothing is pending.
   */
  long nextTick() {
    long first = TimerStripe.NEVER;
    for (TimerStripe stripe : stripes) {
      first = Math.min(first, stripe.nextTick());
    }
    return first;
  }

  /**
   * Takes out the timers of the first tick that is due, in the order of their deadlines. Timers of
   * later ticks stay until the next call.
   *
   * @param due an empty list; still holds what was taken out if this throws, for want of memory
   */
  void expire(long nowNanos, List<DueTimer> due) {
    long nowTick = (nowNanos - originNanos) >>> TICK_BITS;
    for (long tick = nextTick(); tick <= nowTick && due.isEmpty(); tick = nextTick()) {
      for (TimerStripe stripe : stripes) {
        boolean all = stripe.nextTick() > tick;
        while (!all) {
          stripe.lock();
          try {
            all = stripe.expire(tick, due);
          } finally {
            stripe.unlock();
          }
        }
      }
    }
    Collections.sort(due);
  }

  /** Pending timers; exact while nobody adds or removes any. */
  int live() {
    int live = 0;
    for (TimerStripe stripe : stripes) {
      stripe.lock();
      live += stripe.live();
      stripe.unlock();
    }
    return live;
  }

  /** Timers there is memory for. */
  int capacity() {
    int capacity = 0;
    for (TimerStripe stripe : stripes) {
      stripe.lock();
      capacity += stripe.capacity();
      stripe.unlock();
    }
    return capacity;
  }

  /** The first tick that does not begin before {@code nanos} after the origin. */
  static long tickAtOrAfter(long nanos) {
    return (nanos + TICK_MASK) >>> TICK_BITS;
  }

  private int lockAny(int home) {
    for (int i = 1; i < stripes.length; i++) {
      int at = (home + i) & (stripes.length - 1);
      if (stripes[at].tryLock()) {
        return at;
      }
    }
    stripes[home].lock();
    return home;
  }
}
