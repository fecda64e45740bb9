package dev.reliability.core.runtime;

import java.util.concurrent.Executor;

/**
 * A serial queue: tasks run one at a time, in the order they were given, each seeing what the one
 * before it wrote.
 *
 * <p>A strand is not a thread. A task that throws is logged and does not stop the tasks behind it
 * (a simulated runtime may instead stop the test there). {@link #execute} never blocks and never
 * runs the task inside the call.
 */
public interface Strand extends Executor {

  /** What kind of work a strand carries, and so which threads may run it. */
  enum Kind {
    /** Decisions, timers and kills. Never runs host code, never blocks. */
    CONTROL,
    /** The host's callbacks. A callback that hangs holds up only its own strand. */
    DELIVERY,
    /** Stores and sinks: may block, bounded by a timer on a control strand. */
    IO,
    /**
     * Background watching that never counts as pending work, such as the clock watch. Otherwise
     * like {@link #CONTROL}.
     */
    MONITOR
  }

  /** A name for logs and traces. */
  String label();

  /** What this strand carries. */
  Kind kind();
}
