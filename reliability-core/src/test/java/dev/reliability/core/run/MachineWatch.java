package dev.reliability.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Watches every step of a machine and fails at the first that no run may ever take, whatever
 * happened before. Remembers what it saw by itself and trusts the model only where it says so.
 */
final class MachineWatch {
  private final RunPolicy policy;
  private final RunTimeouts timeouts;

  // what came in
  private final Set<Integer> handles = new HashSet<>();
  private final Set<Integer> spawned = new HashSet<>();
  private final Set<Integer> overAndDone = new HashSet<>();
  private boolean nobodyWantsAnAttempt;

  // what went out
  private int starts;
  private int queued;
  private int started;
  private boolean marked;
  private boolean outputOfEarlierAttempts;
  private boolean ending;
  private StopStep lastStep = StopStep.NONE;
  private @Nullable RunEnd recording;
  private @Nullable RunEnd finished;
  private @Nullable EndReason cause;

  MachineWatch(RunPolicy policy, RunTimeouts timeouts) {
    this.policy = policy;
    this.timeouts = timeouts;
  }

  void saw(RunModel before, RunInput input, Pulse pulse, RunMachine.Step step) {
    remember(before, input);
    checkCause(before, step.model(), pulse);
    ending = step.model().phase == RunModel.Phase.ENDING;
    for (RunAction action : step.actions()) {
      check(before, input, action, pulse);
    }
    assertThat(step.model().phase == RunModel.Phase.ENDED)
        .as("over exactly when it was told")
        .isEqualTo(finished != null);
    if (finished != null) {
      assertThat(step.model().nextDue()).as("timers after the end").isEqualTo(RunModel.NEVER);
    }
  }

  private void remember(RunModel before, RunInput input) {
    if (input instanceof RunInput.HandleArrived in) {
      handles.add(in.attempt());
    } else if (input instanceof RunInput.Spawned in) {
      spawned.add(in.attempt());
    } else if (input instanceof RunInput.SpawnFailed in) {
      overAndDone.add(in.attempt());
    } else if (input instanceof RunInput.Exited in) {
      overAndDone.add(in.attempt());
    } else if (input instanceof RunInput.StopDone in
        && in.step() == StopStep.KILL
        && in.error() == null
        && in.report().survivors().isEmpty()) {
      overAndDone.add(in.attempt());
    } else if (input instanceof RunInput.Cancel
        || input instanceof RunInput.Drain
        || input instanceof RunInput.Shutdown) {
      nobodyWantsAnAttempt |= before.phase != RunModel.Phase.ENDED;
    }
  }

  private void checkCause(RunModel before, RunModel after, Pulse pulse) {
    if (cause != null) {
      assertThat(after.cause).as("the first cause stays").isEqualTo(cause);
      return;
    }
    cause = after.cause;
    if (EndReason.NO_OUTPUT_TIMEOUT.equals(cause)) {
      assertThat(pulse.progressCount()).as("no output means no marker").isZero();
      assertThat(pulse.now() - after.spawnedAt)
          .isGreaterThanOrEqualTo(timeouts.noOutput().toNanos());
    } else if (EndReason.IDLE_CLEANUP.equals(cause)) {
      assertThat(pulse.progressCount()).as("idle means after a marker").isPositive();
      assertThat(pulse.toolsInFlight()).as("idle means no tool in flight").isZero();
      assertThat(pulse.now() - pulse.lastProgress())
          .isGreaterThanOrEqualTo(timeouts.idle().toNanos());
    } else if (EndReason.HARD_TIMEOUT.equals(cause)) {
      assertThat(pulse.now() - after.spawnedAt)
          .isGreaterThanOrEqualTo(timeouts.effectiveHard().toNanos());
      assertThat(after.resultSeen).as("the result ends the hard time-out").isFalse();
    }
    if (cause != null && before.phase == RunModel.Phase.RUNNING) {
      assertThat(before.exited).as("a worker's own exit is a cause too").isFalse();
    }
  }

