package dev.reliability.core.runtime;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A task that repeats at a fixed rate and cannot die silently: an exception inside one tick is the
 * strand's to report (logged, or the end of a simulated test), and the next tick comes all the
 * same. Ticks that were missed (a suspended machine, a stopped process) are made up for by one
 * tick, not by a burst. Thread-safe.
 */
public final class Periodic implements AutoCloseable {
  private final ReliabilityRuntime runtime;
  private final Strand strand;
  private final long periodNanos;
  private final Runnable task;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Runnable tick = this::tick;
  private volatile long timer;
  private long dueNanos;

  private Periodic(ReliabilityRuntime runtime, Strand strand, long periodNanos, Runnable task) {
    this.runtime = runtime;
    this.strand = strand;
    this.periodNanos = periodNanos;
    this.task = task;
  }

  /**
   * Starts repeating {@code task} on {@code strand}, for the first time after one period.
   *
   * @throws IllegalArgumentException if {@code period} is not positive
   */
  public static Periodic start(
      ReliabilityRuntime runtime, Strand strand, Duration period, Runnable task) {
    Objects.requireNonNull(task, "task");
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("period: expected a positive duration, got " + period);
    }
    Periodic periodic = new Periodic(runtime, strand, Durations.saturatedNanos(period), task);
    periodic.dueNanos = runtime.time().nanos() + periodic.periodNanos;
    periodic.timer = runtime.scheduler().schedule(strand, periodic.periodNanos, periodic.tick);
    return periodic;
  }

  /** Stops repeating. A tick that is running goes on to its end; none starts after it. */
  @Override
  public void close() {
    closed.set(true);
    runtime.scheduler().cancel(timer);
  }

  private void tick() {
    if (closed.get()) {
      return;
    }
    long now = runtime.time().nanos();
    long late = now - dueNanos;
    long missed = late < periodNanos ? 0 : late / periodNanos; // divides only when it has to
    dueNanos += (missed + 1) * periodNanos;
    try {
      timer = runtime.scheduler().schedule(strand, dueNanos - now, tick);
    } catch (RejectedExecutionException e) {
      return; // the runtime was closed while this tick waited for its turn
    }
    if (closed.get()) {
      runtime.scheduler().cancel(timer);
      return;
    }
    // The next tick is already scheduled; what this one throws is the strand's to report.
    task.run();
  }
}
