package dev.reliability.core.run;

import static dev.reliability.core.run.RunModel.NEVER;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.run.RunModel.Phase;
import dev.reliability.core.runtime.Durations;
import java.time.Duration;

/** The rules from the submission until the worker is up, and for attempts that must not go on. */
final class StartRules {
  private final RunTurn t;
  private final RunModel m;

  StartRules(RunTurn turn) {
    t = turn;
    m = turn.m;
  }

  void tick() {
    if (t.now >= m.startDeadlineAt) {
      startDeadline(); // first: nothing is started that is too late already
    }
    if (t.now >= m.retryAt && m.phase == Phase.BACKOFF) {
      attempt();
    }
    if (m.phase == Phase.REAPING && t.now >= m.graceAt) {
      reaped(false);
    }
  }

  void created(RunInput.Created in) {
    if (m.phase != Phase.CREATING) {
      return;
    }
    m.storeAt = NEVER;
    if (in.error() != null) {
      t.cause(
          EndReason.STORE_FAILED,
          "the run could not be recorded, so it was not started: " + in.error(),
          null);
      t.finishUnrecorded();
      return;
    }
    m.phase = Phase.WAITING;
    t.emit(new RunEvent.Queued());
    if (m.cause != null) {
      t.end();
    } else if (m.admitted) {
      firstAttempt();
    }
  }

  void admitted() {
    m.admitted = true;
    if (m.phase == Phase.WAITING) {
      firstAttempt();
    }
  }

  private void firstAttempt() {
    m.firstAttemptAt = t.now;
    m.startDeadlineAt = t.now + startDeadlineLimit().toNanos();
    attempt();
  }

  /** The start deadline, or the policy's bound on trying if that is shorter. */
  private Duration startDeadlineLimit() {
    Duration deadline = t.timeouts.startDeadline();
    Duration bound = t.policy.spawnRetry().maxElapsed();
    return bound.compareTo(deadline) < 0 ? bound : deadline;
  }

  private void attempt() {
    m.earlierOutput |= t.pulse.progressCount() > 0; // the pulse is still that of the attempt before
    m.attempt++;
    m.phase = Phase.STARTING;
    m.handle = false;
    m.worker = null;
    m.eof = false;
    m.retryAt = NEVER;
    t.emit(new RunEvent.Starting(m.attempt));
    t.act(new RunAction.Start(m.attempt, m.since(t.now, m.startDeadlineAt)));
  }

  void spawned(String worker) {
    if (m.phase == Phase.REAPING) {
      m.worker = worker; // it came up after all, while it is being killed
      return;
    }
    if (m.phase != Phase.STARTING || m.spawned) {
      return;
    }
    m.spawned = true;
    m.worker = worker;
    m.spawnedAt = t.now;
    if (!t.timeouts.isJob()) {
      m.noOutputAt = t.now + t.timeouts.noOutput().toNanos();
    }
    m.hardAt = t.now + t.timeouts.effectiveHard().toNanos();
    m.aliveAt = t.now + RunningRules.ALIVE_EVERY;
    m.phase = Phase.RUNNING;
    markIfUp();
  }

  void markIfUp() {
    if (m.phase == Phase.RUNNING && m.handle && !m.markRequested && m.worker != null) {
      m.markRequested = true;
      m.startDeadlineAt = NEVER;
      m.storeAt = t.now + t.policy.storeTimeout().toNanos();
      t.act(new RunAction.MarkRunning(m.worker));
    }
  }

  void marked(RunInput.Marked in) {
    if (m.phase != Phase.RUNNING || m.storeAt == NEVER) {
      return;
    }
    m.storeAt = NEVER;
    m.started = true;
    t.emit(
        new RunEvent.Started(
            m.attempt, m.worker == null ? "" : m.worker, m.since(m.firstAttemptAt, m.spawnedAt)));
    t.tellHeld();
    if (in.conflict() != null && m.cause == null && !m.exited) {
      t.cause(EndReason.STORE_FAILED, "the record is not ours any more: " + in.conflict(), null);
      t.ladder(StopStep.TERMINATE);
    }
    t.endIfOver();
  }

  void spawnFailed(SpawnFailure failure) {
    if (m.phase == Phase.REAPING) {
      reaped(true);
    } else if (m.phase == Phase.STARTING) {
      m.failure = failure.kind().wireName() + ": " + failure.detail();
      retryOrEnd(
          EndReason.SPAWN_FAILED,
          failure.kind().wireName(),
          failure.detail(),
          failure.kind().isRetryable());
    }
  }

