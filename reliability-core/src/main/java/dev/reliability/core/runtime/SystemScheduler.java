package dev.reliability.core.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Timers on the real clock: a wheel, and a thread that hands over what is due and does nothing
 * else.
 */
final class SystemScheduler implements Scheduler, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Scheduler.class);
  private static final int STRIPES = 4;

  private final TimeSource time;
  private final TimerWheel wheel;
  private final Thread thread;

  /** The tick for which the thread sleeps; while it is awake, a tick that nothing comes before. */
  private volatile long sleepsUntil = Long.MIN_VALUE;

  private volatile boolean closed;

  SystemScheduler(TimeSource time) {
    this.time = time;
    wheel = new TimerWheel(time.nanos(), STRIPES, this::earlier);
    thread = new Thread(null, this::loop, "reliability-timer");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public long schedule(Strand strand, long delayNanos, Runnable task) {
    if (closed) {
      throw new RejectedExecutionException("the runtime is closed");
    }
    return wheel.schedule(strand, time.nanos(), delayNanos, task);
  }

  @Override
  public boolean cancel(long timer) {
    return wheel.cancel(timer);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void earlier(long tick) {
    if (tick < sleepsUntil) {
      LockSupport.unpark(thread);
    }
  }

  private void loop() {
    List<DueTimer> due = new ArrayList<>();
    while (!closed) {
      try {
        sleepsUntil = Long.MIN_VALUE;
        wheel.expire(time.nanos(), due);
      } catch (Throwable e) {
        log.error("timers: what was taken out is handed over all the same", e);
      }
      if (due.isEmpty()) {
        sleep();
      } else {
        due.forEach(SystemScheduler::handOver);
        due.clear();
      }
    }
  }

  private void sleep() {
    long tick = wheel.nextTick();
    sleepsUntil = tick;
    if (wheel.nextTick() >= tick) { // what came in between did not see that we go to sleep
      long nanos = wheel.nanosUntil(tick, time.nanos());
      if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      }
    }
  }

  private static void handOver(DueTimer timer) {
    try {
      timer.strand().execute(timer.task());
    } catch (Throwable e) {
      log.warn("a timer could not be handed to strand {}", timer.strand().label(), e);
    }
  }
}
