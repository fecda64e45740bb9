package dev.reliability.container;

import dev.reliability.core.reconcile.HandleSource;
import dev.reliability.core.reconcile.LiveHandle;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerListener;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Something that runs workers outside this process. Implementations are safe for use by many
 * threads, and no method but {@link #close} ever blocks. {@code ContainerRuntimeContract}, in this
 * module's test-jar, checks what is promised here.
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
   * What is there under these labels: whatever is being started, is alive, or has ended and left
   * something behind. Nothing that belongs to another owner is ever in it.
   *
   * @param labels names and values that it must have, all of them, compared exactly; an empty map
   *     for everything
   * @return fails if nobody can tell, for example because an engine does not answer: that is not an
   *     empty list
   */
  CompletionStage<List<ContainerInfo>> list(Map<String, String> labels);

  /**
   * Kills by name, as {@link ContainerHandle#kill} does. A name that is not known is a worker that
   * is already gone: {@link StopReport#CLEAN}.
   *
   * @param name a {@link ContainerInfo#name}
   * @return fails, and nothing is done, if the name is that of something that belongs to another
   *     owner
   */
  CompletionStage<StopReport> kill(String name);

  /**
   * Kills by name like {@link #kill}, and removes what is left of the worker, so that it is not
   * listed any more; what survives of a container is listed for as long as it does.
   *
   * @param name a {@link ContainerInfo#name}
   * @return fails as {@link #kill} does
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
   * Everything that {@link #list} shows, by its labels, for a {@link
   * dev.reliability.core.reconcile.Reconciler}: with an engine also what other incarnations of the
   * same owner left. A stage fails as those of {@link #list} and {@link #kill} do.
   */
  default HandleSource handles() {
    return new HandleSource() {
      @Override
      public CompletionStage<List<LiveHandle>> list() {
        return ContainerRuntime.this
            .list(Map.of())
            .thenApply(infos -> infos.stream().map(ContainerInfo::handle).toList());
      }

      @Override
      public CompletionStage<StopReport> kill(LiveHandle handle) {
        return ContainerRuntime.this.kill(handle.name());
      }
    };
  }

  /**
   * Stops every worker that is left, waits for that within a fixed limit, and starts nothing more.
   * May be called again.
   */
  @Override
  void close();
}
