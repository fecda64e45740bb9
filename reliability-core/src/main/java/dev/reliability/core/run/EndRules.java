package dev.reliability.core.run;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a run's end is called: pure functions of its model. */
final class EndRules {
  private EndRules() {}

  static RunEnd decide(RunModel m, Pulse pulse, RunPolicy policy, RunTimeouts timeouts) {
    EndReason reason = m.cause != null ? m.cause : ownEnd(m);
    RunState state = stateFor(reason, policy);
    long now = pulse.now();
    boolean outputSent = pulse.progressCount() > 0 || m.earlierOutput || m.resultSeen;
    boolean commit = state.isSuccess() || outputSent;
    return new RunEnd(
        state,
        reason,
        m.cause != null ? m.causeDetail : ownDetail(m, reason, timeouts),
        m.attempt,
        m.worker,
        m.since(0, m.attempt == 0 ? now : m.firstAttemptAt),
        m.spawned ? m.since(m.spawnedAt, now) : Duration.ZERO,
        pulse.progressCount(),
        pulse.outputBytes(),
        m.exit,
        m.step,
        m.leftovers,
        commit ? RunEnd.Cursor.COMMIT : RunEnd.Cursor.ROLLBACK,
        m.result);
  }

  static RunEnd internalError(
      RunModel model, Pulse pulse, RunPolicy policy, RunTimeouts timeouts, String error) {
    RunModel m = model.copy();
    m.cause = EndReason.INTERNAL_ERROR;
    m.causeDetail = error;
    return decide(m, pulse, policy, timeouts);
  }

  /** Why a run ended that nobody ended. */
  private static EndReason ownEnd(RunModel m) {
    boolean zero = m.exit instanceof ExitStatus.Code code && code.code() == 0;
    if (m.resultSeen || zero) {
      return m.cut ? EndReason.LINGER_CLEANUP : EndReason.COMPLETED;
    }
    if (m.exit instanceof ExitStatus.Code) {
      return EndReason.EXIT_NONZERO;
    }
    return m.exit instanceof ExitStatus.Signal ? EndReason.KILLED_BY_SIGNAL : EndReason.WORKER_LOST;
  }

  private static @Nullable String ownDetail(RunModel m, EndReason reason, RunTimeouts timeouts) {
    if (reason.equals(EndReason.LINGER_CLEANUP)) {
      if (m.hostSlow) {
        return "it ended, but the host's own code did not take all of its output: the rest was given up";
      }
      return "it ended, but its output was still held open " + timeouts.drain() + " later";
    }
    if (m.exit instanceof ExitStatus.Code code && code.code() != 0) {
      return "exit code " + code.code();
    }
    if (reason.equals(EndReason.WORKER_LOST)) {
      return "it ended, and nobody knows how" + more(m.exit);
    }
    return m.exit instanceof ExitStatus.Signal signal
        ? "signal " + signal.number() + more(signal)
        : null;
  }

  private static String more(ExitStatus status) {
    String detail = "";
    if (status instanceof ExitStatus.Signal signal) {
      detail = signal.detail();
    } else if (status instanceof ExitStatus.Unknown unknown) {
      detail = unknown.detail();
    }
    return detail.isEmpty() ? "" : ": " + detail;
  }

  private static RunState stateFor(EndReason reason, RunPolicy policy) {
    if (reason.equals(EndReason.COMPLETED)
        || reason.equals(EndReason.IDLE_CLEANUP)
        || reason.equals(EndReason.LINGER_CLEANUP)) {
      return policy.successState();
    }
    return reason.equals(EndReason.CANCELLED) || reason.equals(EndReason.SHUTDOWN)
        ? RunState.CANCELLED
        : RunState.FAILED;
  }
}
