package dev.reliability.testkit.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** What {@link WorkerContract} asks of whoever extends it, and how it starts a worker. */
public abstract sealed class WorkerContractBase permits WorkerAloneContract {
  WorkerContractBase() {}

  /** The world the worker lives in. The same one for the whole of a test. */
  protected abstract ReliabilityRuntime runtime();

  /** A worker that plays {@code behaviour} each time it is started. */
  protected abstract Worker worker(Behaviour behaviour);

  /**
   * Lets time go by until {@code condition} holds, and fails, naming {@code what}, if it does not
   * for a long while.
   */
  protected abstract void until(String what, BooleanSupplier condition);

  /**
   * The unit of the time-outs: long for a worker that answers at once, short for whoever waits. 500
   * ms by default.
   */
  protected Duration unit() {
    return Duration.ofMillis(500);
  }

  final Started start(Behaviour behaviour) {
    return new Started(worker(behaviour), behaviour.name());
  }

  /** One start of a worker and what was heard of it. */
  final class Started {
    final RecordingListener heard = new RecordingListener();
    final WorkerHandle handle;

    Started(Worker worker, String run) {
      handle =
          worker.start(
              new RunContext(
                  "contract-" + run,
                  1,
                  Work.of("contract", run),
                  "contract",
                  Duration.ofMinutes(1)),
              heard);
      assertNotNull(handle, "a handle");
    }

    void untilUp() {
      until("it is up", () -> heard.workerName() != null);
    }

    void untilProgress() {
      until("it makes progress", () -> heard.progressCount() > 0);
    }

    void untilOver() {
      until("it is over", () -> heard.exit() != null && heard.isEof());
      assertInstanceOf(ExitStatus.class, heard.exit());
    }

    StopReport done(CompletionStage<StopReport> stage) {
      CompletableFuture<StopReport> future = stage.toCompletableFuture();
      until("the step of stopping is taken", future::isDone);
      return future.join();
    }

    void assertNoComplaint() {
      assertEquals(List.of(), heard.complaints());
    }
  }
}
