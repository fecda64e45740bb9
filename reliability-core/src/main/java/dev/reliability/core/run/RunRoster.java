package dev.reliability.core.run;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Which runs there are and whose turn it is in each lane, until all have ended and no more are
 * taken. Thread-safe; turns and the end are decided on one strand.
 */
final class RunRoster {
  private final ReliabilityRuntime runtime;
  private final RunPolicy policy;
  private final Duration drainTimeout;
  private final Strand admission;
  private final LaneSlots slots = new LaneSlots(); // on the admission strand
  private final ConcurrentHashMap<String, RunTask> tasks = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> allEnded = new CompletableFuture<>();
  private long drainTimer = Scheduler.NO_TIMER; // on the admission strand
  private volatile boolean closing;

  RunRoster(ReliabilityRuntime runtime, RunPolicy policy, Duration drainTimeout) {
    this.runtime = runtime;
    this.policy = policy;
    this.drainTimeout = drainTimeout;
    admission = runtime.strand(Strand.Kind.CONTROL, "admission");
  }

  boolean isClosing() {
    return closing;
  }

  /** Takes a run on and has it begin. */
  RunHandle take(RunTask task, Runnable begin) {
    tasks.put(task.id(), task);
    begin.run();
    if (closing) {
      task.post(new RunInput.Drain()); // it slipped in while the door was closing
    }
    return new RunHandle(task.id(), task.outcome());
  }

  /** The run of that id, unless it was forgotten. */
  @Nullable RunTask find(String run) {
    return tasks.get(run);
  }

  /** The runs that have not ended, oldest first. */
  List<LiveRun> live() {
    return tasks.values().stream()
        .filter(task -> !task.hasEnded())
        .map(RunTask::live)
        .sorted(Comparator.comparing(LiveRun::age).reversed().thenComparing(LiveRun::run))
        .toList();
  }

  void tellAll(RunInput input) {
    tasks.values().forEach(task -> task.post(input));
  }

  /** Asks for a place in the run's lane; its run is told when it has one. */
  void requestSlot(RunTask task) {
    admission.execute(
        () -> {
          if (slots.take(task.work().lane(), policy.maxConcurrent(task.work().lane()), task)) {
            task.post(new RunInput.Admitted());
          }
        });
  }

  void releaseSlot(RunTask task) {
    admission.execute(
        () -> {
          RunTask next = slots.release(task.work().lane(), task);
          if (next != null) {
            next.post(new RunInput.Admitted());
          }
        });
  }

  /** The run's outcome is known to everybody. */
  void forget(String run) {
    tasks.remove(run);
    admission.execute(this::endIfEmpty);
  }

  /** Takes no more runs, and ends those there are once the drain time is over. */
  CompletableFuture<Void> close() {
    admission.execute(this::beginClosing);
    return allEnded.copy();
  }

  private void beginClosing() {
    if (closing) {
      return;
    }
    closing = true;
    tellAll(new RunInput.Drain());
    try {
      drainTimer =
          runtime
              .scheduler()
              .schedule(admission, Durations.saturatedNanos(drainTimeout), this::stopWhatIsLeft);
    } catch (RejectedExecutionException runtimeClosed) {
      stopWhatIsLeft();
    }
    endIfEmpty();
  }

  private void stopWhatIsLeft() {
    tellAll(new RunInput.Shutdown());
  }

  private void endIfEmpty() {
    if (closing && tasks.isEmpty()) {
      runtime.scheduler().cancel(drainTimer);
      runtime.strand(Strand.Kind.DELIVERY, "closed").execute(() -> allEnded.complete(null));
    }
  }
}
