package dev.reliability.core.run;

/**
 * What executes a run: a process, a container, anything that starts, puts out and ends. Implemented
 * by adapters.
 *
 * <p>Contract, checked by {@code WorkerContract} in the test kit: {@link #start} returns at once;
 * then exactly one of {@code spawned}, {@code spawnFailed}, {@code spawnUnknown} is reported; after
 * {@code spawned} exactly one {@code exited} and, if the output ever ends, one {@code eof}, in
 * either order; no output or progress after {@code eof}.
 */
@FunctionalInterface
public interface Worker {

  /**
   * Begins to start the worker and returns at once, whether or not it is up yet. The listener may
   * be called before this returns, and by any thread.
   *
   * <p>What this throws counts as a spawn that failed.
   */
  WorkerHandle start(RunContext context, WorkerListener listener);
}
