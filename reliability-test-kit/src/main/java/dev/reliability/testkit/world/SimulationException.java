package dev.reliability.testkit.world;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something went wrong inside a simulated {@link World}. The message says at which virtual time.
 */
public sealed class SimulationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Since the world's beginning. */
  private final Duration time;

  private SimulationException(Duration time, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.time = time;
  }

  /** When it happened, on the monotonic clock, since the world was made. */
  public Duration time() {
    return time;
  }

  /** A task threw; what it threw is the cause. */
  public static final class TaskFailed extends SimulationException {
    private static final long serialVersionUID = 1;

    /** Where the task ran. */
    private final String strand;

    TaskFailed(Duration time, String when, String strand, Throwable cause) {
      super(time, "a task on strand \"" + strand + "\" threw at " + when + ": " + cause, cause);
      this.strand = strand;
    }

    /** The label of the strand on which the task ran. */
    public String strand() {
      return strand;
    }
  }

  /** Time cannot go on: tasks keep scheduling each other at the same instant. */
  public static final class Livelock extends SimulationException {
    private static final long serialVersionUID = 1;

    Livelock(Duration time, String message) {
      super(time, message, null);
    }
  }

  /** Nothing is left that could complete what is waited for. */
  public static final class Deadlock extends SimulationException {
    private static final long serialVersionUID = 1;

    Deadlock(Duration time, String message) {
      super(time, message, null);
    }
  }

  /** The world ran as many steps as it may. */
  public static final class OutOfBudget extends SimulationException {
    private static final long serialVersionUID = 1;

    OutOfBudget(Duration time, String message) {
      super(time, message, null);
    }
  }
}
