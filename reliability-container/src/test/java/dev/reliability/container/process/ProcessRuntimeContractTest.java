package dev.reliability.container.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.junit.jupiter.api.BeforeEach;

/** Real processes keep the contract of runtimes. */
class ProcessRuntimeContractTest extends ContainerRuntimeContract<ProcessSpec> {
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final ProcessRuntime processes =
      ProcessRuntime.builder(runtime).owner(owner()).fence(fence()).build();

  /** What is around each of them. */
  ProcessFence fence() {
    return ProcessFence.GROUP;
  }

  @BeforeEach
  void thisMachineHasTheFence() {
    assumeTrue(processes.guarantee().equals(fence().wireName()), "no " + fence() + " here");
  }

  @AfterEach
  void stopWhatIsLeft() {
    processes.close();
    runtime.close();
  }

  @Override
  protected ContainerRuntime<ProcessSpec> containers() {
    return processes;
  }

  @Override
  protected String owner() {
    return "the contract";
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    Awaitility.await(what)
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(60))
        .until(condition::getAsBoolean);
  }

  @Override
  protected ProcessSpec spec(Behaviour behaviour, Map<String, String> labels) {
    ProcessSpec.Builder spec =
        behaviour == Behaviour.MISSING
            ? ProcessSpec.builder("a-program-that-nobody-installed")
            : ProcessSpec.builder("sh", "-c", Scripts.of(behaviour));
    labels.forEach(spec::label);
    return spec.output(OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result"))).build();
  }

  @Override
  protected ProcessSpec echo() {
    return ProcessSpec.of("cat");
  }
}
