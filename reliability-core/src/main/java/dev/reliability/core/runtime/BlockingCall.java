package dev.reliability.core.runtime;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Code that blocks, as a future: cancelling the future interrupts the thread that runs the code,
 * and nothing else. Code that heeds no interrupt goes on until it returns; nobody waits for it, and
 * what it returns is ignored. Thread-safe.
 */
public final class BlockingCall<T> extends CompletableFuture<T> {
  private final Callable<? extends T> code;
  private final Object lock = new Object();
  private @Nullable Thread running;
  private boolean interrupted;

  private BlockingCall(Callable<? extends T> code) {
    this.code = Objects.requireNonNull(code, "code");
  }

  /**
   * Runs {@code code} on {@code strand}.
   *
   * @param strand one of its own, of a kind that may block: what hangs there delays what comes
   *     after it
   * @return what the code returned or threw
   * @throws java.util.concurrent.RejectedExecutionException if the runtime is closed
   */
  public static <T> CompletableFuture<T> on(Strand strand, Callable<? extends T> code) {
    BlockingCall<T> call = new BlockingCall<>(code);
    strand.execute(call::run);
    return call;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (isCancelled()) {
      synchronized (lock) {
        if (running != null && !interrupted) {
          interrupted = true;
          running.interrupt();
        }
      }
    }
    return cancelled;
  }

  private void run() {
    synchronized (lock) {
      running = Thread.currentThread();
    }
    try {
      if (!isDone()) {
        complete(code.call());
      }
    } catch (Throwable e) {
      completeExceptionally(e);
    } finally {
      synchronized (lock) {
        running = null;
        if (interrupted) {
          Thread.interrupted(); // it was meant for the code, not for what the thread does next
        }
      }
    }
  }
}
