package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.RecordingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What got away from its parents and its session is found by its arguments. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs /proc")
class HunterTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path unique;

  @Test
  void whoeverHasTheNameAndTheArgumentDiesWithItsChildrenAndNobodyElse() {
    String argument = unique.toString();
    String other = argument + "-other";
    ProcSource source = ProcSource.system();
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime processes = ProcessRuntime.system(runtime)) {
      String stays = "setsid sh -c 'sleep 300 & echo up; wait' ";
      RecordingListener heard = new RecordingListener();
      processes.spawn(
          ProcessSpec.of("sh", "-c", stays + argument + " & " + stays + other + " & wait"),
          new RunContext("hunt", 1, Work.of("lane", "item"), "test", Duration.ofMinutes(1)),
          heard);
      await().atMost(LONG).until(() -> heard.progressCount() == 2);
      await("no child looks like its parent any more")
          .atMost(LONG)
          .until(() -> with(source, argument).size() == 1 && with(source, other).size() == 1);
      ProcStat hunted = with(source, argument).get(0);
      List<ProcStat> children = source.scan().descendants(hunted.pid());
      assertThat(children).isNotEmpty();
      StopReport report = runtime.await(processes.killByArgument("sh", argument));
      assertThat(report.survivors()).isEmpty();
      assertThat(with(source, argument)).isEmpty();
      assertThat(children).allMatch(child -> isGone(source, child));
      assertThat(with(source, other)).hasSize(1);
      assertThat(runtime.await(processes.killByArgument("sh", argument.substring(1))).survivors())
          .isEmpty();
      assertThat(with(source, other)).hasSize(1);
      runtime.await(processes.killByArgument("sh", other));
    }
  }

  @Test
  void whoHasANameAndAnArgumentIsFoundAndNotTouched() {
    String argument = unique.toString();
    ProcSource source = ProcSource.system();
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime processes = ProcessRuntime.system(runtime)) {
      RecordingListener heard = new RecordingListener();
      processes.spawn(
          ProcessSpec.of("sh", "-c", "echo up; read -r line", argument, ""),
          new RunContext("look", 1, Work.of("lane", "item"), "test", Duration.ofMinutes(1)),
          heard);
      await().atMost(LONG).until(() -> heard.progressCount() == 1);
      ProcStat there = with(source, argument).get(0);
      assertThat(source.arguments(there.pid()))
          .endsWith("-c", "echo up; read -r line", argument, "");
      assertThat(
              runtime.await(
                  processes.findByArgument(
                      Set.of("sh", "bash"), Set.of(argument, argument + "-other"))))
          .isEqualTo(Map.of(argument, List.of(there.describe())));
      assertThat(runtime.await(processes.findByArgument(Set.of("sleep"), Set.of(argument))))
          .isEmpty();
      assertThat(with(source, argument)).hasSize(1);
    }
  }

  private static List<ProcStat> with(ProcSource source, String argument) {
    return source.scan().all().stream()
        .filter(stat -> !stat.isDead() && source.arguments(stat.pid()).contains(argument))
        .toList();
  }

  private static boolean isGone(ProcSource source, ProcStat stat) {
    ProcStat now = source.read(stat.pid());
    return now == null || now.isDead() || !now.isSameAs(stat);
  }
}
