package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.container.ContainerRuntime;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.contract.ContainerRuntimeContract;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.Behaviour;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** Real containers keep the contract of runtimes. */
@WithPodman
class EngineRuntimeContractTest extends ContainerRuntimeContract<EngineSpec> {
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final RealPodman podman;
  private final EngineRuntime containers;

  EngineRuntimeContractTest(RealPodman podman) {
    this.podman = podman;
    containers = EngineRuntime.builder(runtime, podman.engine(), owner()).build();
  }

  @AfterEach
  void nothingIsLeft() {
    containers.close();
    runtime.close();
    assertThat(podman.containers()).isEmpty();
  }

  @Override
  protected ContainerRuntime<EngineSpec> containers() {
    return containers;
  }

  @Override
  protected String owner() {
    return "the contract";
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    Awaitility.await(what)
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(60))
        .until(condition::getAsBoolean);
  }

  @Override
  protected EngineSpec spec(Behaviour behaviour, Map<String, String> labels) {
    EngineSpec.Builder spec = EngineSpec.builder(RealPodman.IMAGE);
    if (behaviour == Behaviour.MISSING) {
      spec.command("a-program-that-nobody-installed");
    } else {
      spec.command("sh", "-c", Scripts.of(behaviour));
    }
    labels.forEach(spec::label);
    return spec.output(OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result"))).build();
  }

  @Override
  protected EngineSpec echo() {
    return EngineSpec.of(RealPodman.IMAGE, "cat");
  }
}
