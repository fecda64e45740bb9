package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.scenario.Scenario;
import dev.reliability.testkit.scenario.ScenarioContract;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The field's file on real containers: the verdicts are those of the fake clock. */
@WithPodman
@Tag("once")
class EngineScenarioTest extends ScenarioContract {
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final RealPodman podman;
  private final EngineRuntime containers;

  EngineScenarioTest(RealPodman podman) {
    this.podman = podman;
    containers = EngineRuntime.builder(runtime, podman.engine(), "scenario").build();
  }

  @AfterEach
  void nothingIsLeft() {
    containers.close();
    runtime.close();
    assertThat(podman.containers()).isEmpty();
  }

  @Override
  protected ReliabilityRuntime runtime() {
    return runtime;
  }

  @Override
  protected Worker worker(Scenario scenario) {
    EngineSpec.Builder spec = EngineSpec.builder(RealPodman.IMAGE);
    if (scenario.canStart()) {
      spec.command("sh", "-c", scenario.shell());
    } else {
      spec.command("a-program-that-nobody-installed");
    }
    return containers.worker(spec.output(OutputSpec.lines().markers(Scenario.markers())).build());
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    Awaitility.await(what)
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofMinutes(2))
        .until(condition::getAsBoolean);
  }
}
