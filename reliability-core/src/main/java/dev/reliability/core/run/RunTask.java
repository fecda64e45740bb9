package dev.reliability.core.run;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.RunRecord;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell of one run: feeds its machine on the run's control strand and does what the machine
 * decides. Everything that may hang (the store, the adapter, the host) is called on a strand of its
 * own.
 */
final class RunTask {
  private static final Logger log = LoggerFactory.getLogger(RunSupervisor.class);
  private static final int MOST_SETTLEMENTS = 60;
  private static final long SETTLE_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Pulse NO_PULSE = Pulse.none(0);

  private final RunSupervisor supervisor;
  private final String id;
  private final Work work;
  private final Worker worker;
  private final RunTimeouts timeouts;
  private final RunMachine machine;
  private final Strand control;
  private final Strand io;
  private final RunRecorder recorder;
  private final @Nullable RunLease lease;
  private final HostCode host;
  private final RunNotifier notifier;
  private final RandomGenerator random;
  private final long origin;
  private final Runnable tick = this::tick;

  // on the control strand
  private RunModel model = new RunModel();
  private @Nullable Attempt attempt;
  private Subject subject;
  private @Nullable EventId stopEvent;
  private long claimTimer = Scheduler.NO_TIMER;
  private long timer = Scheduler.NO_TIMER;
  private long timerDue = RunModel.NEVER;

  // for whoever looks
  private volatile RunState state = RunState.QUEUED;
  private volatile @Nullable Attempt shownAttempt;
  private volatile @Nullable String shownWorker;

  RunTask(RunSupervisor supervisor, String id, Work work, Worker worker) {
    this.supervisor = supervisor;
    this.id = id;
    this.work = work;
    this.worker = worker;
    timeouts = supervisor.policy().timeouts(work.lane());
    machine = new RunMachine(supervisor.policy(), timeouts);
    control = supervisor.runtime().strand(Strand.Kind.CONTROL, "run " + id);
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
    host = new HostCode(id, work);
    notifier = new RunNotifier(supervisor, host, id, work);
    random = supervisor.runtime().randomness().stream("spawn retry", id);
    origin = supervisor.runtime().time().nanos();
    subject = Subject.ofRun(work.lane(), work.item(), id);
  }

  void begin() {
    supervisor.requestSlot(
        this); // at once, so that a lane's runs go in the order in which they were submitted
    if (lease == null) {
      control.execute(this::create);
    } else {
      claim(lease);
    }
  }

  /** Begins with a lease that was granted already. */
  void begin(Lease granted, long askedNanos) {
    supervisor.requestSlot(this);
    if (lease != null) {
      lease.keep(granted, askedNanos, this::leaseLost);
    }
    control.execute(
        () -> {
          subject = subject.under(granted.token());
          create();
        });
  }

  private void create() {
    model.leased = lease != null;
    model.storeAt = now() + supervisor.policy().storeTimeout().toNanos();
    recording(recorder::create, RunInput.Created::new, RunInput.Created::new);
    unlessBroken(this::rearm);
  }

  /**
   * Asks for the item; what is not answered in time is refused, and given back if it comes late.
   */
  private void claim(RunLease wanted) {
    AtomicBoolean decided = new AtomicBoolean();
    control.execute(
        () -> {
          Runnable late =
              () -> {
                if (decided.compareAndSet(false, true)) {
                  refuse(
                      null,
                      "the store did not answer within " + supervisor.policy().storeTimeout());
                }
              };
          try {
            claimTimer =
                supervisor
                    .runtime()
                    .scheduler()
                    .schedule(control, supervisor.policy().storeTimeout().toNanos(), late);
          } catch (RejectedExecutionException e) {
            late.run();
          }
          io.execute(() -> claimAndAnswer(wanted, decided));
        });
  }

