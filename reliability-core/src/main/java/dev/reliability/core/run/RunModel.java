package dev.reliability.core.run;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunEvent;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a run's machine remembers. Only {@link RunTurn} changes one, and only the copy that it
 * hands out: seen from outside {@link RunMachine#step} a model is immutable. Times are nanoseconds
 * since the submission.
 */
final class RunModel {
  static final long NEVER = Long.MAX_VALUE;

  enum Phase {
    /** The record is being created. */
    CREATING,
    /** Recorded, and waiting for its turn in the lane. */
    WAITING,
    /** An attempt to spawn is under way. */
    STARTING,
    /** Waiting for the next attempt. */
    BACKOFF,
    /** An attempt that must not go on is being killed; what follows depends on {@link #cause}. */
    REAPING,
    /** The worker is up, or was. */
    RUNNING,
    /** The end is being recorded. */
    ENDING,
    /** Over. */
    ENDED
  }

  Phase phase = Phase.CREATING;

  boolean admitted;
  boolean draining;

  // attempts
  int attempt;
  long firstAttemptAt;
  long previousDelay;
  boolean earlierOutput;
  boolean handle;
  boolean spawned;
  boolean markRequested;
  boolean started;
  @Nullable String worker;
  @Nullable String failure;

  /** What the worker did before it was recorded as running: told after {@code run.started}. */
  List<RunEvent> held = List.of();

  // running
  long spawnedAt;
  boolean resultSeen;
  @Nullable String result;
  boolean eof;
  boolean exited;
  ExitStatus exit = ExitStatus.UNKNOWN;
  boolean handleMissing;
  boolean graceTickUsed;
  long heldMark = -1; // what the pumps had written down when the host was last seen to get on
  long heldSince;
  long dueMark = -1; // what was read when the no-output time-out was due and the host was behind
  boolean hostSlow;
  boolean heldLately;
  boolean leased;

  // stopping: the first cause is set once, before anything is done about it
  @Nullable EndReason cause;
  @Nullable String causeDetail;
  @Nullable String actor;
  StopStep step = StopStep.NONE;
  boolean cut;
  StopReport leftovers = StopReport.CLEAN;

  // when something is due
  long startDeadlineAt = NEVER;
  long retryAt = NEVER;
  long noOutputAt = NEVER;
  long idleAt = NEVER;
  long hardAt = NEVER;
  long lingerAt = NEVER;
  long graceAt = NEVER;
  long drainAt = NEVER;
  long aliveAt = NEVER;
  long storeAt = NEVER;

  @Nullable RunEnd end;

  RunModel() {}

  RunModel copy() {
    RunModel c = new RunModel();
    c.phase = phase;
    c.admitted = admitted;
    c.draining = draining;
    c.attempt = attempt;
    c.firstAttemptAt = firstAttemptAt;
    c.previousDelay = previousDelay;
    c.earlierOutput = earlierOutput;
    c.handle = handle;
    c.spawned = spawned;
    c.markRequested = markRequested;
    c.started = started;
    c.held = held;
    c.worker = worker;
    c.failure = failure;
    c.spawnedAt = spawnedAt;
    c.resultSeen = resultSeen;
    c.result = result;
    c.eof = eof;
    c.exited = exited;
    c.exit = exit;
    c.handleMissing = handleMissing;
    c.graceTickUsed = graceTickUsed;
    c.heldMark = heldMark;
    c.heldSince = heldSince;
    c.dueMark = dueMark;
    c.hostSlow = hostSlow;
    c.heldLately = heldLately;
    c.leased = leased;
    c.cause = cause;
    c.causeDetail = causeDetail;
    c.actor = actor;
    c.step = step;
    c.cut = cut;
    c.leftovers = leftovers;
    c.startDeadlineAt = startDeadlineAt;
    c.retryAt = retryAt;
    c.noOutputAt = noOutputAt;
    c.idleAt = idleAt;
    c.hardAt = hardAt;
    c.lingerAt = lingerAt;
    c.graceAt = graceAt;
    c.drainAt = drainAt;
    c.aliveAt = aliveAt;
    c.storeAt = storeAt;
    c.end = end;
    return c;
  }

  /** When the machine wants to be woken next. */
  long nextDue() {
    long due = Math.min(Math.min(startDeadlineAt, retryAt), Math.min(noOutputAt, idleAt));
    due = Math.min(due, Math.min(Math.min(hardAt, lingerAt), Math.min(graceAt, drainAt)));
    return Math.min(due, Math.min(aliveAt, storeAt));
  }

  void clearTimers() {
    startDeadlineAt = NEVER;
    retryAt = NEVER;
    noOutputAt = NEVER;
    idleAt = NEVER;
    hardAt = NEVER;
    lingerAt = NEVER;
    graceAt = NEVER;
    drainAt = NEVER;
    aliveAt = NEVER;
    storeAt = NEVER;
  }

  Duration since(long from, long now) {
    return Duration.ofNanos(Math.max(0, now - from));
  }
}
