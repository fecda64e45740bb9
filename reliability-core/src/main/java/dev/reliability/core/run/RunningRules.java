package dev.reliability.core.run;

import static dev.reliability.core.run.RunModel.NEVER;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.run.RunModel.Phase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The rules from the moment the worker is up until it has ended, and for those who want it to end.
 */
final class RunningRules {
  /**
   * A timer that fires later than this means that this process did not run; output may wait unread.
   */
  private static final long LATE = Duration.ofSeconds(1).toNanos();

  /** How long the host's own code may take over one piece of output before it counts as hanging. */
  private static final long HOST_LIMIT = Duration.ofSeconds(5).toNanos();

  /** How often it is looked at whether the host gets on. */
  private static final long HOST_LOOK = Duration.ofMillis(100).toNanos();

  /** No pipe holds more, unless a privileged process made it larger. */
  private static final long MOST_UNREAD = 1 << 20;

  /** How long giving up a pipe may take at least: what was left behind is looked for meanwhile. */
  private static final long GIVE_UP = Duration.ofSeconds(3).toNanos();

  /** How often the handle is asked whether the worker is alive. */
  static final long ALIVE_EVERY = Duration.ofSeconds(15).toNanos();

  private final RunTurn t;
  private final RunModel m;

  RunningRules(RunTurn turn) {
    t = turn;
    m = turn.m;
  }

  /**
   * Whether output waits for the host's own code, which gets on: then the worker cannot be blamed
   * for what was not read yet. Host code that does not get on at all hangs, and delays nothing any
   * more.
   */
  private boolean waitsForHost() {
    if (!t.pulse.held()) {
      m.heldMark = -1;
      return false;
    }
    long mark = t.pulse.progressCount() + t.pulse.outputBytes();
    if (mark != m.heldMark) {
      m.heldMark = mark;
      m.heldSince = t.now;
    }
    return t.now - m.heldSince < HOST_LIMIT;
  }

  /**
   * Whether everything was read that can have been unread when the time was up: what came since is
   * no excuse, however far behind the host is.
   */
  private boolean isReadOn() {
    long read = t.pulse.outputBytes();
    m.dueMark = m.dueMark < 0 ? read : m.dueMark;
    return read - m.dueMark > MOST_UNREAD;
  }

  void progressed() {
    firstMarker();
    t.emitOnceStarted(new RunEvent.Progress(t.pulse.progressCount(), t.pulse.outputBytes()));
  }

  /** From the first marker on the idle time-out takes the place of the no-output time-out. */
  private void firstMarker() {
    m.noOutputAt = NEVER;
    if (!t.timeouts.isJob() && !m.exited && m.cause == null && !m.resultSeen && m.idleAt == NEVER) {
      m.idleAt = t.pulse.lastProgress() + t.timeouts.idle().toNanos();
    }
  }

  void result(String payload) {
    if (m.resultSeen) {
      return;
    }
    m.resultSeen = true;
    m.result = payload;
    t.emitOnceStarted(new RunEvent.ResultSeen(payload.length()));
    if (m.cause == null && !m.exited) {
      m.noOutputAt = NEVER;
      m.idleAt = NEVER;
      m.hardAt = NEVER;
      m.lingerAt = t.now + t.timeouts.linger().toNanos();
      t.emit(
          new RunEvent.InputClosed(
              EndReason.COMPLETED)); // a courtesy, not yet a step of stopping it
      t.act(new RunAction.Stop(m.attempt, StopStep.INPUT));
    }
  }

  void alive(boolean alive) {
    if (alive || m.exited || m.handleMissing) {
      return;
    }
    m.handleMissing = true;
    m.drainAt = Math.min(m.drainAt, t.now + t.timeouts.drain().toNanos());
    t.emit(new RunEvent.HandleMissing(m.worker == null ? "" : m.worker));
  }

