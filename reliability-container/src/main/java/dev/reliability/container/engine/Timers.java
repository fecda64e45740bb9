package dev.reliability.container.engine;

import dev.reliability.core.runtime.Pause;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** Timers that fire even if the runtime they come from was closed too early. */
final class Timers {
  private final ReliabilityRuntime runtime;

  Timers(ReliabilityRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * Runs {@code task} on {@code strand} once {@code nanos} have passed.
   *
   * @return for {@link #cancel}
   */
  long later(Strand strand, long nanos, Runnable task) {
    try {
      return runtime.scheduler().schedule(strand, nanos, task);
    } catch (RejectedExecutionException closed) {
      Thread thread =
          new Thread(
              () -> {
                Pause.ofNanos(nanos);
                task.run();
              },
              "reliability-engine-late");
      thread.setDaemon(true);
      thread.start();
      return Scheduler.NO_TIMER;
    }
  }

  /** Ends when {@code event} has, or once {@code nanos} have passed. */
  CompletableFuture<Void> within(Strand strand, CompletableFuture<Void> event, long nanos) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    event.thenRun(() -> over.complete(null));
    if (!over.isDone()) {
      long timer = later(strand, nanos, () -> over.complete(null));
      over.thenRun(() -> cancel(timer));
    }
    return over;
  }

  /** Forgets a timer that is not needed any more. */
  void cancel(long timer) {
    runtime.scheduler().cancel(timer);
  }

  /** The monotonic clock. */
  long nanos() {
    return runtime.time().nanos();
  }
}
