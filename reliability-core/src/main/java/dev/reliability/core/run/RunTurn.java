package dev.reliability.core.run;

import static dev.reliability.core.run.RunModel.NEVER;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.guard.LeaseKeeper;
import dev.reliability.core.run.RunModel.Phase;
import dev.reliability.core.store.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One decision of {@link RunMachine}: works on a copy of the model and collects what is to be done.
 * The rules themselves are in {@link StartRules} (until the worker is up), {@link RunningRules}
 * (until it has ended) and {@link EndRules} (what the end is called).
 */
final class RunTurn {
  static final String SHUTDOWN_DETAIL = "the supervisor was closed";

  final RunPolicy policy;
  final RunTimeouts timeouts;
  final RunModel m;
  final Pulse pulse;
  final long now;
  final RandomGenerator random;
  private final StartRules start;
  private final RunningRules running;
  private final List<RunAction> actions = new ArrayList<>();

  RunTurn(
      RunPolicy policy, RunTimeouts timeouts, RunModel model, Pulse pulse, RandomGenerator random) {
    this.policy = policy;
    this.timeouts = timeouts;
    this.m = model;
    this.pulse = pulse;
    this.now = pulse.now();
    this.random = random;
    start = new StartRules(this);
    running = new RunningRules(this);
  }

  RunMachine.Step finish() {
    return new RunMachine.Step(m, actions);
  }

  void take(RunInput input) {
    if (input instanceof RunInput.Created in) {
      start.created(in);
    } else if (input instanceof RunInput.Admitted) {
      start.admitted();
    } else if (input instanceof RunInput.HandleArrived in && current(in.attempt())) {
      m.handle = true;
      start.markIfUp();
    } else if (input instanceof RunInput.Spawned in && current(in.attempt())) {
      start.spawned(in.worker());
    } else if (input instanceof RunInput.SpawnFailed in && current(in.attempt())) {
      start.spawnFailed(in.failure());
    } else if (input instanceof RunInput.StartBroke in && current(in.attempt())) {
      start.broke(in.detail());
    } else if (input instanceof RunInput.SpawnUnknown in && current(in.attempt())) {
      start.spawnUnknown(in.detail());
    } else if (input instanceof RunInput.Marked in) {
      start.marked(in);
    } else if (input instanceof RunInput.FirstOutput in && running(in.attempt())) {
      emitOnceStarted(new RunEvent.FirstOutput(m.since(m.spawnedAt, now)));
    } else if (input instanceof RunInput.Progressed in && running(in.attempt())) {
      running.progressed();
    } else if (input instanceof RunInput.Result in && running(in.attempt())) {
      running.result(in.payload());
    } else if (input instanceof RunInput.Eof in && current(in.attempt())) {
      running.eof();
    } else if (input instanceof RunInput.Exited in && current(in.attempt())) {
      if (m.phase == Phase.RUNNING) {
        running.exited(in.status());
      } else {
        start.exited(in.status());
      }
    } else if (input instanceof RunInput.StopDone in && current(in.attempt())) {
      stopDone(in);
    } else if (input instanceof RunInput.Alive in && running(in.attempt())) {
      running.alive(in.alive());
    } else if (input instanceof RunInput.Cancel in) {
      running.endRequested(EndReason.CANCELLED, in.reason(), in.actor());
    } else if (input instanceof RunInput.LeaseLost in) {
      leaseLost(in.why());
    } else if (input instanceof RunInput.Drain) {
      m.draining = true; // an attempt under way may come up, but there will be no other
      if (m.attempt == 0 || m.phase == Phase.BACKOFF) {
        running.endRequested(EndReason.SHUTDOWN, SHUTDOWN_DETAIL, null);
      }
    } else if (input instanceof RunInput.Shutdown) {
      running.endRequested(EndReason.SHUTDOWN, SHUTDOWN_DETAIL, null);
    } else if (input instanceof RunInput.Escalate) {
      running.escalate();
    } else if (input instanceof RunInput.EndRecorded in) {
      endRecorded(in.settled(), in.error(), in.elsewhere());
    } else if (input instanceof RunInput.Tick) {
      tick();
    }
  }

  private void tick() {
    if (now >= m.storeAt) {
      storeTimedOut();
    }
    start.tick();
    if (m.phase == Phase.RUNNING) {
      running.tick();
    }
  }