  void endRequested(EndReason reason, String detail, @Nullable String actor) {
    switch (m.phase) {
      case CREATING, REAPING ->
          t.cause(reason, detail, actor); // ends as soon as what is under way is known
      case WAITING, BACKOFF -> {
        t.cause(reason, detail, actor);
        t.end();
      }
      case STARTING -> {
        t.cause(reason, detail, actor);
        t.reap();
      }
      case RUNNING -> {
        if (m.cause != null || m.exited) {
          return; // it has its end already
        }
        if (m.resultSeen && reason.equals(EndReason.LEASE_LOST)) {
          return; // its work is finished: whether it counts, the completion tells
        }
        if (m.resultSeen) {
          t.cause(
              EndReason.LINGER_CLEANUP,
              "its work was finished when its end was asked for: " + detail,
              actor);
          ladder(StopStep.TERMINATE);
        } else {
          t.cause(reason, detail, actor);
          ladder(reason.equals(EndReason.LEASE_LOST) ? StopStep.TERMINATE : StopStep.INPUT);
        }
      }
      default -> {}
    }
  }

  /** Takes the next step of a stop that is under way, without waiting for the grace to pass. */
  void escalate() {
    if (m.phase == Phase.RUNNING && m.cause != null && !m.exited) {
      if (m.step == StopStep.INPUT) {
        ladder(StopStep.TERMINATE);
      } else if (m.step == StopStep.TERMINATE) {
        ladder(StopStep.KILL);
      }
    }
  }

  /** Takes this step, and from here on one step more whenever a grace has passed. */
  void ladder(StopStep step) {
    EndReason reason = m.cause == null ? EndReason.COMPLETED : m.cause;
    m.noOutputAt = NEVER;
    m.idleAt = NEVER;
    m.lingerAt = NEVER;
    if (step == StopStep.INPUT) {
      m.graceAt = t.now + t.timeouts.inputGrace().toNanos();
      stop(step, new RunEvent.InputClosed(reason));
    } else if (step == StopStep.TERMINATE) {
      m.graceAt = t.now + t.timeouts.terminateGrace().toNanos();
      stop(step, new RunEvent.StopRequested(reason, m.actor));
    } else {
      m.hardAt = NEVER;
      m.graceAt = t.now + t.timeouts.killGrace().toNanos();
      stop(StopStep.KILL, new RunEvent.Killed(reason));
    }
  }

  private void stop(StopStep step, RunEvent event) {
    m.step = step;
    t.emit(event);
    t.act(new RunAction.Stop(m.attempt, step));
  }

  void eof() {
    m.eof = true;
    endIfOver();
  }

  void exited(ExitStatus status) {
    if (!m.exited) {
      m.exited = true;
      m.exit = status;
      m.noOutputAt = NEVER;
      m.idleAt = NEVER;
      m.hardAt = NEVER;
      m.lingerAt = NEVER;
      m.aliveAt = NEVER;
      m.graceAt = NEVER;
      m.drainAt = t.now + t.timeouts.drain().toNanos();
      endIfOver();
    }
  }

  /**
   * Ends the run once the exit is known, all output was read, and it is known whether it was
   * recorded as running.
   */
  void endIfOver() {
    if (m.phase == Phase.RUNNING && m.exited && m.eof && m.markRequested && m.storeAt == NEVER) {
      t.end();
    }
  }

  /** The kill was carried out: what could still be read was read, the rest was given up. */
  void killed() {
    if (m.exited) {
      m.eof = true;
      endIfOver();
    } else if (m.handleMissing) {
      t.end();
    }
  }

  /** Of the time-outs that are overdue at one look the earliest comes first: it is the cause. */
  void tick() {
    if (t.now >= m.noOutputAt && m.noOutputAt < m.hardAt) {
      noOutput();
    }
    if (t.now >= m.idleAt && m.idleAt < m.hardAt) {
      idle();
    }
    if (t.now >= m.hardAt) {
      hard();
    }
    if (t.now >= m.lingerAt) {
      m.lingerAt = NEVER;
      t.cause(
          EndReason.LINGER_CLEANUP,
          "still there " + t.timeouts.linger() + " after its final result",
          null);
      ladder(StopStep.TERMINATE);
    }
    if (t.now >= m.drainAt) {
      m.drainAt = NEVER;
      drain();
    }
    if (t.now >= m.graceAt) {
      m.graceAt = NEVER;
      grace();
    }
    if (t.now >= m.aliveAt) {
      m.aliveAt = t.now + ALIVE_EVERY;
      t.act(new RunAction.CheckAlive(m.attempt));
    }
  }

  private void hard() {
    long due = m.hardAt;
    m.hardAt = NEVER;
    if (t.leaseEndedBefore(due)) {
      return;
    }
    if (m.cause == null) {
      t.cause(
          t.timeouts.isJob() ? EndReason.RUN_DEADLINE : EndReason.HARD_TIMEOUT,
          "not ended after " + t.timeouts.effectiveHard(),
          null);
      ladder(StopStep.TERMINATE);
    } else if (m.step != StopStep.KILL) {
      ladder(StopStep.KILL);
    }
  }

