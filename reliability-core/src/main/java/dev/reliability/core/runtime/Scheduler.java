package dev.reliability.core.runtime;

/**
 * One-shot timers that fire on a {@link Strand}, never early.
 *
 * <p>A timer is a plain {@code long}, so that scheduling and cancelling allocate nothing.
 * Implementations are safe for use by many threads, run no task on the timer thread itself, and
 * forget a cancelled timer at once.
 */
public interface Scheduler {

  /** The id that no timer ever has; {@link #cancel cancelling} it does nothing. */
  long NO_TIMER = 0L;

  /**
   * Runs {@code task} on {@code strand} once {@code delayNanos} have passed on the monotonic clock.
   *
   * @param delayNanos how long to wait, in nanoseconds; zero or less means as soon as possible
   * @return the timer's id, never {@link #NO_TIMER}
   * @throws java.util.concurrent.RejectedExecutionException if the runtime is closed
   */
  long schedule(Strand strand, long delayNanos, Runnable task);

  /**
   * Cancels a timer.
   *
   * @return true if the task has not been handed to its strand and now never will be; false if it
   *     was already handed over, was cancelled before, or never existed
   */
  boolean cancel(long timer);
}
