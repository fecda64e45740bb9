package dev.reliability.examples;

import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * What happens when the JVM is asked to end in the middle (SIGTERM, Ctrl-C): every run is asked to
 * end and gets its reason, then its processes are stopped, then the main thread has a moment to
 * write down how it ended. Each step has a limit; all of them together take five seconds at most.
 */
final class AtExit implements AutoCloseable {
  private static final Duration ASKED = Duration.ofMillis(200);
  private static final Duration ENDED = Duration.ofMillis(500);
  private static final Duration WRITTEN = Duration.ofMillis(500);

  private final ReliabilityRuntime runtime;
  private final RunSupervisor supervisor;
  private final ProcessRuntime processes;
  private final CompletableFuture<Void> stop;
  private final CompletableFuture<Void> written;
  private final Thread hook = new Thread(this::end, "end of main");

  /**
   * Waits for the end of the JVM.
   *
   * @param stop done when the main thread is to begin nothing new
   * @param written done when the main thread has closed everything
   */
  AtExit(
      ReliabilityRuntime runtime,
      RunSupervisor supervisor,
      ProcessRuntime processes,
      CompletableFuture<Void> stop,
      CompletableFuture<Void> written) {
    this.runtime = runtime;
    this.supervisor = supervisor;
    this.processes = processes;
    this.stop = stop;
    this.written = written;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The JVM may end: nothing is left to be stopped. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is ending right now, and the hook runs.
    }
  }

  private void end() {
    CompletableFuture<Void> ended = supervisor.shutdown();
    await(ended, ASKED);
    processes.close();
    await(ended, ENDED);
    stop.complete(null);
    await(written, WRITTEN);
  }

  private void await(CompletableFuture<Void> done, Duration limit) {
    CompletableFuture<Void> either = done.copy();
    try {
      runtime
          .scheduler()
          .schedule(
              runtime.strand(Strand.Kind.CONTROL, "end of main"),
              limit.toNanos(),
              () -> either.complete(null));
      runtime.await(either);
    } catch (RejectedExecutionException e) {
      // The main thread has closed the runtime already, and is all but done.
    }
  }
}
