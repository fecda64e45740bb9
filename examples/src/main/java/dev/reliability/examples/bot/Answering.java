package dev.reliability.examples.bot;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.run.WorkerListener;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A worker whose success is told only once its answer is in the outbox: what is done has an answer
 * that is kept, whenever this process is killed.
 *
 * @param worker the one that works
 * @param answer keeps the answer; done when it is kept
 */
record Answering(Worker worker, Supplier<CompletionStage<?>> answer) implements Worker {

  @Override
  public WorkerHandle start(RunContext context, WorkerListener listener) {
    return worker.start(context, new Told(listener));
  }

  /** Hands everything on, but the end of a success only after its answer. */
  private final class Told implements WorkerListener {
    private final WorkerListener listener;
    private final AtomicBoolean wasCalled = new AtomicBoolean();
    private volatile ExitStatus status = ExitStatus.UNKNOWN;

    Told(WorkerListener listener) {
      this.listener = listener;
    }

    @Override
    public void exited(ExitStatus its) {
      if (!its.equals(new ExitStatus.Code(0))) {
        listener.exited(its);
        return;
      }
      status = its;
      finish();
    }

    @Override
    public void eof() {
      listener.eof();
      finish();
    }

    /** The second of exit and end of output. */
    private void finish() {
      if (!wasCalled.compareAndSet(false, true)) {
        ExitStatus its = status;
        answer
            .get()
            .whenComplete(
                (kept, failed) ->
                    listener.exited(
                        failed == null
                            ? its
                            : new ExitStatus.Unknown("its answer could not be kept: " + failed)));
      }
    }

    @Override
    public void spawned(String workerName) {
      listener.spawned(workerName);
    }

    @Override
    public void spawnFailed(SpawnFailure failure) {
      listener.spawnFailed(failure);
    }

    @Override
    public void spawnUnknown(String detail) {
      listener.spawnUnknown(detail);
    }

    @Override
    public void output(long bytes) {
      listener.output(bytes);
    }

    @Override
    public void progress() {
      listener.progress();
    }

    @Override
    public void toolsInFlight(int inFlight) {
      listener.toolsInFlight(inFlight);
    }

    @Override
    public void result(String payload) {
      listener.result(payload);
    }

    @Override
    public void outputHeld(boolean held) {
      listener.outputHeld(held);
    }

    @Override
    public void leftBehind(List<String> survivors) {
      listener.leftBehind(survivors);
    }
  }
}
