package dev.reliability.core.run;

import java.util.concurrent.CompletionStage;

/**
 * The means to stop a worker. Each method returns at once, may be called again, by any thread and
 * at any time (also before the worker is up and after it ended), and its stage ends when the step
 * was taken, not when the worker died of it: that is told by {@link WorkerListener#exited}. A stage
 * that never ends delays nobody.
 */
public interface WorkerHandle {

  /** Closes the worker's input, the gentlest way to ask it to end. */
  CompletionStage<StopReport> closeInput();

  /** Asks the worker, with all that belongs to it, to end. */
  CompletionStage<StopReport> terminate();

  /**
   * Ends the worker, with all that belongs to it, and gives up pipes that somebody else still holds
   * open.
   */
  CompletionStage<StopReport> kill();

  /** Whether the worker is known to be alive. A zombie is dead. */
  boolean isAlive();
}
