package dev.reliability.ops.cli;

import dev.reliability.container.ContainerRuntime;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * The command is asked to end (SIGTERM, Ctrl-C) while it supervises: what runs is asked to end,
 * then killed, and what became of it is written, each within a limit; all of it within five
 * seconds, unless a process does not even heed a kill or the disk hangs.
 */
final class StopAtExit implements AutoCloseable {
  private static final Duration INPUT_CLOSED = Duration.ofMillis(200);
  private static final Duration ASKED_TO_END = Duration.ofMillis(1_500);
  private static final Duration KILLED = Duration.ofMillis(1_200);
  private static final Duration WRITTEN = Duration.ofMillis(700);

  private final RunSupervisor supervisor;
  private final ContainerRuntime<?> workers;
  private final Workplace workplace;
  private final CompletableFuture<Void> finished;
  private final Thread hook = new Thread(this::end, "reliability: end");

  /**
   * Waits for the end of the JVM.
   *
   * @param finished done when the verb has its report
   */
  StopAtExit(
      RunSupervisor supervisor,
      ContainerRuntime<?> workers,
      Workplace workplace,
      CompletableFuture<Void> finished) {
    this.supervisor = supervisor;
    this.workers = workers;
    this.workplace = workplace;
    this.finished = finished;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void end() {
    CompletableFuture<Void> ended = supervisor.shutdown();
    await(ended, INPUT_CLOSED);
    supervisor.escalate();
    await(ended, ASKED_TO_END);
    supervisor.escalate();
    await(ended, KILLED);
    workers.close();
    await(finished, WRITTEN);
    workplace.finish();
  }

  private void await(CompletableFuture<Void> done, Duration limit) {
    CompletableFuture<Void> either = done.copy();
    ReliabilityRuntime runtime = workplace.runtime();
    try {
      runtime
          .scheduler()
          .schedule(
              runtime.strand(Strand.Kind.CONTROL, "end of run"),
              limit.toNanos(),
              () -> either.complete(null));
      runtime.await(either);
    } catch (RejectedExecutionException e) {
      // The verb has closed the runtime already, and is all but done.
    }
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
}
