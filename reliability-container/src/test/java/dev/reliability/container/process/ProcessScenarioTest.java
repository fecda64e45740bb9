package dev.reliability.container.process;

import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.scenario.Scenario;
import dev.reliability.testkit.scenario.ScenarioContract;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** The field's file on real processes: the verdicts are those of the fake clock. */
class ProcessScenarioTest extends ScenarioContract {
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final ProcessRuntime processes = ProcessRuntime.system(runtime);

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
  protected Worker worker(Scenario scenario) {
    ProcessSpec.Builder spec =
        scenario.canStart()
            ? ProcessSpec.builder("sh", "-c", scenario.shell())
            : ProcessSpec.builder("a-program-that-nobody-installed");
    return processes.worker(spec.output(OutputSpec.lines().markers(Scenario.markers())).build());
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    Awaitility.await(what)
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofMinutes(2))
        .until(condition::getAsBoolean);
  }
}
