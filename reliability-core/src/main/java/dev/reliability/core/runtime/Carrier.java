package dev.reliability.core.runtime;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The threads that carry the strands of one kind.
 *
 * <p>{@link #carry} neither blocks nor throws nor runs anything, whatever the executor does. An
 * executor of the host's might run a task inside its {@code execute}, or wait there until it has
 * room; so a thread of our own that does nothing else speaks to it. Strands that it refuses are
 * offered again after a pause that doubles from 100 ms to 10 s, and with their next task.
 */
final class Carrier {
  static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
  static final long LAST_PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

  private final Strand.Kind kind;
  private final Executor executor;

  /** Speaks to the executor; null if the executor is ours. */
  private final @Nullable Executor spokesman;

  private final Scheduler scheduler;
  private final Strand upkeep;
  private final Warnings warnings;
  private final Set<SystemStrand> refused = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean retryPlanned = new AtomicBoolean();
  private volatile long pauseNanos = FIRST_PAUSE_NANOS;

  private Carrier(
      Strand.Kind kind,
      Executor executor,
      @Nullable Executor spokesman,
      Scheduler scheduler,
      @Nullable Strand upkeep,
      Warnings warnings) {
    this.kind = kind;
    this.executor = executor;
    this.spokesman = spokesman;
    this.scheduler = scheduler;
    this.upkeep = upkeep != null ? upkeep : new SystemStrand(this, "upkeep");
    this.warnings = warnings;
  }

  /**
   * Threads of our own: {@code executor} neither waits nor runs a task inside its {@code execute}.
   */
  static Carrier own(Strand.Kind kind, Executor executor, Scheduler scheduler, Warnings warnings) {
    return new Carrier(kind, executor, null, scheduler, null, warnings);
  }

  /**
   * Threads of the host's, whatever they are like.
   *
   * @param spokesman runs what it is given on one thread of our own, in order
   * @param upkeep a strand that does not depend on the host's threads
   */
  static Carrier host(
      Strand.Kind kind,
      Executor executor,
      Executor spokesman,
      Scheduler scheduler,
      Strand upkeep,
      Warnings warnings) {
    return new Carrier(kind, executor, spokesman, scheduler, upkeep, warnings);
  }

  Strand.Kind kind() {
    return kind;
  }

  /** Asks for a turn of {@code strand}. */
  void carry(SystemStrand strand) {
    try {
      if (spokesman == null) {
        offer(strand);
      } else {
        spokesman.execute(() -> offer(strand));
      }
    } catch (Throwable e) { // no memory for a thread
      refuse(strand, e);
    }
  }

  /** Called on the carrying thread after each task. */
  void afterTask() {
    if (spokesman == null) {
      Thread.interrupted(); // an interrupt that a task left behind must not hit the next one
    }
  }

  /** Called when a failed task could not be logged. */
  void unlogged() {
    warnings.leftOut();
  }

  private void offer(SystemStrand strand) {
    try {
      executor.execute(strand);
      if (pauseNanos != FIRST_PAUSE_NANOS) {
        pauseNanos = FIRST_PAUSE_NANOS;
      }
    } catch (Throwable e) {
      refuse(strand, e);
    }
  }

  private void refuse(SystemStrand strand, Throwable cause) {
    if (!strand.refused()) {
      return;
    }
    refused.add(strand);
    if (retryPlanned.compareAndSet(false, true)) {
      long pause = pauseNanos;
      pauseNanos = Math.min(2 * pause, LAST_PAUSE_NANOS);
      try {
        scheduler.schedule(upkeep, pause, this::retry);
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        retryPlanned.set(false); // the runtime is closed: only the strand's next task asks again
        if (e instanceof RejectedExecutionException) {
          return; // and so, as a rule, is the executor: nothing to warn of
        }
      }
    }
    warnings.warn(
        "a " + kind + " strand was refused by its executor, its tasks wait: " + strand.label(),
        cause);
  }

  private void retry() {
    retryPlanned.set(false);
    for (SystemStrand strand : refused.toArray(new SystemStrand[0])) {
      refused.remove(strand);
      strand.askAgain();
    }
  }
}