  private void check(RunModel before, RunInput input, RunAction action, Pulse pulse) {
    if (action instanceof RunAction.RecordEnd record) {
      assertThat(recording).as("recorded twice").isNull();
      assertThat(finished == null || before.phase == RunModel.Phase.CREATING)
          .as("recorded after it was told")
          .isTrue();
      if (finished == null) {
        checkEnd(record.end(), pulse);
      }
      recording = record.end();
    } else if (action instanceof RunAction.Finish finish) {
      assertThat(finished).as("told twice").isNull();
      assertThat(recording == null || recording.equals(finish.end())).as("the same end").isTrue();
      assertThat(finish.recorded())
          .as("recorded")
          .isEqualTo(input instanceof RunInput.EndRecorded in && in.error() == null);
      if (recording == null) {
        checkEnd(finish.end(), pulse);
      }
      finished = finish.end();
    } else {
      assertThat(recording == null && finished == null).as("%s after the end", action).isTrue();
      checkOnTheWay(action, pulse);
    }
  }

  private void checkOnTheWay(RunAction action, Pulse pulse) {
    if (action instanceof RunAction.Start start) {
      assertThat(start.attempt()).as("one attempt after the other").isEqualTo(++starts);
      assertThat(start.attempt() == 1 || overAndDone.contains(start.attempt() - 1))
          .as("attempt %s while the one before it may be alive", start.attempt())
          .isTrue();
      assertThat(nobodyWantsAnAttempt).as("an attempt that nobody wants").isFalse();
      assertThat(marked).as("an attempt after running").isFalse();
      assertThat(start.attempt()).isLessThanOrEqualTo(policy.spawnRetry().maxAttempts());
      assertThat(start.deadline()).isPositive();
      assertThat(start.deadline()).isLessThanOrEqualTo(timeouts.startDeadline());
      lastStep = StopStep.NONE;
      outputOfEarlierAttempts |= pulse.progressCount() > 0;
    } else if (action instanceof RunAction.MarkRunning) {
      assertThat(marked).as("marked twice").isFalse();
      assertThat(spawned.contains(starts) && handles.contains(starts))
          .as("running without a confirmed worker and its handle")
          .isTrue();
      marked = true;
    } else if (action instanceof RunAction.Stop stop) {
      assertThat(stop.attempt()).as("stops the attempt under way").isEqualTo(starts);
      assertThat(stop.step()).as("down the ladder").isGreaterThanOrEqualTo(lastStep);
      lastStep = stop.step();
    } else if (action instanceof RunAction.Emit emit) {
      if (emit.event() instanceof RunEvent.Queued) {
        assertThat(++queued).isEqualTo(1);
      } else if (emit.event() instanceof RunEvent.Started) {
        assertThat(marked).as("started before it was marked").isTrue();
        assertThat(++started).isEqualTo(1);
      }
      if (emit.event() instanceof RunEvent.FirstOutput
          || emit.event() instanceof RunEvent.Progress
          || emit.event() instanceof RunEvent.ResultSeen) {
        assertThat(started == 1 || ending).as("%s before the start", emit.event()).isTrue();
      }
      assertThat(emit.event()).as("the shell's to tell").isNotInstanceOf(RunEvent.Ended.class);
    }
  }

  private void checkEnd(RunEnd end, Pulse pulse) {
    boolean output = outputOfEarlierAttempts || pulse.progressCount() > 0 || end.result() != null;
    assertThat(end.cursor())
        .as("the input is taken back only without success and without output")
        .isEqualTo(
            end.state().isSuccess() || output ? RunEnd.Cursor.COMMIT : RunEnd.Cursor.ROLLBACK);
    assertThat(end.state()).isIn(policy.successState(), RunState.FAILED, RunState.CANCELLED);
    if (end.state().isSuccess()) {
      assertThat(end.worker()).as("success without a worker").isNotNull();
    }
    assertThat(end.attempts()).isEqualTo(starts);
    assertThat(end.running()).isBetween(Duration.ZERO, Duration.ofNanos(pulse.now()));
    assertThat(end.queued()).isBetween(Duration.ZERO, Duration.ofNanos(pulse.now()));
  }
}
