package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.Behaviour;
import dev.reliability.testkit.worker.RecordingListener;
import dev.reliability.testkit.worker.WorkerContract;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real containers keep the contract of workers, in real time. */
@WithPodman
class EngineWorkerContractTest extends WorkerContract {
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final RealPodman podman;
  private final EngineRuntime containers;

  EngineWorkerContractTest(RealPodman podman) {
    this.podman = podman;
    containers = EngineRuntime.builder(runtime, podman.engine(), "worker contract").build();
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
  protected void until(String what, BooleanSupplier condition) {
    Awaitility.await(what)
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(60))
        .until(condition::getAsBoolean);
  }

  /** No engine tells that a container closed its output before it ended. */
  @Test
  @Override
  public void endOfOutputIsNotTheEndOfTheWorker() {
    RecordingListener heard = new RecordingListener();
    RunContext context =
        new RunContext("closes", 1, Work.of("lane", "item"), "owner", Duration.ofMinutes(1));
    WorkerHandle handle = worker(Behaviour.CLOSES_OUTPUT_AND_STAYS).start(context, heard);
    until("it makes progress", () -> heard.progressCount() > 0);
    assertThat(heard.exit()).isNull();
    assertThat(handle.isAlive()).isTrue();
    handle.terminate();
    until("its end is told", () -> heard.exit() != null && heard.isEof());
    assertThat(heard.complaints()).isEmpty();
  }

  @Override
  protected Worker worker(Behaviour behaviour) {
    EngineSpec.Builder spec = EngineSpec.builder(RealPodman.IMAGE);
    if (behaviour == Behaviour.MISSING) {
      spec.command("a-program-that-nobody-installed");
    } else {
      spec.command("sh", "-c", Scripts.of(behaviour));
    }
    return containers.worker(
        spec.output(OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result"))).build());
  }
}
