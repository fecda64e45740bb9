package dev.reliability.core.run;

import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.RunRecord;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one run asks of its stores: each step is taken on the run's I/O strand, where it may hang,
 * and its answer goes back to the control strand.
 */
final class RunStores {
  private static final Logger log = LoggerFactory.getLogger(RunSupervisor.class);
  private static final int MOST_SETTLEMENTS = 60;
  private static final long SETTLE_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

  private final RunTask task;
  private final Scheduler scheduler;
  private final Duration timeout;
  private final Strand io;
  private final RunRecorder recorder;
  private final @Nullable RunLease lease;
  private long claimTimer = Scheduler.NO_TIMER; // on the control strand

  RunStores(RunSupervisor supervisor, RunTask task) {
    this.task = task;
    String id = task.id();
    Work work = task.work();
    scheduler = supervisor.runtime().scheduler();
    timeout = supervisor.policy().storeTimeout();
    io = supervisor.runtime().strand(Strand.Kind.IO, "store " + id);
    recorder =
        new RunRecorder(
            supervisor.store(),
            supervisor.runtime().time(),
            RunRecord.queued(
                id,
                work.lane(),
                work.item(),
                supervisor.bus().epoch(),
                supervisor.runtime().time().wall()));
    Claims claims = supervisor.claims();
    lease = claims == null ? null : new RunLease(claims, supervisor.bus(), id, work);
  }

  /** Whether the run has to claim its item. */
  boolean claims() {
    return lease != null;
  }

  /** The fencing token; 0 before the claim was granted, or if nothing is claimed. */
  long token() {
    return lease == null ? 0 : lease.token();
  }

  /** When the holder's own deadline for the lease is, in nanoseconds since {@code origin}. */
  long leaseUntil(long origin) {
    return lease == null ? RunModel.NEVER : lease.until(origin);
  }

  // ---- the claim ----

  /** Goes on with a lease that was granted already. */
  void keep(Lease granted, long askedNanos) {
    if (lease != null) {
      lease.keep(granted, askedNanos, this::leaseLost);
    }
  }

  /**
   * Asks for the item; what is not answered in time is refused, and given back if it comes late.
   * The answer goes to {@link RunTask#claimed}, once.
   */
  void claim(Strand control) {
    AtomicBoolean decided = new AtomicBoolean();
    control.execute(
        () -> {
          Runnable late =
              () -> {
                if (decided.compareAndSet(false, true)) {
                  task.claimed(null, "the store did not answer within " + timeout);
                }
              };
          try {
            claimTimer = scheduler.schedule(control, timeout.toNanos(), late);
          } catch (RejectedExecutionException e) {
            late.run();
          }
          io.execute(() -> claimAndAnswer(control, decided));
        });
  }

  private void claimAndAnswer(Strand control, AtomicBoolean decided) {
    RunLease wanted = lease;
    Claim claim = null;
    String error = null;
    if (wanted == null || decided.get()) {
      return;
    }
    try {
      claim = wanted.claim(this::leaseLost);
    } catch (Throwable e) {
      log.warn("{}: the claim failed", task, e);
      error = String.valueOf(e);
    }
    if (!decided.compareAndSet(false, true)) {
      wanted.giveBack();
      return;
    }
    Claim answer = claim;
    String failure = error;
    control.execute(
        () -> {
          scheduler.cancel(claimTimer);
          task.claimed(answer, failure);
        });
  }

  private void leaseLost(String why) {
    task.post(new RunInput.LeaseLost(why));
  }

  // ---- the record ----

  void create() {
    recording(recorder::create, RunInput.Created::new, RunInput.Created::new);
  }

  void running(String worker) {
    recording(
        () -> recorder.running(worker),
        conflict -> new RunInput.Marked(conflict, null),
        error -> new RunInput.Marked(null, error));
  }

  private void recording(
      Supplier<@Nullable String> step,
      Function<@Nullable String, RunInput> answer,
      Function<@Nullable String, RunInput> failure) {
    io.execute(
        () -> {
          RunInput input;
          try {
            input = answer.apply(step.get());
          } catch (Throwable e) {
            log.warn("{}: the store failed", task, e);
            input = failure.apply(String.valueOf(e));
          }
          task.post(input);
        });
  }

  // ---- the end ----

  /**
   * Settles the claim, then records the end. What was worked out is not given up because the store
   * failed once: while the lease is renewed it is tried again, also after the end was told without
   * it.
   */
  void end(RunEnd end) {
    io.execute(() -> end(end, 1));
  }

  /** The same, tried once: after an error of this library nothing more is to be relied upon. */
  void endAtOnce(RunEnd end) {
    io.execute(() -> end(end, MOST_SETTLEMENTS));
  }

  private void end(RunEnd end, int attempt) {
    RunEnd settled = end;
    String error;
    try {
      settled = lease == null ? end : lease.settle(end);
      error = recorder.end(settled);
    } catch (Throwable e) {
      log.warn("{}: the store failed at its end", task, e);
      error = String.valueOf(e);
      if (lease != null) {
        if (attempt < MOST_SETTLEMENTS && endLater(end, attempt)) {
          return;
        }
        lease.abandon();
        settled = end.unsettled(error);
      }
    }
    task.post(new RunInput.EndRecorded(settled, error, recorder.endedElsewhere()));
  }

  private boolean endLater(RunEnd end, int attempt) {
    try {
      scheduler.schedule(io, SETTLE_AGAIN_NANOS, () -> end(end, attempt + 1));
      return true;
    } catch (RejectedExecutionException closed) {
      return false;
    }
  }
}
