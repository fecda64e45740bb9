package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.testkit.worker.Behaviour;
import dev.reliability.testkit.worker.RecordingListener;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Real processes in pid namespaces keep the contract of workers. */
class NamespaceContractTest extends ProcessContractTest {
  @Override
  ProcessFence fence() {
    return ProcessFence.PID_NAMESPACE;
  }

  /** Those who keep the namespace up have the same output, so it ends with them. */
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
}
