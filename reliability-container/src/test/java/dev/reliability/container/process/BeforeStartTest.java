package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must have happened before a process is started. */
class BeforeStartTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final ProcessRuntime processes = ProcessRuntime.system(runtime);
  private final RecordingListener heard = new RecordingListener();
  @TempDir Path directory;

  @AfterEach
  void end() {
    processes.close();
    runtime.close();
  }

  @Test
  void theProcessWaitsForItAndTheCallerDoesNot() throws Exception {
    Path file = directory.resolve("file");
    CountDownLatch goOn = new CountDownLatch(1);
    spawn(
        "cat " + file,
        () -> {
          await().atMost(LONG).until(() -> goOn.getCount() == 0);
          write(file);
        });
    assertThat(heard.calls()).isEmpty();
    goOn.countDown();
    await("its end").atMost(LONG).until(() -> heard.exit() != null && heard.isEof());
    assertThat(heard.progressCount()).isEqualTo(1);
  }

  @Test
  void ifItThrowsNothingIsStarted() {
    Path file = directory.resolve("file");
    spawn(
        "touch " + file,
        () -> {
          throw new IllegalStateException("not today");
        });
    await("the failure").atMost(LONG).until(() -> heard.failure() != null);
    assertThat(heard.failure().kind()).isEqualTo(SpawnFailure.Kind.ADAPTER_ERROR);
    assertThat(heard.failure().detail()).contains("not today");
    assertThat(heard.calls()).containsExactly("spawnFailed");
    assertThat(file).doesNotExist();
  }

  private void spawn(String script, Runnable before) {
    processes.spawn(
        ProcessSpec.builder("sh", "-c", script).beforeStart(before).build(),
        new RunContext("before", 1, Work.of("lane", "item"), "test", Duration.ofMinutes(1)),
        heard);
  }

  private static void write(Path file) {
    try {
      Files.writeString(file, "line\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
