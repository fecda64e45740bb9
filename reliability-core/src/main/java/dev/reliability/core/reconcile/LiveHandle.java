package dev.reliability.core.reconcile;

import java.util.Objects;

/**
 * A worker that is there, as whoever runs it sees it. Immutable.
 *
 * @param name its name, unique within its source
 * @param run the run's id
 * @param owner the incarnation of the supervisor that started it
 */
public record LiveHandle(String name, String run, String owner) {

  /** Checks that nothing is null. */
  public LiveHandle {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(owner, "owner");
  }
}
