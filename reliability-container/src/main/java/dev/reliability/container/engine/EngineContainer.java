package dev.reliability.container.engine;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerIdentity;
import dev.reliability.container.ContainerInfo;
import dev.reliability.container.InputResult;
import dev.reliability.container.Transcript;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The means to feed, read and stop one container; its life goes on elsewhere. */
final class EngineContainer implements ContainerHandle {
  private static final StopReport STEP_TAKEN = new StopReport("container", List.of(), 0);

  private final Engine engine;
  private final RunContext context;
  private final Map<String, String> labels;
  private final ContainerLife life;

  EngineContainer(
      Engine engine, RunContext context, Map<String, String> labels, ContainerLife life) {
    this.engine = engine;
    this.context = context;
    this.labels = labels;
    this.life = life;
  }

  ContainerLife life() {
    return life;
  }

  /** As a list shows it that the engine has nothing of; empty if it does not belong there. */
  Optional<ContainerInfo> infoWithoutEngine() {
    return life.isStarting()
        ? Optional.of(
            new ContainerInfo(
                name(), labels, ContainerInfo.State.STARTING, identity().orElse(null)))
        : Optional.empty();
  }

  boolean isAttempt(RunContext other) {
    return context.run().equals(other.run()) && context.attempt() == other.attempt();
  }

  @Override
  public String name() {
    return life.name();
  }

  @Override
  public String run() {
    return context.run();
  }

  @Override
  public Map<String, String> labels() {
    return labels;
  }

  @Override
  public Optional<ContainerIdentity> identity() {
    EngineState known = life.state();
    return known == null
        ? Optional.empty()
        : Optional.of(new ContainerIdentity.OfContainer(engine.name(), known.id()));
  }

  @Override
  public InputResult send(byte[] input) {
    return life.child().send(input);
  }

  @Override
  public Transcript transcript() {
    return life.child().transcript();
  }

  @Override
  public CompletionStage<StopReport> closeInput() {
    return life.child().closeInput().thenApply(done -> STEP_TAKEN);
  }

  @Override
  public CompletionStage<StopReport> terminate() {
    return CompletableFuture.supplyAsync(life::askToEnd, life.strand()).thenCompose(stage -> stage);
  }

  @Override
  public CompletionStage<StopReport> kill() {
    return life.kill();
  }

  @Override
  public boolean isAlive() {
    return life.isUp();
  }

  @Override
  public String toString() {
    return "container " + name();
  }
}