  /**
   * Whether the lease ended before a time-out that is just now to become the cause; then that is
   * the cause. Its keeper tells of it in time; but if this process stood still, the time-out may be
   * looked at before the keeper has had its turn.
   */
  boolean leaseEndedBefore(long timeoutAt) {
    if (m.cause != null || pulse.leaseUntil() > timeoutAt) {
      return false;
    }
    leaseLost(LeaseKeeper.NOT_RENEWED);
    if (now >= m.hardAt) {
      m.hardAt = NEVER; // it passed too, and is not the next step: the worker has its graces
    }
    return true;
  }

  private void leaseLost(String why) {
    running.endRequested(EndReason.LEASE_LOST, "the lease on the item: " + why, null);
  }

  private void storeTimedOut() {
    m.storeAt = NEVER;
    String error = "the store did not answer within " + policy.storeTimeout();
    if (m.phase == Phase.CREATING) {
      start.created(new RunInput.Created(error));
    } else if (m.phase == Phase.ENDING) {
      endRecorded(m.leased && m.end != null ? m.end.unsettled(error) : null, error, null);
    } else {
      m.storeAt = now; // as if it had failed just now
      start.marked(new RunInput.Marked(null, error));
    }
  }

  private void stopDone(RunInput.StopDone in) {
    StopReport report = in.report();
    if (in.error() == null) {
      int abandoned = Math.max(m.leftovers.pipesAbandoned(), report.pipesAbandoned());
      m.leftovers = new StopReport(report.guarantee(), report.survivors(), abandoned);
    }
    if (in.step() == StopStep.KILL && m.phase == Phase.REAPING) {
      start.reaped(in.error() == null && report.survivors().isEmpty());
    } else if (in.step() == StopStep.KILL && m.phase == Phase.RUNNING) {
      running.killed();
    }
  }

  // ---- what the rules share ----

  void emit(RunEvent event) {
    actions.add(new RunAction.Emit(event));
  }

  /** Tells what the worker did, but not before it was told that the worker is up. */
  void emitOnceStarted(RunEvent event) {
    if (m.started) {
      emit(event);
    } else {
      m.held = ImmutableList.<RunEvent>builder().addAll(m.held).add(event).build();
    }
  }

  void tellHeld() {
    m.held.forEach(this::emit);
    m.held = List.of();
  }

  void act(RunAction action) {
    actions.add(action);
  }

  /** The first cause to end a run stays its reason. */
  void cause(EndReason reason, @Nullable String detail, @Nullable String actor) {
    if (m.cause == null) {
      m.cause = reason;
      m.causeDetail = detail;
      m.actor = actor;
    }
  }

  /** Takes this step of stopping, and from here on one step more whenever a grace has passed. */
  void ladder(StopStep step) {
    running.ladder(step);
  }

  void endIfOver() {
    running.endIfOver();
  }

  /** Kills the attempt under way; what follows depends on the cause. */
  void reap() {
    start.reap();
  }

  void end() {
    tellHeld();
    RunEnd end = EndRules.decide(m, pulse, policy, timeouts);
    m.end = end;
    m.clearTimers();
    m.phase = Phase.ENDING;
    m.storeAt = now + policy.storeTimeout().toNanos();
    actions.add(new RunAction.RecordEnd(end));
  }

  void endRecorded(
      @Nullable RunEnd settled, @Nullable String error, @Nullable RunRecord elsewhere) {
    if (m.phase == Phase.ENDING && m.end != null) {
      if (settled != null) {
        m.end = settled;
      }
      m.clearTimers();
      m.phase = Phase.ENDED;
      actions.add(new RunAction.Finish(m.end, error == null, elsewhere));
    }
  }

  void finishUnrecorded() {
    m.end = EndRules.decide(m, pulse, policy, timeouts);
    m.clearTimers();
    m.phase = Phase.ENDED;
    actions.add(new RunAction.Finish(m.end, false, null));
    // The item is to be given back; and perhaps there is a record after all, or will be.
    actions.add(new RunAction.RecordEnd(m.end));
  }

  private boolean current(int attempt) {
    return attempt == m.attempt;
  }

  private boolean running(int attempt) {
    return current(attempt) && m.phase == Phase.RUNNING;
  }
}
