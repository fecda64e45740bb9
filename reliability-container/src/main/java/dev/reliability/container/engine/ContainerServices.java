package dev.reliability.container.engine;

import dev.reliability.container.process.ProcessRuntime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What a container needs of its runtime.
 *
 * @param startTimeout how long the engine may take to confirm a start
 * @param forget called with the container's name when there is nothing left of it
 */
record ContainerServices(
    Engine engine,
    EngineCommands commands,
    Timers timers,
    ProcessRuntime processes,
    Duration startTimeout,
    Consumer<String> forget) {

  /** Kills what watches over a container that was cut off half made, with all under it. */
  CompletionStage<Removal.Result> killMonitor(String name, Removal.Result result) {
    return engine.monitor().isEmpty()
        ? CompletableFuture.completedFuture(result)
        : processes.killByArgument(engine.monitor(), name).thenApply(report -> result);
  }
}
