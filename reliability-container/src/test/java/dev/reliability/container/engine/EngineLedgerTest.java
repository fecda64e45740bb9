package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.orphan.Intent;
import dev.reliability.container.orphan.LedgerEntry;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a runtime for containers writes down, and when. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the engine is a shell script")
@Tag("once")
class EngineLedgerTest extends StubEngineTestBase {

  @Test
  void theIntentIsOnTheDiskBeforeTheEngineIsAskedAndGoneOnlyOnceTheContainerIs()
      throws IOException {
    stub.onRun(
        "grep -q \"$name\" '%s'/*.ledger && echo written || echo missing".formatted(ledgers));
    ContainerHandle handle = spawn(containers);
    await("output").atMost(LONG).until(() -> heard.outputBytes() > 0);
    assertThat(handle.transcript().out().text()).isEqualTo("written\n");
    LedgerEntry entry = ledger.entries().iterator().next();
    assertThat(entry.intent())
        .isEqualTo(new Intent("podman", "run", 1, "lane", "item", bus.epoch(), handle.name()));
    await("its id")
        .atMost(LONG)
        .until(
            () ->
                ledger.entries().stream()
                    .allMatch(one -> ("id-" + handle.name()).equals(EngineLedger.idOf(one))));
    stub.hang("inspect");
    assertThat(done(handle.kill()).survivors()).isNotEmpty();
    assertThat(ledger.entries()).as("nobody can tell that it is gone").hasSize(1);
    stub.heal("inspect");
    await("it is gone").atMost(LONG).until(() -> ledger.entries().isEmpty());
    assertThat(stub.containers()).isEmpty();
  }

  @Test
  void whatCannotBeWrittenDownIsNotStartedUnlessTheHostSaysSo() throws IOException {
    ledger.close(); // as good as a disk that is full
    ContainerHandle refused = spawn(containers);
    await("the refusal").atMost(LONG).until(() -> heard.failure() != null);
    assertThat(heard.failure().kind()).isEqualTo(SpawnFailure.Kind.NO_RESOURCES);
    assertThat(heard.failure().detail()).contains("not started", bus.epoch());
    assertThat(done(refused.kill()).survivors()).isEmpty();
    assertThat(stub.calls()).doesNotContain("run", "kill", "rm");
    try (EngineRuntime degraded = builder().ledger(ledger).startWithoutLedger(true).build()) {
      RecordingListener started = new RecordingListener();
      degraded.spawn(EngineSpec.of("image"), context("degraded"), started);
      await("its start").atMost(LONG).until(() -> started.calls().contains("spawned"));
    }
  }
}
