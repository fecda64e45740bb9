package dev.reliability.core.run;

import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the host about one run: listeners in order on one delivery strand, the cursor and the
 * outcome each on their own, so that one that hangs holds up nobody else.
 */
final class RunNotifier {
  /**
   * How long the outcome waits for the cursor to be settled; the end itself does not wait at all.
   */
  private static final long CURSOR_LIMIT_NANOS = Duration.ofSeconds(1).toNanos();

  private final RunSupervisor supervisor;
  private final ReliabilityRuntime runtime;
  private final HostCode host;
  private final String id;
  private final Work work;
  private final Strand listeners;
  private final CompletableFuture<RunOutcome> outcome = new CompletableFuture<>();

  RunNotifier(RunSupervisor supervisor, HostCode host, String id, Work work) {
    this.supervisor = supervisor;
    this.host = host;
    this.id = id;
    this.work = work;
    runtime = supervisor.runtime();
    listeners = runtime.strand(Strand.Kind.DELIVERY, "listeners " + id);
  }

  CompletableFuture<RunOutcome> outcome() {
    return outcome;
  }

  void started(String worker) {
    tell(listener -> listener.started(id, work, worker));
  }

  void progressed(long count, long outputBytes) {
    tell(listener -> listener.progressed(id, work, count, outputBytes));
  }

  void ended(RunReport report, RunEnd.Cursor action) {
    RunOutcome value = outcomeOf(report);
    tell(listener -> listener.ended(value));
    InputCursor cursor = supervisor.cursor();
    if (cursor == null) {
      complete(value);
      return;
    }
    AtomicBoolean told = new AtomicBoolean();
    Strand strand = runtime.strand(Strand.Kind.DELIVERY, "cursor " + id);
    long timer =
        limit(
            () -> {
              if (told.compareAndSet(false, true)) {
                settledEvent(
                    action, "it did not return within 1 s; the outcome was told without it");
                complete(value);
              }
            });
    strand.execute(
        () -> {
          Throwable thrown =
              host.call(
                  "the input cursor",
                  () -> {
                    if (action == RunEnd.Cursor.COMMIT) {
                      cursor.commit(report);
                    } else {
                      cursor.rollback(report);
                    }
                  });
          runtime.scheduler().cancel(timer);
          settledEvent(action, thrown == null ? null : String.valueOf(thrown));
          if (told.compareAndSet(false, true)) {
            complete(value);
          }
        });
  }

  void refused(RunOutcome.Refused value) {
    tell(listener -> listener.ended(value));
    complete(value);
  }

  private long limit(Runnable passed) {
    Strand strand = runtime.strand(Strand.Kind.CONTROL, "cursor limit " + id);
    try {
      return runtime.scheduler().schedule(strand, CURSOR_LIMIT_NANOS, passed);
    } catch (RejectedExecutionException closed) {
      strand.execute(passed); // there is no time any more to wait in
      return Scheduler.NO_TIMER;
    }
  }

  private void settledEvent(RunEnd.Cursor action, @Nullable String problem) {
    supervisor
        .bus()
        .emit(
            Subject.ofRun(work.lane(), work.item(), id),
            new RunEvent.CursorSettled(action.wireName(), problem == null, problem));
  }

  private void complete(RunOutcome value) {
    runtime
        .strand(Strand.Kind.DELIVERY, "outcome " + id)
        .execute(
            () -> {
              supervisor.roster().forget(id);
              outcome.complete(value);
            });
  }

  private void tell(Consumer<RunListener> call) {
    for (RunListener listener : supervisor.listeners()) {
      listeners.execute(() -> host.call("a run listener", () -> call.accept(listener)));
    }
  }

  private static RunOutcome outcomeOf(RunReport report) {
    RunState state = report.state();
    if (state.isSuccess()) {
      return new RunOutcome.Succeeded(report);
    }
    return state == RunState.CANCELLED
        ? new RunOutcome.Cancelled(report)
        : new RunOutcome.Failed(report);
  }
}
