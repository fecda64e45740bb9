package dev.reliability.container;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.container.contract.ContainerRuntimeContract;
import dev.reliability.container.contract.FakeContainers;
import dev.reliability.container.contract.FakeSpec;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.testkit.worker.Behaviour;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The fake runtime keeps the contract of runtimes, in virtual time. */
class FakeContainersContractTest extends ContainerRuntimeContract<FakeSpec> {
  private static final Duration SOON = Duration.ofMillis(1);

  private final World world = World.create(42);
  private final ContainerRuntime<FakeSpec> containers = make(world, owner());

  /** What is tested; a bent one in a subclass. */
  ContainerRuntime<FakeSpec> make(World in, String owner) {
    return new FakeContainers(in, owner);
  }

  @Override
  protected ContainerRuntime<FakeSpec> containers() {
    return containers;
  }

  @Override
  protected String owner() {
    return "the contract";
  }

  @Override
  protected FakeSpec spec(Behaviour behaviour, Map<String, String> labels) {
    FakeSpec spec = FakeSpec.of(script(behaviour));
    for (Map.Entry<String, String> label : labels.entrySet()) {
      spec = spec.label(label.getKey(), label.getValue());
    }
    return spec;
  }

  @Override
  protected FakeSpec echo() {
    return FakeSpec.echo();
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    world.runUntil(condition, Duration.ofHours(1));
    assertTrue(condition.getAsBoolean(), what);
  }

  private static WorkerScript script(Behaviour behaviour) {
    WorkerScript idle = WorkerScript.idle();
    return switch (behaviour) {
      case SILENT -> idle;
      case THREE_MARKERS_THEN_EXIT -> idle.at(SOON, new WorkerScript.Progress()).exitAt(SOON, 0);
      case MARKER_THEN_STUBBORN ->
          idle.at(SOON, new WorkerScript.Progress()).ignoringInputClose().ignoringTerminate();
      case MISSING ->
          idle.with(
              new WorkerScript.Fails(
                  SOON, new SpawnFailure(SpawnFailure.Kind.COMMAND_NOT_FOUND, "no such program")));
      default -> throw new AssertionError("the contract does not ask for " + behaviour);
    };
  }
}