  private void noOutput() {
    if (t.pulse.progressCount() > 0) {
      firstMarker(); // it came in time, and its input is on the way
    } else if (waitsForHost() && !isReadOn()) {
      m.noOutputAt = t.now + HOST_LOOK;
    } else if (t.leaseEndedBefore(m.noOutputAt)) {
      return;
    } else if (late(m.noOutputAt)) {
      m.noOutputAt = graceTick();
    } else {
      m.noOutputAt = NEVER;
      t.cause(
          EndReason.NO_OUTPUT_TIMEOUT,
          "no valid marker within "
              + t.timeouts.noOutput()
              + ", "
              + t.pulse.outputBytes()
              + " bytes of output",
          null);
      ladder(StopStep.TERMINATE);
    }
  }

  private void idle() {
    long due = t.pulse.lastProgress() + t.timeouts.idle().toNanos();
    if (t.pulse.toolsInFlight() > 0) {
      m.idleAt = t.now + t.timeouts.idle().toNanos();
    } else if (due > t.now) {
      m.idleAt = due;
    } else if (waitsForHost()) {
      m.idleAt = t.now + HOST_LOOK;
    } else if (t.leaseEndedBefore(due)) {
      return;
    } else if (late(m.idleAt)) {
      m.idleAt = graceTick();
    } else {
      m.idleAt = NEVER;
      t.cause(EndReason.IDLE_CLEANUP, "no progress for " + t.timeouts.idle(), null);
      ladder(StopStep.INPUT);
    }
  }

  /** True once per run for a timer that came so late that this process cannot have been running. */
  private boolean late(long due) {
    return !m.graceTickUsed && t.now - due > LATE;
  }

  private long graceTick() {
    m.graceTickUsed = true;
    return t.now + LATE;
  }

  private void grace() {
    if (!m.exited && m.step == StopStep.INPUT) {
      ladder(StopStep.TERMINATE);
    } else if (!m.exited && m.step == StopStep.TERMINATE) {
      ladder(StopStep.KILL);
    } else {
      m.cut = true;
      if (!m.exited) {
        t.cause(EndReason.WORKER_LOST, "its exit was not reported", null);
        m.causeDetail =
            m.causeDetail
                + "; it was killed and its end was not seen within "
                + t.timeouts.killGrace();
      }
      t.end();
    }
  }

  /**
   * Nobody else need hold the pipe: our own host is behind, or was at the last look and has not
   * been given the drain time since. The hard time-out bounds that too.
   */
  private boolean stillBehind() {
    if (t.now >= m.spawnedAt + t.timeouts.effectiveHard().toNanos()) {
      return false;
    }
    if (waitsForHost()) {
      m.hostSlow = true;
      m.heldLately = true;
      m.drainAt = t.now + HOST_LOOK;
      return true;
    }
    if (m.heldLately && !t.pulse.held()) {
      m.heldLately = false;
      m.drainAt = t.now + t.timeouts.drain().toNanos();
      return true;
    }
    return false;
  }

  /** The worker ended, or vanished, and somebody else may still hold its output open. */
  private void drain() {
    if (m.exited && m.eof) {
      if (!m.markRequested) {
        t.end(); // its handle did not come, and there is nothing left to stop
      }
      return; // else the store is being waited for
    }
    if (m.exited && m.cause == null && stillBehind()) {
      return;
    }
    if (!m.exited) {
      t.cause(
          m.resultSeen ? EndReason.LINGER_CLEANUP : EndReason.WORKER_LOST,
          "it is not alive and its exit was not reported",
          null);
      m.noOutputAt = NEVER;
      m.idleAt = NEVER;
      m.hardAt = NEVER;
      m.lingerAt = NEVER;
    }
    m.cut = true;
    m.graceAt = t.now + Math.max(GIVE_UP, t.timeouts.killGrace().toNanos());
    if (!m.exited) {
      m.step = StopStep.KILL;
      t.emit(new RunEvent.Killed(m.cause == null ? EndReason.WORKER_LOST : m.cause));
    }
    t.act(new RunAction.Stop(m.attempt, StopStep.KILL));
  }
}
