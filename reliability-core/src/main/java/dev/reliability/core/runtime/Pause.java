package dev.reliability.core.runtime;

import java.util.concurrent.locks.LockSupport;

/**
 * Makes the calling thread wait on the real clock, for the few places where no timer can be relied
 * on any more, such as a JVM's shutdown hook. Everything else uses a {@link Scheduler}, so that
 * tests can move its time.
 */
public final class Pause {
  private Pause() {}

  /**
   * Returns after {@code nanos} nanoseconds, not earlier. An interrupt does not shorten it and is
   * kept for later.
   *
   * @param nanos how long; zero or less returns at once
   */
  public static void ofNanos(long nanos) {
    long begin = System.nanoTime();
    boolean interrupted = false;
    long left;
    while ((left = nanos - (System.nanoTime() - begin)) > 0) {
      LockSupport.parkNanos(left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
