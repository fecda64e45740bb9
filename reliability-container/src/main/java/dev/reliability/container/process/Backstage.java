package dev.reliability.container.process;

import dev.reliability.core.runtime.Pause;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which processes are looked for and killed, and their timers. The threads exist
 * from the beginning, so that a kill works when no thread can be made any more; nothing that runs
 * here waits for a process or for the host.
 */
final class Backstage implements Executor {
  private static final int THREADS = 4;

  private final ReliabilityRuntime runtime;
  private final Strand strand;
  private final ThreadPoolExecutor pool;

  Backstage(ReliabilityRuntime runtime) {
    this.runtime = runtime;
    this.strand = runtime.strand(Strand.Kind.CONTROL, "processes");
    AtomicInteger count = new AtomicInteger();
    this.pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> Threads.daemon("reliability-processes-" + count.incrementAndGet(), task));
    pool.prestartAllCoreThreads();
  }

  /** Runs {@code task} on one of the threads. */
  @Override
  public void execute(Runnable task) {
    pool.execute(task);
  }

  /**
   * Runs {@code task} on one of the threads once {@code nanos} have passed, even if the runtime's
   * timers are gone.
   */
  void later(long nanos, Runnable task) {
    try {
      runtime.scheduler().schedule(strand, nanos, () -> execute(task));
    } catch (RejectedExecutionException closed) {
      execute(
          () -> {
            Pause.ofNanos(nanos);
            task.run();
          });
    }
  }

  /** The monotonic clock. */
  long nanos() {
    return runtime.time().nanos();
  }

  /** Lets the threads end once they are idle. Tasks may still be given; they get new threads. */
  void release() {
    pool.allowCoreThreadTimeOut(true);
  }
}
