package dev.reliability.container.engine;

import static org.awaitility.Awaitility.await;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of a runtime on a {@link StubEngine} share. */
abstract class StubEngineTestBase {
  static final Duration LONG = Duration.ofSeconds(60);
  static final String OWNER = "stubbed";

  final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  final EventBus bus = EventBus.builder(runtime).build();
  final RecordingListener heard = new RecordingListener();
  StubEngine stub;
  Path ledgers;
  Ledger ledger;
  EngineRuntime containers;
  @TempDir Path directory;

  @BeforeEach
  void begin() throws IOException {
    stub = new StubEngine(Files.createDirectory(directory.resolve("stub")));
    ledgers = directory.resolve("ledgers");
    ledger = Ledger.open(ledgers, bus.epoch());
    containers = builder().ledger(ledger).build();
  }

  EngineRuntime.Builder builder() {
    return EngineRuntime.builder(runtime, stub.engine(), OWNER)
        .callTimeout(Duration.ofMillis(1_500))
        .watchInterval(Duration.ofMillis(200));
  }

  @AfterEach
  void end() throws IOException {
    stub.heal("run", "inspect", "kill", "rm", "ps", "attach");
    containers.close();
    ledger.close();
    bus.close();
    runtime.close();
    await("no call hangs").atMost(LONG).until(() -> stub.hanging().isEmpty());
  }

  // ---- helpers ----

  ContainerHandle spawn(EngineRuntime in) {
    return in.spawn(EngineSpec.of("image"), context("run"), heard);
  }

  RunContext context(String run) {
    return new RunContext(run, 1, Work.of("lane", "item"), bus.epoch(), Duration.ofMinutes(1));
  }

  static <T> T done(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    await("the step").atMost(LONG).until(future::isDone);
    return future.join();
  }
}
