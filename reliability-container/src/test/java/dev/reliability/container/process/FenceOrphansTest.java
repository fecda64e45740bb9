package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.LedgerDirectory;
import dev.reliability.container.orphan.OrphanPolicy;
import dev.reliability.container.orphan.OrphanReaper;
import dev.reliability.container.orphan.ReapReport;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A JVM that was killed leaves daemons without an environment: inside a fence they are found and
 * stopped all the same, and the fence is removed.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "namespaces and control groups of Linux")
@Timeout(180)
class FenceOrphansTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path temporary;

  @ParameterizedTest
  @EnumSource(names = {"PID_NAMESPACE", "CGROUP"})
  void whatAKilledJvmLeftInAFenceIsStopped(ProcessFence fence) throws Exception {
    Path directory = temporary.resolve("ledgers");
    Path token = Files.createFile(temporary.resolve("token"));
    // tail ends once nobody reads what it puts out.
    String daemon = "(env -i setsid sh -c '(tail -f $0 >/dev/null &)' %s &)".formatted(token);
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        EventBus bus = EventBus.builder(runtime).build();
        Ledger ledger = Ledger.open(directory, bus.epoch());
        ProcessRuntime processes =
            ProcessRuntime.builder(runtime).ledger(ledger).fence(fence).build()) {
      assumeTrue(processes.guarantee().equals(fence.wireName()), "no " + fence + " here");
      Process doomed =
          DoomedSupervisor.start(
              directory,
              DoomedSupervisor.Death.LATER,
              0,
              fence,
              daemon + "; sleep 0.2; echo marker; exec sleep 300", // its root outlives the JVM
              daemon + "; sleep 0.2; echo marker; cat >/dev/null"); // its root does not
      BufferedReader told = doomed.inputReader();
      List<String> runs = new ArrayList<>();
      told.readLine();
      for (String line = told.readLine(); !"ready".equals(line); line = told.readLine()) {
        runs.add(line);
      }
      await("both daemons").atMost(LONG).until(() -> members(token).size() == 2);
      doomed.destroyForcibly().waitFor();
      // A namespace ends with its root, a control group does not.
      int left = fence == ProcessFence.PID_NAMESPACE ? 1 : 2;
      await("the second root ends").atMost(LONG).until(() -> members(token).size() == left);
      OrphanReaper reaper =
          OrphanReaper.builder(bus, LedgerDirectory.at(directory))
              .source(processes.orphans(Duration.ofSeconds(1)), OrphanPolicy.STOP)
              .build();
      CompletableFuture<ReapReport> report = reaper.reap();
      await("the look").atMost(LONG).until(report::isDone);
      assertThat(members(token)).isEmpty();
      assertThat(report.join().left()).isEmpty();
      assertThat(report.join().found()).hasSize(left);
      if (fence == ProcessFence.CGROUP) {
        assertThat(groupsOf(runs)).isEmpty();
      }
    }
  }

  private static List<Path> groupsOf(List<String> runs) throws IOException {
    CgroupBase own = CgroupBase.own();
    assertThat(own).isNotNull();
    try (var groups = Files.list(own.directory())) {
      return groups.filter(group -> runs.stream().anyMatch(group.toString()::contains)).toList();
    }
  }

  private static List<Long> members(Path token) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> arguments(pid).startsWith("tail\0-f\0" + token))
        .toList();
  }

  private static String arguments(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it ended while we looked
    }
  }
}
