package dev.reliability.core.run;

import java.util.Objects;

/**
 * What to do for an item that was claimed.
 *
 * @param work the piece of work; lane and item are the lease's
 * @param worker what executes it
 */
public record Job(Work work, Worker worker) {

  /** Checks the parts. */
  public Job {
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(worker, "worker");
  }
}
