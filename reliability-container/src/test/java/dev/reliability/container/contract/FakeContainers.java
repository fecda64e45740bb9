package dev.reliability.container.contract;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerInfo;
import dev.reliability.container.ContainerLabels;
import dev.reliability.container.ContainerRuntime;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Containers that are only played, on the simulated world: each does what the script in its {@link
 * FakeSpec} says. For one thread, that which drives the world.
 */
public class FakeContainers implements ContainerRuntime<FakeSpec> {
  private final ReliabilityRuntime runtime;
  private final String owner;
  private final Map<String, FakeContainer> containers = new LinkedHashMap<>();
  private long number;
  private boolean closed;

  /** No containers yet. */
  public FakeContainers(ReliabilityRuntime runtime, String owner) {
    this.runtime = runtime;
    this.owner = owner;
  }

  @Override
  public ContainerHandle spawn(FakeSpec spec, RunContext context, WorkerListener listener) {
    for (FakeContainer live : containers.values()) {
      if (live.isAttempt(context)) {
        throw new IllegalStateException(
            "run " + context.run() + ", attempt " + context.attempt() + ": is live here already");
      }
    }
    Map<String, String> labels = ContainerLabels.of(owner, context, spec.labels());
    FakeContainer container = new FakeContainer(this, spec, context, listener, labels, ++number);
    containers.put(container.name(), container);
    FakeWorker worker =
        closed
            ? FakeWorker.playing(runtime, refusing(spec))
            : FakeWorker.playing(runtime, spec.script());
    container.begin(worker.start(context, container));
    return container;
  }

  private static WorkerScript refusing(FakeSpec spec) {
    return spec.script()
        .with(
            new WorkerScript.Fails(
                Duration.ZERO, new SpawnFailure(Kind.ADAPTER_ERROR, "the fake runtime is closed")));
  }

  /** Nothing is left of it. */
  void forget(FakeContainer container) {
    containers.remove(container.name(), container);
  }

  @Override
  public CompletionStage<List<ContainerInfo>> list(Map<String, String> labels) {
    return CompletableFuture.completedFuture(
        containers.values().stream()
            .filter(container -> ContainerLabels.match(container.labels(), labels))
            .map(FakeContainer::info)
            .toList());
  }

  @Override
  public CompletionStage<StopReport> kill(String name) {
    FakeContainer container = containers.get(name);
    return container == null
        ? CompletableFuture.completedFuture(StopReport.CLEAN)
        : container.kill();
  }

  @Override
  public CompletionStage<StopReport> remove(String name) {
    FakeContainer container = containers.get(name);
    if (container == null) {
      return CompletableFuture.completedFuture(StopReport.CLEAN);
    }
    return container.kill().whenComplete((report, failure) -> forget(container));
  }

  @Override
  public void close() {
    closed = true;
    List<CompletableFuture<StopReport>> kills = new ArrayList<>();
    for (FakeContainer container : List.copyOf(containers.values())) {
      kills.add(container.kill().toCompletableFuture());
    }
    runtime.await(CompletableFuture.allOf(kills.toArray(new CompletableFuture<?>[0])));
  }
}
