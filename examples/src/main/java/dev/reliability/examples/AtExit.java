package dev.reliability.examples;

import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.journal.JournalWriter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * What happens when the JVM is asked to end in the middle (SIGTERM, Ctrl-C): every run is asked to
 * end, then killed, and gets its reason; then the journal is closed, whatever the main thread is
 * waiting for. Each step has a limit. All of them together take less than five seconds, unless a
 * process does not even heed a kill or the disk hangs.
 */
final class AtExit implements AutoCloseable {
  private static final Duration INPUT_CLOSED = Duration.ofMillis(200);
  private static final Duration ASKED_TO_END = Duration.ofMillis(1_500);
  private static final Duration KILLED = Duration.ofMillis(1_200);
  private static final Duration WRITTEN = Duration.ofMillis(500);

  private final EventBus bus;
  private final RunSupervisor supervisor;
  private final ProcessRuntime processes;
  private final CompletableFuture<Void> stop;
  private final JournalWriter journal;
  private final CompletableFuture<Void> written;
  private final Thread hook = new Thread(this::end, "end of main");

  /**
   * Waits for the end of the JVM.
   *
   * @param stop done when the main thread is to begin nothing new
   * @param written done when the main thread has closed everything
   */
  AtExit(
      EventBus bus,
      RunSupervisor supervisor,
      ProcessRuntime processes,
      CompletableFuture<Void> stop,
      JournalWriter journal,
      CompletableFuture<Void> written) {
    this.bus = bus;
    this.supervisor = supervisor;
    this.processes = processes;
    this.stop = stop;
    this.journal = journal;
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
    await(ended, INPUT_CLOSED);
    supervisor.escalate();
    await(ended, ASKED_TO_END);
    supervisor.escalate();
    await(ended, KILLED);
    processes.close(); // whatever is left
    stop.complete(null);
    await(written, WRITTEN); // the main thread may have more to show
    bus.close();
    journal.close();
  }

  private void await(CompletableFuture<Void> done, Duration limit) {
    CompletableFuture<Void> either = done.copy();
    ReliabilityRuntime runtime = bus.runtime();
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
