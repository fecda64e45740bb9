package dev.reliability.ops.outage;

import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Starts a worker once a file is there, and says nothing until then.
 *
 * @param file what it waits for
 * @param worker what it starts then
 */
record WaitsForFile(Path file, Worker worker, ReliabilityRuntime runtime) implements Worker {
  private static final long LOOK_EVERY = Duration.ofMillis(50).toNanos();

  @Override
  public WorkerHandle start(RunContext context, WorkerListener listener) {
    Waiting waiting = new Waiting(context, listener, runtime.strand(Strand.Kind.CONTROL, "waits"));
    waiting.strand.execute(waiting::look);
    return waiting;
  }

  /** All but what is asked of it happens on its strand. */
  private final class Waiting implements WorkerHandle {
    private final RunContext context;
    private final WorkerListener listener;
    private final Strand strand;
    private volatile @Nullable WorkerHandle started;
    private volatile boolean isOver;

    Waiting(RunContext context, WorkerListener listener, Strand strand) {
      this.context = context;
      this.listener = listener;
      this.strand = strand;
    }

    private void look() {
      if (isOver) {
        return;
      }
      if (Files.exists(file)) {
        started = worker.start(context, listener);
      } else {
        runtime.scheduler().schedule(strand, LOOK_EVERY, this::look);
      }
    }

    @Override
    public CompletionStage<StopReport> closeInput() {
      return orEnd(WorkerHandle::closeInput, false);
    }

    @Override
    public CompletionStage<StopReport> terminate() {
      return orEnd(WorkerHandle::terminate, true);
    }

    @Override
    public CompletionStage<StopReport> kill() {
      return orEnd(WorkerHandle::kill, true);
    }

    private CompletionStage<StopReport> orEnd(
        Function<WorkerHandle, CompletionStage<StopReport>> ask, boolean ends) {
      CompletableFuture<StopReport> done = new CompletableFuture<>();
      strand.execute(
          () -> {
            WorkerHandle handle = started;
            if (handle != null) {
              ask.apply(handle).thenAccept(done::complete);
              return;
            }
            if (ends && !isOver) {
              isOver = true;
              listener.spawnFailed(
                  new SpawnFailure(SpawnFailure.Kind.OTHER, "still waiting for " + file));
            }
            done.complete(StopReport.CLEAN);
          });
      return done;
    }

    @Override
    public boolean isAlive() {
      WorkerHandle handle = started;
      return handle != null && handle.isAlive();
    }
  }
}
