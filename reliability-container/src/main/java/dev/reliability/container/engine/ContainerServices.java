package dev.reliability.container.engine;

import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.run.StopReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  /** How much of a process's name the table of processes shows. */
  private static final int SHOWN = 15;

  /**
   * Kills what watches over a container that was cut off half made, with all under it; ends with
   * who survived that.
   */
  CompletionStage<List<String>> killMonitor(String name) {
    return engine.monitor().isEmpty()
        ? CompletableFuture.completedFuture(List.of())
        : processes.killByArgument(engine.monitor(), name).thenApply(StopReport::survivors);
  }

  /** Kills command lines that are about a container; ends with who survived that. */
  CompletionStage<List<String>> killCommandLines(String name) {
    return processes.killByArgument(program(), name).thenApply(StopReport::survivors);
  }

  /** Which command lines and monitors there are of these containers, by their names. */
  CompletionStage<Map<String, List<String>>> processesOf(Set<String> names) {
    return processes.findByArgument(
        engine.monitor().isEmpty() ? Set.of(program()) : Set.of(program(), engine.monitor()),
        names);
  }

  private String program() {
    Path file = Path.of(engine.program().get(0)).getFileName();
    String name = file == null ? "" : file.toString();
    return name.length() > SHOWN ? name.substring(0, SHOWN) : name;
  }
}
