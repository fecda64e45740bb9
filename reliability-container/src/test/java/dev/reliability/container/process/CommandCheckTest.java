package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.check.DependencyCheck;
import dev.reliability.core.check.Masker;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.PreflightReport;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Commands that go wrong in every way: each bounded, masked and explained, on real processes. */
@Tag("once")
@EnabledOnOs(value = OS.LINUX, disabledReason = "shell scripts of Linux")
class CommandCheckTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final EventBus bus = EventBus.builder(runtime).sink(events::add).build();
  private final ProcessRuntime processes = ProcessRuntime.system(runtime);

  @TempDir Path directory;

  @AfterEach
  void stopWhatIsLeft() {
    processes.close();
    bus.close();
    runtime.close();
  }

  private PreflightReport.CheckReport check(DependencyCheck check, Duration limit) {
    Preflight preflight =
        Preflight.builder(bus)
            .attempts(1, Duration.ofMillis(1))
            .masker(Masker.hiding("open sesame"))
            .check("it", check, limit)
            .build();
    return runtime.await(preflight.run()).checks().get(0);
  }

  private String line(DependencyCheck check) {
    return check(check, MINUTE).line();
  }

  private CommandCheck shell(String script) {
    return CommandCheck.of(processes, "sh", "-c", script);
  }

  @Test
  void theExitCodeDecides() {
    assertThat(line(shell("exit 0"))).isEqualTo("PASS it: sh ended with exit code 0");
    assertThat(line(shell("echo out; echo no disk >&2; exit 3")))
        .isEqualTo("FAIL it: sh ended with exit code 3; last output: no disk");
    assertThat(line(shell("echo only out; exit 3")))
        .isEqualTo("FAIL it: sh ended with exit code 3; last output: only out");
    assertThat(line(shell("exit 3").expecting(2, 3)))
        .isEqualTo("PASS it: sh ended with exit code 3");
    assertThat(line(shell("exit 0").expecting(2, 3)))
        .isEqualTo("FAIL it: sh ended with exit code 0, not of [2, 3]");
    assertThat(line(shell("kill -9 $$"))).isEqualTo("FAIL it: sh was ended by signal 9");
  }

  @Test
  void oneThatDoesNotExistIsExplained() {
    assertThat(line(CommandCheck.of(processes, "no-such-program", "--version")))
        .startsWith("FAIL it: no-such-program could not be started (command_not_found): ")
        .contains("no-such-program");
    assertThat(line(shell("true").with(spec -> spec.directory(directory.resolve("nowhere")))))
        .startsWith("FAIL it: sh could not be started (directory_missing): ");
    assertThatThrownBy(() -> CommandCheck.of(processes))
        .hasMessageContaining("command: expected a program");
    assertThatThrownBy(() -> shell("true").expecting())
        .hasMessage("expecting: expected at least one exit code, got none");
  }

  @Test
  void oneThatHangsIsKilledWithItsTreeAndWhatItPutOutIsShown() {
    String mark = directory.toString();
    PreflightReport.CheckReport report =
        check(
            shell("printf 'connecting to the engine...'; sleep 300 & sleep 300 && echo " + mark),
            Duration.ofSeconds(2));
    assertThat(report.line())
        .isEqualTo(
            "FAIL it: hung: it did not end within PT2S and was given up;"
                + " last output: connecting to the engine...");
    assertThat(report.took()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(20));
    await()
        .atMost(MINUTE)
        .untilAsserted(
            () ->
                assertThat(ProcessHandle.current().descendants())
                    .noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void whatIsKnownToHaveSurvivedTheKillIsNamed() {
    List<StopReport> reports = new CopyOnWriteArrayList<>();
    String sleeps = "sleep " + (100_000 + ProcessHandle.current().pid()); // nobody else's
    check(
        shell("(setsid " + sleeps + " &); sleep 300").onStopped(reports::add),
        Duration.ofSeconds(2));
    await().atMost(MINUTE).until(() -> !reports.isEmpty());
    List<ProcessHandle> left =
        ProcessHandle.allProcesses()
            .filter(one -> one.info().commandLine().orElse("").endsWith(sleeps))
            .filter(ProcessHandle::isAlive)
            .toList();
    left.forEach(ProcessHandle::destroyForcibly);
    assertThat(reports).hasSize(1);
    assertThat(reports.get(0).survivors()).hasSameSizeAs(left);
    for (ProcessHandle one : left) {
      assertThat(reports.get(0).survivors().toString()).contains("pid " + one.pid() + " (sleep)");
    }
    assertThat(processes.guarantee().equals("group")).isEqualTo(!left.isEmpty());
  }

  @Test
  void oneThatWaitsForInputGetsNone() {
    assertThat(line(shell("read answer || { echo nobody answers >&2; exit 4; }")))
        .isEqualTo("FAIL it: sh ended with exit code 4; last output: nobody answers");
  }

  @Test
  void aGigabyteIsReadAndForgottenButForItsEnd() {
    resetPeaks();
    long before = peak();
    PreflightReport.CheckReport report =
        check(
            shell(
                "yes 'a line of output with a token=abc123def456 in it, again and again and again'"
                    + " | head -c 1000000000; echo; echo the end; exit 5"),
            Duration.ofMinutes(3));
    assertThat(report.why()).isEqualTo("sh ended with exit code 5");
    assertThat(report.lastOutput())
        .hasSizeLessThanOrEqualTo(2048)
        .endsWith("the end")
        .contains("token=[masked]")
        .doesNotContain("abc123");
    assertThat(peak() - before).as("bytes of heap").isLessThan(200_000_000L);
  }

  @Test
  void aGigabyteWithoutALineEndShowsNoPieceOfWhatMayBeASecret() {
    PreflightReport.CheckReport report =
        check(shell("head -c 1000000000 /dev/zero | tr '\\0' x; exit 5"), Duration.ofMinutes(3));
    assertThat(report.why()).isEqualTo("sh ended with exit code 5");
    assertThat(report.lastOutput()).isEqualTo("...");
  }

  @Test
  void oneThatPrintsATokenShowsItToNobody() {
    PreflightReport.CheckReport report =
        check(
            shell(
                "echo 'Authorization: Bearer abcdef0123456789' >&2;"
                    + " echo 'login with open sesame refused' >&2; exit 1"),
            MINUTE);
    assertThat(report.line())
        .isEqualTo(
            "FAIL it: sh ended with exit code 1;"
                + " last output: Authorization: [masked]\\nlogin with [masked] refused");
    runtime.await(bus.drained());
    assertThat(events.toString()).doesNotContain("abcdef0123", "sesame");
  }

  @Test
  void whoHoldsTheOutputOpenDoesNotHoldUpTheCheck() {
    PreflightReport.CheckReport report =
        check(shell("setsid sleep 40 & echo started; exit 0"), MINUTE);
    assertThat(report.line()).isEqualTo("PASS it: sh ended with exit code 0");
    assertThat(report.took()).isLessThan(Duration.ofSeconds(20));
  }

  private static List<MemoryPoolMXBean> heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
        .toList();
  }

  private static void resetPeaks() {
    heap().forEach(MemoryPoolMXBean::resetPeakUsage);
  }

  /** Of what lives longer than a moment. */
  private static long peak() {
    return heap().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }
}
