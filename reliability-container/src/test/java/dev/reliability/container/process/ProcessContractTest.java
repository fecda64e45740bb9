package dev.reliability.container.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.Behaviour;
import dev.reliability.testkit.worker.WorkerContract;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Real processes keep the contract of workers, in real time. */
class ProcessContractTest extends WorkerContract {
  private static final MarkerRule MARKERS = MarkerRule.prefixes("marker", "result");

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final ProcessRuntime processes = ProcessRuntime.builder(runtime).fence(fence()).build();

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
  protected ReliabilityRuntime runtime() {
    return runtime;
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    Awaitility.await(what)
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(60))
        .until(condition::getAsBoolean);
  }

  @Override
  protected Worker worker(Behaviour behaviour) {
    return behaviour == Behaviour.MISSING
        ? processes.worker(ProcessSpec.of("a-program-that-nobody-installed"))
        : processes.worker(
            ProcessSpec.builder("sh", "-c", Scripts.of(behaviour))
                .output(OutputSpec.lines().markers(MARKERS))
                .build());
  }
}
