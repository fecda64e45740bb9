package dev.reliability.core.run;

import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one run asks of its adapter: each call is made on a delivery strand of its own, where it may
 * hang or throw, and what came of it goes back to the control strand. Its methods are called on the
 * control strand, but for {@link #pulse}.
 */
final class RunAdapter {
  private final RunSupervisor supervisor;
  private final RunTask task;
  private final Worker worker;
  private final HostCode host;
  private final Strand control;
  private final long origin;
  private volatile @Nullable Attempt attempt; // written on the control strand

  /**
   * The adapter of a run.
   *
   * @param origin what the monotonic clock said when the run was submitted
   */
  RunAdapter(
      RunSupervisor supervisor,
      RunTask task,
      Worker worker,
      HostCode host,
      Strand control,
      long origin) {
    this.supervisor = supervisor;
    this.task = task;
    this.worker = worker;
    this.host = host;
    this.control = control;
    this.origin = origin;
  }

  /** What the pumps of the attempt under way have written down. */
  Pulse pulse(long now, long leaseUntil) {
    Attempt current = attempt;
    return current == null ? Pulse.none(now, leaseUntil) : current.pulse(now, leaseUntil);
  }

  void start(int number, Duration deadline, long token) {
    Attempt next =
        new Attempt(
            task,
            number,
            supervisor.runtime().time(),
            origin,
            supervisor.policy().progressSample().toNanos());
    attempt = next;
    RunContext context =
        new RunContext(task.id(), number, task.work(), supervisor.bus().epoch(), deadline, token);
    call(
        "start",
        "the worker's start",
        () -> {
          WorkerHandle handle = worker.start(context, next);
          if (handle == null) {
            throw new NullPointerException("start returned no handle");
          }
          control.execute(() -> arrived(next, handle));
        },
        thrown -> task.post(new RunInput.StartBroke(number, String.valueOf(thrown))));
  }

  private void arrived(Attempt arrivedFor, WorkerHandle handle) {
    for (StopStep wanted : arrivedFor.arrived(handle)) {
      callStop(arrivedFor, handle, wanted);
    }
    if (arrivedFor != attempt || task.isOver()) {
      callStop(arrivedFor, handle, StopStep.KILL); // nobody waits for this one any more
    }
    task.step(new RunInput.HandleArrived(arrivedFor.number()));
  }

  /** Takes a step of stopping, as soon as there is a handle to take it with. */
  void stop(StopStep step) {
    Attempt current = attempt;
    if (current != null) {
      WorkerHandle handle = current.handleFor(step);
      if (handle != null) {
        callStop(current, handle, step);
      }
    }
  }

  private void callStop(Attempt of, WorkerHandle handle, StopStep step) {
    call(
        "stop",
        "the worker's handle",
        () -> {
          CompletionStage<StopReport> stage =
              switch (step) {
                case INPUT -> handle.closeInput();
                case TERMINATE -> handle.terminate();
                default -> handle.kill();
              };
          stage.whenComplete((report, error) -> stopped(of, step, report, error));
        },
        thrown -> stopped(of, step, null, thrown));
  }

  private void stopped(
      Attempt of, StopStep step, @Nullable StopReport report, @Nullable Throwable error) {
    task.post(
        new RunInput.StopDone(
            of.number(),
            step,
            report == null ? StopReport.CLEAN : report,
            report == null ? String.valueOf(error) : null));
  }

  void checkAlive() {
    Attempt current = attempt;
    WorkerHandle handle = current == null ? null : current.handle();
    if (current != null && handle != null) {
      call(
          "alive",
          "the worker's handle",
          () -> task.post(new RunInput.Alive(current.number(), handle.isAlive())),
          thrown -> {});
    }
  }

  private void call(String label, String what, Runnable code, Consumer<Throwable> thrown) {
    supervisor
        .runtime()
        .strand(Strand.Kind.DELIVERY, label + " " + task.id())
        .execute(
            () -> {
              Throwable error = host.call(what, code);
              if (error != null) {
                thrown.accept(error);
              }
            });
  }
}
