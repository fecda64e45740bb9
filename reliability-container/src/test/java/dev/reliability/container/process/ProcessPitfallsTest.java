package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.ProtocolError;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What real processes do to those who run them, each once. */
@Tag("once")
@EnabledOnOs(value = OS.LINUX, disabledReason = "shell scripts and error numbers of Linux")
class ProcessPitfallsTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final ProcessRuntime processes = ProcessRuntime.system(runtime);
  private final RecordingListener heard = new RecordingListener();
  @TempDir Path directory;

  @AfterEach
  void stopWhatIsLeft() {
    processes.close();
    processes.close(); // may be called again
    runtime.close();
  }

  // ---- starts that fail ----

  @Test
  void aMissingDirectoryIsNotAMissingProgram() {
    spawn(ProcessSpec.builder("true").directory(directory.resolve("nowhere")).build());
    assertThat(failure().kind()).isEqualTo(SpawnFailure.Kind.DIRECTORY_MISSING);
    assertThat(failure().detail()).contains("nowhere");
  }

  @Test
  void aFileThatMayNotBeExecutedIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("plain"), "#!/bin/sh\necho no\n");
    spawn(ProcessSpec.of(file.toString()));
    assertThat(failure().kind()).isEqualTo(SpawnFailure.Kind.PERMISSION_DENIED);
    assertThat(failure().detail()).contains("plain");
  }

  @Test
  void argumentsThatAreTooLongAreTold() {
    spawn(ProcessSpec.of("true", "x".repeat(3_000_000)));
    assertThat(failure().kind()).isEqualTo(SpawnFailure.Kind.ARGUMENTS_TOO_LONG);
  }

  @Test
  void aMissingInterpreterIsAFailedStartOrAFailedRunButNeverAHang() throws IOException {
    Path script = script("#!/no/such/interpreter\necho no\n");
    spawn(ProcessSpec.of(script.toString()));
    await().atMost(LONG).until(() -> heard.failure() != null || heard.exit() != null);
    if (heard.exit() != null) {
      assertThat(heard.exit()).isNotEqualTo(new ExitStatus.Code(0));
    }
    assertThat(heard.complaints()).isEmpty();
  }

  @Test
  void aScriptWithoutAnInterpreterRunsUnderTheShell() throws IOException {
    spawn(ProcessSpec.of(script("echo marker\nexit 3\n").toString()));
    untilOver();
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Code(3));
    assertThat(heard.progressCount()).isEqualTo(1);
  }

  @Test
  void aMissingProgramFailsTheRunBeforeItWasRunning() {
    RunOutcome outcome = supervise(RunPolicy.ofDefaults(), ProcessSpec.of("nobody-installed-this"));
    assertThat(outcome.ended().orElseThrow().reason()).isEqualTo(EndReason.SPAWN_FAILED);
    assertThat(outcome.ended().orElseThrow().end().detail()).contains("nobody-installed-this");
  }

  // ---- output ----

  @Test
  void standardErrorIsDrainedAlthoughNobodyReadsIt() {
    spawn(shell("head -c 5000000 /dev/zero | tr '\\0' e >&2; echo marker"));
    untilOver();
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Code(0));
    assertThat(heard.outputBytes()).isGreaterThan(5_000_000);
    assertThat(heard.progressCount()).isEqualTo(1);
  }

  @Test
  void twoHundredMegabytesWithoutANewlineLeaveTheMemoryAlone() {
    // the tests' heap is smaller than this output by far more than the buffers are
    spawn(shell("head -c 200000000 /dev/zero | tr '\\0' x; echo; echo marker"));
    untilOver();
    assertThat(heard.outputBytes()).isGreaterThan(200_000_000);
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Code(0));
  }

  @Test
  void theLastLineCountsWithoutItsNewline() {
    spawn(shell("printf 'marker 1\\nmarker 2'"));
    untilOver();
    assertThat(heard.progressCount()).isEqualTo(2);
  }

  @Test
  void charactersSplitBetweenReadsAreWholeInTheirFrame() {
    List<String> frames = new CopyOnWriteArrayList<>();
    ProcessSpec spec =
        ProcessSpec.builder(
                "sh",
                "-c",
                "printf 'marker \\303'; sleep 0.3; printf '\\244\\n'; printf 'marker \\377\\n'")
            .output(OutputSpec.lines().onFrame(frame -> frames.add(frame.text())))
            .build();
    spawn(spec);
    untilOver();
    assertThat(frames).containsExactly("marker \u00e4", "marker \ufffd");
  }

  @Test
  void onlyWhatStandsBetweenWholeSentinelLinesIsAPayload() {
    List<String> payloads = new CopyOnWriteArrayList<>();
    String script =
        String.join(
            "; ",
            "echo noise",
            "echo '<<<'",
            "echo one",
            "echo two",
            "echo '>>>'",
            "echo 'in a line <<<'",
            "echo '<<< with more'",
            "echo '>>>'",
            "printf '<<<'",
            "sleep 0.3",
            "printf '\\nthree\\n>'",
            "sleep 0.3",
            "printf '>>\\n<<<\\nfour'");
    ContainerHandle handle =
        spawn(
            ProcessSpec.builder("sh", "-c", script)
                .output(
                    OutputSpec.sentinels("<<<", ">>>")
                        .onFrame(frame -> payloads.add(frame.text().strip())))
                .build());
    untilOver();
    assertThat(payloads).containsExactly("one\ntwo", "three");
    assertThat(heard.progressCount()).isEqualTo(2);
    assertThat(handle.transcript().out().errors())
        .extracting(ProtocolError::kind)
        .containsExactly(ProtocolError.Kind.STRAY_END, ProtocolError.Kind.EOF_INSIDE);
  }

  // ---- input ----

  @Test
  void whatIsSentComesBackFromAnEcho() {
    ContainerHandle handle = spawn(ProcessSpec.of("cat"));
    handle.send("marker one\nmarker two\n".getBytes(StandardCharsets.UTF_8));
    await().atMost(LONG).until(() -> heard.progressCount() == 2);
    done(handle.closeInput());
    untilOver();
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Code(0));
  }

  @Test
  void inputThatNobodyReadsBlocksNeitherTheCallerNorTheKill() {
    ContainerHandle handle = spawn(shell("echo marker; exec sleep 300"));
    handle.send(new byte[200_000]);
    CompletionStage<StopReport> close = handle.closeInput(); // waits behind what nobody reads
    await().atMost(LONG).until(() -> heard.progressCount() == 1);
    assertThat(close.toCompletableFuture()).isNotDone();
    done(handle.kill());
    untilOver();
    done(close);
  }

  // ---- stopping ----

  @Test
  void aStoppedChildIsKilled() {
    ContainerHandle handle = spawn(shell("echo marker; kill -STOP $$"));
    await().atMost(LONG).until(() -> heard.progressCount() == 1);
    done(handle.kill());
    untilOver();
    assertThat(handle.isAlive()).isFalse();
  }

  @Test
  void aKillReachesTheWholeTreeAlsoWhereParentsAreGone() {
    ContainerHandle handle =
        spawn(shell("(sleep 300 & sleep 300 & (sleep 300 &)) ; echo marker; exec sleep 300"));
    await().atMost(LONG).until(() -> heard.progressCount() == 1);
    StopReport report = done(handle.kill());
    untilOver();
    assertThat(report.survivors()).isEmpty();
    await().atMost(LONG).until(() -> family().isEmpty());
  }

  @Test
  void whatANormalExitLeavesBehindInItsGroupIsEndedToo() {
    spawn(shell("sleep 300 & sleep 300 & echo marker"));
    untilOver();
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Code(0));
    await().atMost(LONG).until(() -> family().isEmpty());
  }

  @Test
  void closingTheRuntimeStopsEverybody() {
    spawn(shell("trap '' TERM; echo marker; while :; do sleep 1; done"));
    await().atMost(LONG).until(() -> heard.progressCount() == 1);
    processes.close();
    await().atMost(LONG).until(() -> family().isEmpty());
    untilOver();
  }

  // ---- ends and their reasons ----

  @Test
  void aCodeThatLooksLikeASignalIsToldAsThatSignalAndIsNobodysReason() {
    RunReport report = supervise(RunPolicy.ofDefaults(), shell("exit 143")).ended().orElseThrow();
    assertThat(report.reason()).isEqualTo(EndReason.KILLED_BY_SIGNAL);
    RunPolicy impatient =
        RunPolicy.builder()
            .noOutputTimeout(Duration.ofMillis(500))
            .graces(Duration.ofMillis(200), Duration.ofSeconds(10), Duration.ofSeconds(5))
            .build();
    for (String end : List.of("exit 0", "exit 143", "trap - TERM; kill -TERM $$")) {
      ProcessSpec heeds = shell("trap '" + end + "' TERM; while :; do sleep 0.1; done");
      assertThat(supervise(impatient, heeds).ended().orElseThrow().reason())
          .as(end)
          .isEqualTo(EndReason.NO_OUTPUT_TIMEOUT);
    }
  }

  // ---- helpers ----

  private ContainerHandle spawn(ProcessSpec spec) {
    Duration deadline = Duration.ofMinutes(1);
    RunContext context = new RunContext(run(), 1, Work.of("lane", "item"), "test", deadline);
    return processes.spawn(spec, context, heard);
  }

  private String run() {
    return "pitfall-" + directory.getFileName();
  }

  private static ProcessSpec shell(String script) {
    return ProcessSpec.builder("sh", "-c", script)
        .output(OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result")))
        .build();
  }

  private Path script(String text) throws IOException {
    Path script = Files.writeString(directory.resolve("script"), text);
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private SpawnFailure failure() {
    await("the failure").atMost(LONG).until(() -> heard.failure() != null);
    assertThat(heard.calls()).containsExactly("spawnFailed");
    return heard.failure();
  }

  private void untilOver() {
    await("its end").atMost(LONG).until(() -> heard.exit() != null && heard.isEof());
    assertThat(heard.complaints()).isEmpty();
  }

  private static StopReport done(CompletionStage<StopReport> stage) {
    CompletableFuture<StopReport> future = stage.toCompletableFuture();
    await("the step").atMost(LONG).until(future::isDone);
    return future.join();
  }

  private RunOutcome supervise(RunPolicy policy, ProcessSpec spec) {
    try (RunSupervisor supervisor =
        RunSupervisor.builder().runtime(runtime).policy(policy).build()) {
      CompletableFuture<RunOutcome> outcome =
          supervisor.run(Work.of("lane", "item"), processes.worker(spec));
      await("its end").atMost(LONG).until(outcome::isDone);
      return outcome.join();
    }
  }

  /** Live processes that carry this run in their environment. */
  private List<String> family() {
    String cookie = "RELIABILITY_RUN=" + run();
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> pid != ProcessHandle.current().pid())
        .filter(pid -> environment(pid).contains(cookie))
        .map(String::valueOf)
        .toList();
  }

  private static String environment(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it ended while we looked
    }
  }
}
