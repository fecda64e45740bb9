package dev.reliability.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The field's file, in virtual time. */
class FakeScenarioTest extends ScenarioContract {
  private final World world = World.create(7);

  @Override
  protected ReliabilityRuntime runtime() {
    return world;
  }

  @Override
  protected Worker worker(Scenario scenario) {
    return FakeWorker.playing(world, scenario.fake());
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    world.runUntil(condition, Duration.ofHours(1));
    assertTrue(condition.getAsBoolean(), what);
  }
}
