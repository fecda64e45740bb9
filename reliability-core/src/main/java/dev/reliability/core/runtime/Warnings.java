package dev.reliability.core.runtime;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warnings about something that may go wrong thousands of times a second: logs one in ten seconds
 * and counts the others.
 */
final class Warnings {
  private static final Logger log = LoggerFactory.getLogger(ReliabilityRuntime.class);
  private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();

  private final TimeSource time;
  private final AtomicLong nextNanos;
  private final AtomicLong held = new AtomicLong();

  Warnings(TimeSource time) {
    this.time = time;
    nextNanos = new AtomicLong(time.nanos());
  }

  /** Logs or counts; never throws. */
  void warn(String message, Throwable cause) {
    try {
      long now = time.nanos();
      long next = nextNanos.get();
      if (now - next < 0 || !nextNanos.compareAndSet(next, now + QUIET_NANOS)) {
        leftOut();
        return;
      }
      log.warn("{} ({} warnings were left out before this one)", message, held.getAndSet(0), cause);
    } catch (Throwable broken) {
      leftOut(); // the log itself fails: there is no better place to say so
    }
  }

  /** Counts a warning that could not be logged. */
  void leftOut() {
    held.incrementAndGet();
  }
}
