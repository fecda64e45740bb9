package dev.reliability.container.process;

import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;

/** A process could not be started, and nothing is left of the attempt. */
final class SpawnRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient SpawnFailure failure;

  SpawnRefused(SpawnFailure failure) {
    super(failure.detail());
    this.failure = failure;
  }

  SpawnRefused(Kind kind, String detail) {
    this(new SpawnFailure(kind, detail));
  }

  SpawnFailure failure() {
    return failure;
  }
}
