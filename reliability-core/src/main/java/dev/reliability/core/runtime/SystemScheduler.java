package dev.reliability.core.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * Timers on the real clock: a wheel, and one thread that hands over what is due and does nothing
 * else.
 *
 * <p>The thread sleeps until the next tick at which there is something to do. Scheduling wakes it
 * only if it would sleep for too long, so almost never.
 */
final class SystemScheduler implements Scheduler, AutoCloseable {
  /**
   * What {@link #sleepsUntil}, a tick, says while the thread is awake: it looks again before it
   * sleeps, so nobody has to wake it.
   */
  private static final long AWAKE = Long.MIN_VALUE;

  /** How long the thread rests after a failure of its own (no memory), in nanoseconds: 10 ms. */
  private static final long REST_NANOS = 10_000_000;

  private static final VarHandle SLEEPS_UNTIL;

  static {
    try {
      SLEEPS_UNTIL =
          MethodHandles.lookup().findVarHandle(SystemScheduler.class, "sleepsUntil", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final TimeSource time;
  private final Warnings warnings;
  private final TimerWheel wheel;
  private final Thread thread;
  private final List<DueTimer> due = new ArrayList<>();
  private volatile long sleepsUntil = AWAKE;
  private volatile boolean closed;

  SystemScheduler(TimeSource time, ThreadFactory threads, Warnings warnings) {
    this.time = time;
    this.warnings = warnings;
    // Four stripes for each processor make it unlikely that two busy threads have the same one.
    wheel =
        new TimerWheel(time.nanos(), 4 * Runtime.getRuntime().availableProcessors(), this::wake);
    thread = threads.newThread(this::watch);
  }

  /** Starts the thread. */
  void start() {
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

  /** Ends the thread; a timer that it is handing over may still get through. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  boolean isClosed() {
    return closed;
  }

  /** The pending timers. */
  TimerWheel wheel() {
    return wheel;
  }

  /** The thread that hands over. */
  Thread thread() {
    return thread;
  }

  /** Called when the wheel's next tick has come nearer. */
  private void wake(long tick) {
    // The wheel's tick was written before this reads; sleep() writes this before it reads the tick.
    VarHandle.fullFence();
    long sleeps = sleepsUntil;
    while (tick < sleeps) {
      long witness = (long) SLEEPS_UNTIL.compareAndExchange(this, sleeps, tick);
      if (witness == sleeps) {
        LockSupport.unpark(thread);
        return;
      }
      sleeps = witness;
    }
  }

  private void watch() {
    while (!closed) {
      try {
        wheel.expire(time.nanos(), due);
        if (due.isEmpty()) {
          sleep();
        }
      } catch (Throwable e) {
        warnings.warn("the timer thread failed and goes on", e);
        LockSupport.parkNanos(this, REST_NANOS);
      }
      handOver();
    }
  }

  private void sleep() {
    long tick = wheel.nextTick();
    sleepsUntil = tick;
    VarHandle.fullFence();
    if (wheel.nextTick() >= tick) {
      long nanos = wheel.nanosUntil(tick, time.nanos());
      if (nanos == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      }
    }
    sleepsUntil = AWAKE;
    Thread.interrupted(); // nobody has a reason to interrupt, and it would end all sleep
  }

  private void handOver() {
    for (int i = 0; i < due.size() && !closed; i++) {
      DueTimer timer = due.get(i);
      try {
        timer.strand().execute(timer.task());
      } catch (Throwable e) {
        warnings.warn("a timer was lost: its strand refused the task", e);
      }
    }
    due.clear();
  }
}