  private void claimAndAnswer(RunLease wanted, AtomicBoolean decided) {
    Claim claim = null;
    String error = null;
    try {
      if (decided.get()) {
        return;
      }
      claim = wanted.claim(this::leaseLost);
    } catch (Throwable e) {
      log.warn("run {} ({}/{}): the claim failed", id, work.lane(), work.item(), e);
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
          supervisor.runtime().scheduler().cancel(claimTimer);
          if (answer instanceof Claim.Granted granted) {
            subject = subject.under(granted.lease().token());
            create();
          } else {
            refuse(answer, failure);
          }
        });
  }

  private void leaseLost(String why) {
    post(new RunInput.LeaseLost(why));
  }

  private void refuse(@Nullable Claim claim, @Nullable String detail) {
    state = RunState.CANCELLED; // for whoever looks: nothing was recorded
    model = model.copy();
    model.clearTimers();
    model.phase = RunModel.Phase.ENDED;
    supervisor.releaseSlot(this);
    notifier.refused(
        new RunOutcome.Refused(
            work,
            claim == null
                ? RunOutcome.Refusal.STORE_FAILED
                : claim.fold(
                    granted -> RunOutcome.Refusal.STORE_FAILED,
                    duplicate -> RunOutcome.Refusal.DUPLICATE_CLAIM,
                    done -> RunOutcome.Refusal.ALREADY_DONE,
                    paused -> RunOutcome.Refusal.LANE_PAUSED,
                    exhausted -> RunOutcome.Refusal.ATTEMPTS_EXHAUSTED),
            claim,
            detail));
  }

  String id() {
    return id;
  }

  Work work() {
    return work;
  }

  CompletableFuture<RunOutcome> outcome() {
    return notifier.outcome();
  }

  /** Nanoseconds since the submission. */
  long now() {
    return supervisor.runtime().time().nanos() - origin;
  }

  void post(RunInput input) {
    control.execute(() -> step(input));
  }

  boolean hasEnded() {
    return state.isEnded();
  }

  LiveRun live() {
    long now = now();
    Attempt current = shownAttempt;
    Pulse pulse = current == null ? NO_PULSE : current.pulse(now);
    Duration quiet =
        pulse.progressCount() == 0
            ? null
            : Duration.ofNanos(Math.max(0, now - pulse.lastProgress()));
    return new LiveRun(
        id,
        work,
        state,
        shownWorker,
        Duration.ofNanos(now),
        quiet,
        pulse.progressCount(),
        pulse.outputBytes());
  }

  // ---- on the control strand ----

  private void tick() {
    step(new RunInput.Tick());
  }

  private void step(RunInput input) {
    unlessBroken(
        () -> {
          if (input instanceof RunInput.Cancel cancel) {
            subject = subject.by(cancel.actor());
          }
          Pulse pulse = attempt == null ? Pulse.none(now()) : attempt.pulse(now());
          RunMachine.Step next = machine.step(model, input, pulse, random);
          model = next.model();
          next.actions().forEach(this::act);
        });
    if (input instanceof RunInput.Tick) {
      timerDue = RunModel.NEVER;
    }
    unlessBroken(this::rearm);
  }

  private void unlessBroken(Runnable code) {
    try {
      code.run();
    } catch (RuntimeException e) {
      broken(e);
    }
  }

  /**
   * Arms the timer for what is due next; one that is armed for an earlier moment is left to fire
   * and look again.
   */
  private void rearm() {
    long due = model.nextDue();
    if (due != RunModel.NEVER && supervisor.runtime().isClosed()) {
      throw new IllegalStateException("the runtime is closed: no time-out would ever fire");
    }
    if (due >= timerDue) {
      return;
    }
    supervisor.runtime().scheduler().cancel(timer);
    timerDue = due;
    timer = supervisor.runtime().scheduler().schedule(control, due - now(), tick);
  }

  private void act(RunAction action) {
    if (action instanceof RunAction.Emit emit) {
      emit(emit.event());
    } else if (action instanceof RunAction.Start start) {
      start(start.attempt(), start.deadline());
    } else if (action instanceof RunAction.MarkRunning mark) {
      recording(
          () -> recorder.running(mark.worker()),
          conflict -> new RunInput.Marked(conflict, null),
          error -> new RunInput.Marked(null, error));
    } else if (action instanceof RunAction.Stop stop) {
      stop(stop.step());
    } else if (action instanceof RunAction.CheckAlive) {
      checkAlive();
    } else if (action instanceof RunAction.RecordEnd end) {
      io.execute(() -> recordEnd(end.end(), 1));
    } else if (action instanceof RunAction.Finish finish) {
      finish(finish.end(), finish.recorded());
    }
  }

  private void emit(RunEvent event) {
    boolean stop =
        event instanceof RunEvent.InputClosed
            || event instanceof RunEvent.StopRequested
            || event instanceof RunEvent.Killed;
    Event emitted = supervisor.bus().emit(subject, stop ? stopEvent : null, event);
    if (stop) {
      stopEvent = emitted.id();
    } else if (event instanceof RunEvent.Started started) {
      state = RunState.RUNNING;
      shownWorker = started.worker();
      notifier.started(started.worker());
    } else if (event instanceof RunEvent.Progress progress) {
      notifier.progressed(progress.count(), progress.outputBytes());
    }
  }

  /** Runs a step of the store on the I/O strand and posts its answer, or that it failed. */
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
            log.warn("run {} ({}/{}): the store failed", id, work.lane(), work.item(), e);
            input = failure.apply(String.valueOf(e));
          }
          post(input);
        });
  }

  /**
   * Settles the claim, then records the end, on the I/O strand. What was worked out is not given up
   * because the store failed once: while the lease is renewed it is tried again, also after the end
   * was told without it.
   */
  private void recordEnd(RunEnd end, int attempt) {
    RunEnd settled = end;
    String error;
    try {
      settled = lease == null ? end : lease.settle(end);
      error = recorder.end(settled);
    } catch (Throwable e) {
      log.warn("run {} ({}/{}): the store failed at its end", id, work.lane(), work.item(), e);
      error = String.valueOf(e);
      if (lease != null) {
        if (attempt < MOST_SETTLEMENTS && settleLater(end, attempt)) {
          return;
        }
        lease.abandon();
        settled = end.unsettled(error);
      }
    }
    post(new RunInput.EndRecorded(settled, error));
  }

  private boolean settleLater(RunEnd end, int attempt) {
    try {
      supervisor
          .runtime()
          .scheduler()
          .schedule(io, SETTLE_AGAIN_NANOS, () -> recordEnd(end, attempt + 1));
      return true;
    } catch (RejectedExecutionException closed) {
      return false;
    }
  }

  private void start(int number, Duration deadline) {
    Attempt next =
        new Attempt(
            this,
            number,
            supervisor.runtime().time(),
            origin,
            supervisor.policy().progressSample().toNanos());
    attempt = next;
    shownAttempt = next;
    long token = lease == null ? 0 : lease.token();
    RunContext context =
        new RunContext(id, number, work, supervisor.bus().epoch(), deadline, token);
    delivery("start " + id)
        .execute(
            () -> {
              Throwable thrown =
                  host.call(
                      "the worker's start",
                      () -> {
                        WorkerHandle handle = worker.start(context, next);
                        if (handle == null) {
                          throw new NullPointerException("start returned no handle");
                        }
                        control.execute(() -> arrived(next, handle));
                      });
              if (thrown != null) {
                post(new RunInput.StartBroke(number, String.valueOf(thrown)));
              }
            });
  }

  private void arrived(Attempt arrivedFor, WorkerHandle handle) {
    for (StopStep wanted : arrivedFor.arrived(handle)) {
      callStop(arrivedFor, handle, wanted);
    }
    if (arrivedFor != attempt || model.phase == RunModel.Phase.ENDED) {
      callStop(arrivedFor, handle, StopStep.KILL); // nobody waits for this one any more
    }
    step(new RunInput.HandleArrived(arrivedFor.number()));
  }

  private void stop(StopStep step) {
    Attempt current = attempt;
    if (current != null) {
      WorkerHandle handle = current.handleFor(step);
      if (handle != null) {
        callStop(current, handle, step);
      }
    }
  }

  private void callStop(Attempt of, WorkerHandle handle, StopStep step) {
    delivery("stop " + id)
        .execute(
            () -> {
              Throwable thrown =
                  host.call(
                      "the worker's handle",
                      () -> {
                        CompletionStage<StopReport> stage =
                            step == StopStep.INPUT
                                ? handle.closeInput()
                                : step == StopStep.TERMINATE ? handle.terminate() : handle.kill();
                        stage.whenComplete((report, error) -> stopped(of, step, report, error));
                      });
              if (thrown != null) {
                stopped(of, step, null, thrown);
              }
            });
  }

  private void stopped(
      Attempt of, StopStep step, @Nullable StopReport report, @Nullable Throwable error) {
    post(
        new RunInput.StopDone(
            of.number(),
            step,
            report == null ? StopReport.CLEAN : report,
            report == null ? String.valueOf(error) : null));
  }

  private void checkAlive() {
    Attempt current = attempt;
    WorkerHandle handle = current == null ? null : current.handle();
    if (current != null && handle != null) {
      delivery("alive " + id)
          .execute(
              () ->
                  host.call(
                      "the worker's handle",
                      () -> post(new RunInput.Alive(current.number(), handle.isAlive()))));
    }
  }

  private void finish(RunEnd end, boolean recorded) {
    LinkSnapshot link = supervisor.link();
    RunEvent.Ended ended = end.toEvent(work, timeouts, link, supervisor.cursor() != null, recorded);
    state = end.state();
    supervisor.bus().emit(subject, stopEvent, ended);
    supervisor.releaseSlot(this);
    supervisor.runtime().scheduler().cancel(timer);
    notifier.ended(new RunReport(id, work, ended, end.result()), end.cursor());
  }

  /**
   * An error in this library, or a runtime that was closed under it, so that no time-out would ever
   * fire: the worker is killed and the run ends as failed, whatever else is wrong.
   */
  private void broken(RuntimeException e) {
    log.error("run {} ({}/{}): internal error", id, work.lane(), work.item(), e);
    if (model.phase != RunModel.Phase.ENDED) {
      Pulse pulse = attempt == null ? Pulse.none(now()) : attempt.pulse(now());
      RunEnd end =
          EndRules.internalError(model, pulse, supervisor.policy(), timeouts, String.valueOf(e));
      model = model.copy();
      model.clearTimers();
      model.phase = RunModel.Phase.ENDED;
      stop(StopStep.KILL);
      io.execute(() -> recordEnd(end, MOST_SETTLEMENTS));
      finish(end, false);
    }
  }

  private Strand delivery(String label) {
    return supervisor.runtime().strand(Strand.Kind.DELIVERY, label);
  }
}
