package dev.reliability.container;

import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerListener;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Something that runs workers outside this process. Implementations are safe for use by many
 * threads, and no method but {@link #close} ever blocks.
 *
 * @param <S> what it can start
 */
public interface ContainerRuntime<S extends ContainerSpec> extends AutoCloseable {

  /**
   * Begins to start a worker and returns at once, under the contract of {@link Worker}.
   *
   * @throws IllegalStateException if the same attempt of the same run is still live here
   */
  ContainerHandle spawn(S spec, RunContext context, WorkerListener listener);

  /**
   * What this runtime runs under one label: whatever is being started, is alive, or has ended while
   * somebody still holds its output open.
   *
   * @param label a label of the {@linkplain ContainerSpec#labels() spec}, or a run's id; compared
   *     exactly
   */
  CompletionStage<List<ContainerHandle>> list(String label);

  /**
   * Kills by name, as {@link ContainerHandle#kill} does. A name that is not known is a worker that
   * is already gone: {@link StopReport#CLEAN}.
   *
   * @param name a {@link ContainerHandle#name}
   */
  CompletionStage<StopReport> kill(String name);

  /**
   * Kills by name like {@link #kill}, and then forgets the worker even if something of it survived:
   * it is not listed any more.
   *
   * @param name a {@link ContainerHandle#name}
   */
  CompletionStage<StopReport> remove(String name);

  /** A worker that starts the same thing for each run. */
  default Worker worker(S spec) {
    Objects.requireNonNull(spec, "spec");
    return (context, listener) -> spawn(spec, context, listener);
  }

  /**
   * A worker that starts something else for each run. What {@code specFor} throws counts as a spawn
   * that failed.
   *
   * @param specFor called on the thread that starts the run; must be quick
   */
  default Worker worker(Function<? super RunContext, ? extends S> specFor) {
    Objects.requireNonNull(specFor, "specFor");
    return (context, listener) -> spawn(specFor.apply(context), context, listener);
  }

  /**
   * Stops every worker that is left, waits for that within a fixed limit, and starts nothing more.
   * May be called again.
   */
  @Override
  void close();
}
