package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.ContainerIdentity;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Threads, files and processes that ran out: starts fail with a word, and kills still work. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "error numbers and /proc of Linux")
@Timeout(180)
class ProcessScarcityTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** As JDK 17 and as JDK 25 say it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Cannot run program "x": error=2, No such file or directory         | COMMAND_NOT_FOUND
          Exec failed, error: 2 (No such file or directory)                  | COMMAND_NOT_FOUND
          Cannot run program "x": error=13, Permission denied                | PERMISSION_DENIED
          Exec failed, error: 13 (Permission denied)                         | PERMISSION_DENIED
          Cannot run program "x": error=8, Exec format error                 | NOT_EXECUTABLE
          Cannot run program "x": error=7, Argument list too long            | ARGUMENTS_TOO_LONG
          Cannot run program "x": error=11, Resource temporarily unavailable | NO_RESOURCES
          Exec failed, error: 11 (Resource temporarily unavailable)          | NO_RESOURCES
          Cannot run program "x": error=24, Too many open files              | NO_RESOURCES
          something else                                                     | OTHER
          """)
  void theErrorNumberIsReadAsBothJdksWriteIt(String said, SpawnFailure.Kind kind) {
    SpawnFailure failure = SpawnErrors.classify(new IOException(said), "command: x");
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.detail()).isEqualTo("command: x: " + said);
  }

  @Test
  void noMoreProcessesIsAFailedStartThatMayBeTriedAgain() {
    SpawnFailure failure =
        failureOf(
            builder -> {
              throw new IOException(
                  "Cannot run program: error=11, Resource temporarily unavailable");
            });
    assertThat(failure.kind()).isEqualTo(SpawnFailure.Kind.NO_RESOURCES);
    assertThat(failure.kind().isRetryable()).isTrue();
  }

  /** The JDK makes the process, then no thread to watch it, and forgets it. */
  @Test
  void aProcessThatWasMadeWithoutAThreadToWatchItIsKilled() {
    CompletableFuture<Process> made = new CompletableFuture<>();
    SpawnFailure failure =
        failureOf(
            builder -> {
              made.complete(builder.start());
              throw new OutOfMemoryError("unable to create native thread");
            });
    assertThat(failure.kind()).isEqualTo(SpawnFailure.Kind.NO_RESOURCES);
    assertThat(failure.detail()).contains("unable to create native thread");
    await("its end").atMost(LONG).until(() -> !made.join().isAlive());
    assertThat(made.join().exitValue()).isEqualTo(128 + 9);
  }

  private static SpawnFailure failureOf(Launcher.Starter starter) {
    RecordingListener heard = new RecordingListener();
    ProcSource source = ProcSource.system();
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime processes =
            ProcessRuntime.create(
                runtime,
                source,
                FenceFinder.system(source).find(ProcessFence.GROUP, null),
                starter,
                "scarce",
                false,
                new Bookkeeper(null, true))) {
      processes.spawn(
          ProcessSpec.of("sleep", "300"),
          new RunContext("scarce", 1, Work.of("lane", "item"), "test", LONG),
          heard);
      await("its failure").atMost(LONG).until(() -> heard.failure() != null);
      assertThat(heard.calls()).containsExactly("spawnFailed");
      return heard.failure();
    }
  }

  @Test
  void aKillWorksWhenNoFileCanBeOpenedAnyMore() throws Exception {
    Process starved = StarvedSupervisor.start(300);
    try (BufferedReader told = starved.inputReader()) {
      String clean =
          " 2 members, StopReport[guarantee=group, survivors=[], pipesAbandoned=0], alive 0";
      assertThat(told.readLine()).isEqualTo("warm-up:" + clean);
      assertThat(told.readLine()).matches("starved: files [0-9]+,\\Q" + clean + "\\E");
      assertThat(starved.waitFor()).isZero();
    } finally {
      starved.destroyForcibly();
    }
  }

  /** A dead process that nobody has collected is not alive. */
  @Test
  void aZombieIsDead() {
    RecordingListener heard = new RecordingListener();
    ProcSource source = ProcSource.system();
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime processes = ProcessRuntime.system(runtime)) {
      var handle =
          processes.spawn(
              ProcessSpec.of("sh", "-c", "true & exec sleep 300"),
              new RunContext("zombie", 1, Work.of("lane", "item"), "test", LONG),
              heard);
      await("it is up").atMost(LONG).until(handle::isAlive);
      long pid = ((ContainerIdentity.OfProcess) handle.identity().orElseThrow()).pid();
      await("its child is a zombie")
          .atMost(LONG)
          .until(
              () -> source.scan().descendants(pid).stream().anyMatch(stat -> stat.state() == 'Z'));
      assertThat(source.scan().descendants(pid)).allMatch(ProcStat::isDead);
      assertThat(ProcessHandle.of(pid).orElseThrow().children()).allMatch(ProcessHandle::isAlive);
    }
  }
}
