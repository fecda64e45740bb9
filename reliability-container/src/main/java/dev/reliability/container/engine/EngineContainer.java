package dev.reliability.container.engine;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerIdentity;
import dev.reliability.container.ContainerInfo;
import dev.reliability.container.InputResult;
import dev.reliability.container.Transcript;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The means to feed, read and stop one container; its life goes on elsewhere. */
final class EngineContainer implements ContainerHandle {
  private final Engine engine;
  private final RunContext context;
  private final Map<String, String> labels;
  private final ContainerLife life;
  private final boolean adopted;

  /**
   * One container.
   *
   * @param adopted whether it was started by somebody else
   */
  EngineContainer(
      Engine engine,
      RunContext context,
      Map<String, String> labels,
      ContainerLife life,
      boolean adopted) {
    this.engine = engine;
    this.adopted = adopted;
    this.context = context;
    this.labels = labels;
    this.life = life;
  }

  ContainerLife life() {
    return life;
  }

  /** Whether it was started by somebody else, whose labels its engine shows. */
  boolean isAdopted() {
    return adopted;
  }

  /** As a list shows it if the engine does not; empty if it does not belong there. */
  Optional<ContainerInfo> infoWithoutEngine() {
    EngineState known = life.state();
    if (!life.isStarting() && !adopted) {
      return Optional.empty();
    }
    ContainerInfo.State state =
        adopted && known != null ? known.state() : ContainerInfo.State.STARTING;
    return Optional.of(new ContainerInfo(name(), labels, state, identity().orElse(null)));
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
    return life.child().closeInput().thenApply(done -> ContainerLife.STEP_TAKEN);
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