  /** No handle will come, so what was told to be up can be neither watched nor stopped. */
  void broke(String detail) {
    if (m.phase == Phase.RUNNING && !m.exited) {
      String why = detail + "; it told of a spawn before, and what it started may still be alive";
      t.emit(
          new RunEvent.StartFailed(
              m.attempt, SpawnFailure.Kind.ADAPTER_ERROR.wireName(), why, null));
      t.cause(EndReason.SPAWN_FAILED, why, null);
      t.end();
    } else if (m.phase == Phase.REAPING) {
      reaped(m.worker == null);
    } else {
      spawnFailed(new SpawnFailure(SpawnFailure.Kind.ADAPTER_ERROR, detail));
    }
  }

  void spawnUnknown(String detail) {
    if (m.phase == Phase.STARTING) {
      m.failure = detail;
      reap();
    }
  }

  private void retryOrEnd(EndReason reason, String kind, String detail, boolean retryable) {
    String why = detail;
    if (retryable) {
      RetryPolicy.Decision decision =
          t.policy
              .spawnRetry()
              .afterFailure(
                  m.attempt,
                  m.since(m.firstAttemptAt, t.now),
                  Duration.ofNanos(m.previousDelay),
                  t.random);
      if (decision instanceof RetryPolicy.RetryIn in
          && Durations.saturatedAdd(t.now, in.delay().toNanos()) < m.startDeadlineAt) {
        if (m.draining) {
          t.emit(new RunEvent.StartFailed(m.attempt, kind, detail, null));
          t.cause(EndReason.SHUTDOWN, RunTurn.SHUTDOWN_DETAIL + "; last failure: " + detail, null);
          t.end();
          return;
        }
        t.emit(new RunEvent.StartFailed(m.attempt, kind, detail, in.delay()));
        m.previousDelay = in.delay().toNanos();
        m.retryAt = t.now + m.previousDelay;
        m.phase = Phase.BACKOFF;
        return;
      }
      if (m.attempt > 1 && decision instanceof RetryPolicy.GiveUp up) {
        why = detail + " (" + up.why() + ")";
      }
    }
    t.emit(new RunEvent.StartFailed(m.attempt, kind, detail, null));
    t.cause(reason, why, null);
    t.end();
  }

  /** Kills the attempt under way; {@link #reaped} goes on from there. */
  void reap() {
    m.phase = Phase.REAPING;
    m.step = StopStep.KILL;
    m.graceAt = t.now + t.timeouts.killGrace().toNanos();
    t.act(new RunAction.Stop(m.attempt, StopStep.KILL));
  }

  void reaped(boolean confirmed) {
    m.graceAt = NEVER;
    String detail = m.failure == null ? "" : m.failure;
    if (m.cause != null) {
      if (!confirmed) {
        m.causeDetail = m.causeDetail + "; what was being started may still be alive";
      }
      t.end();
    } else if (confirmed) {
      m.step = StopStep.NONE;
      retryOrEnd(EndReason.SPAWN_UNKNOWN, EndReason.SPAWN_UNKNOWN.wireName(), detail, true);
    } else {
      retryOrEnd(
          EndReason.SPAWN_UNKNOWN,
          EndReason.SPAWN_UNKNOWN.wireName(),
          detail + "; the kill was not confirmed, so it was not tried again",
          false);
    }
  }

  void exited(ExitStatus status) {
    if (m.phase == Phase.STARTING) {
      spawnFailed(
          new SpawnFailure(
              SpawnFailure.Kind.OTHER, "it ended before its start was confirmed: " + status));
    } else if (m.phase == Phase.REAPING) {
      reaped(true);
    }
  }

  private void startDeadline() {
    long due = m.startDeadlineAt;
    m.startDeadlineAt = NEVER;
    if (t.leaseEndedBefore(due)) {
      return;
    }
    String detail = "not up after " + startDeadlineLimit();
    if (m.failure != null) {
      detail += "; last failure: " + m.failure;
    }
    if (m.phase == Phase.BACKOFF) {
      t.cause(EndReason.START_DEADLINE, detail, null);
      t.end();
    } else if (m.phase == Phase.STARTING) {
      t.cause(EndReason.START_DEADLINE, detail, null);
      reap();
    } else if (m.phase == Phase.REAPING) {
      t.cause(EndReason.START_DEADLINE, detail, null);
    } else if (m.phase == Phase.RUNNING && !m.exited) {
      t.cause(
          EndReason.START_DEADLINE,
          detail + ": it was confirmed, but its handle did not come",
          null);
      t.ladder(StopStep.KILL);
    }
  }
}
