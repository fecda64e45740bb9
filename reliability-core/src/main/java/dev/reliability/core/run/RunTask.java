package dev.reliability.core.run;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.RunRecord;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control shell of one run: feeds its machine on the run's control strand and has done what the
 * machine decides. Nothing that may hang is called here: the stores are behind {@link RunStores},
 * the adapter behind {@link RunAdapter}, the host behind {@link RunNotifier}, each with strands of
 * its own.
 */
final class RunTask {
  private static final Logger log = LoggerFactory.getLogger(RunSupervisor.class);

  private final RunSupervisor supervisor;
  private final String id;
  private final Work work;
  private final RunTimeouts timeouts;
  private final RunMachine machine;
  private final Strand control;
  private final RunStores stores;
  private final RunAdapter adapter;
  private final RunNotifier notifier;
  private final RandomGenerator random;
  private final long origin;
  private final Runnable tick = this::tick;

  // on the control strand
  private RunModel model = new RunModel();
  private Subject subject;
  private @Nullable EventId stopEvent;
  private long timer = Scheduler.NO_TIMER;
  private long timerDue = RunModel.NEVER;

  // for whoever looks
  private volatile RunState state = RunState.QUEUED;
  private volatile @Nullable String shownWorker;

  RunTask(RunSupervisor supervisor, String id, Work work, Worker worker) {
    this.supervisor = supervisor;
    this.id = id;
    this.work = work;
    timeouts = supervisor.policy().timeouts(work.lane());
    machine = new RunMachine(supervisor.policy(), timeouts);
    control = supervisor.runtime().strand(Strand.Kind.CONTROL, "run " + id);
    origin = supervisor.runtime().time().nanos();
    HostCode host = new HostCode(id, work);
    stores = new RunStores(supervisor, this);
    adapter = new RunAdapter(supervisor, this, worker, host, control, origin);
    notifier = new RunNotifier(supervisor, host, id, work);
    random = supervisor.runtime().randomness().stream("spawn retry", id);
    subject = Subject.ofRun(work.lane(), work.item(), id);
  }

  void begin() {
    // At once, so that a lane's runs go in the order in which they were submitted.
    supervisor.roster().requestSlot(this);
    if (stores.claims()) {
      stores.claim(control);
    } else {
      control.execute(this::create);
    }
  }

  /** Begins with a lease that was granted already. */
  void begin(Lease granted, long askedNanos) {
    supervisor.roster().requestSlot(this);
    stores.keep(granted, askedNanos);
    control.execute(() -> create(granted));
  }

  String id() {
    return id;
  }

  Work work() {
    return work;
  }

  @Override
  public String toString() {
    return "run " + id + " (" + work.lane() + "/" + work.item() + ")";
  }

  CompletableFuture<RunOutcome> outcome() {
    return notifier.outcome();
  }

  /** Nanoseconds since the submission. */
  long now() {
    return supervisor.runtime().time().nanos() - origin;
  }

  private Pulse pulse(long now) {
    return adapter.pulse(now, stores.leaseUntil(origin));
  }

  void post(RunInput input) {
    control.execute(() -> step(input));
  }

  /** Told whatever state the run is in: nothing follows from it. */
  void leftBehind(List<String> survivors) {
    if (!survivors.isEmpty()) {
      log.warn("{}: got away from its worker and is there still: {}", this, survivors);
      RunEvent event = new RunEvent.LeftBehind(survivors);
      control.execute(() -> supervisor.bus().emit(subject, null, event));
    }
  }

  boolean hasEnded() {
    return state.isEnded();
  }

  LiveRun live() {
    long now = now();
    Pulse pulse = pulse(now);
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

  // ---- all from here on is on the control strand ----

  /** The claim was answered; neither granted nor refused if the store failed. */
  void claimed(@Nullable Claim claim, @Nullable String error) {
    if (claim instanceof Claim.Granted granted) {
      create(granted.lease());
    } else {
      refuse(claim, error);
    }
  }

  private void refuse(@Nullable Claim claim, @Nullable String detail) {
    state = RunState.CANCELLED; // for whoever looks: nothing was recorded
    closeModel();
    supervisor.roster().releaseSlot(this);
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

  private void create(Lease granted) {
    subject = subject.under(granted.token());
    create();
  }

  private void create() {
    model.leased = stores.claims();
    model.storeAt = now() + supervisor.policy().storeTimeout().toNanos();
    stores.create();
    unlessBroken(this::rearm);
  }

  /** Whether the run has ended, and whatever comes now comes too late. */
  boolean isOver() {
    return model.phase == RunModel.Phase.ENDED;
  }

  private void tick() {
    step(new RunInput.Tick());
  }

  /** Decides purely, then acts. */
  void step(RunInput input) {
    unlessBroken(
        () -> {
          if (input instanceof RunInput.Cancel cancel) {
            subject = subject.by(cancel.actor());
          }
          if (input instanceof RunInput.StopDone stop && model.end != null) {
            leftBehind(stop.report().survivors()); // too late to stand in the end
          }
          RunMachine.Step next = machine.step(model, input, pulse(now()), random);
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
      adapter.start(start.attempt(), start.deadline(), stores.token());
    } else if (action instanceof RunAction.MarkRunning mark) {
      stores.running(mark.worker());
    } else if (action instanceof RunAction.Stop stop) {
      adapter.stop(stop.step());
    } else if (action instanceof RunAction.CheckAlive) {
      adapter.checkAlive();
    } else if (action instanceof RunAction.RecordEnd end) {
      stores.end(end.end());
    } else if (action instanceof RunAction.Finish finish) {
      finish(finish.end(), finish.recorded(), finish.elsewhere());
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

  private void finish(RunEnd end, boolean recorded, @Nullable RunRecord elsewhere) {
    RunEvent.Ended ended =
        end.toEvent(work, timeouts, supervisor.link(), supervisor.cursor() != null, recorded);
    state = end.state();
    if (elsewhere != null && (end.state().isSuccess() || end.result() != null)) {
      supervisor.bus().emit(subject, stopEvent, end.lateFor(elsewhere));
    }
    supervisor.bus().emit(subject, stopEvent, ended);
    supervisor.roster().releaseSlot(this);
    supervisor.runtime().scheduler().cancel(timer);
    notifier.ended(new RunReport(id, work, ended, end.result(), elsewhere), end.cursor());
  }

  /**
   * An error in this library, or a runtime that was closed under it, so that no time-out would ever
   * fire: the worker is killed and the run ends as failed, whatever else is wrong.
   */
  private void broken(RuntimeException e) {
    log.error("{}: internal error", this, e);
    if (!isOver()) {
      RunEnd end =
          EndRules.internalError(
              model, pulse(now()), supervisor.policy(), timeouts, String.valueOf(e));
      closeModel();
      adapter.stop(StopStep.KILL);
      stores.endAtOnce(end);
      finish(end, false, null);
    }
  }

  private void closeModel() {
    model = model.copy();
    model.clearTimers();
    model.phase = RunModel.Phase.ENDED;
  }
}
