package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Trees of real processes of every kind, each killed several times: nobody survives. Every member
 * has the path of one file among its arguments, so that it is found whatever became of its parents,
 * its session and its environment.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "namespaces and control groups of Linux")
@Timeout(180)
@Tag("once")
class FenceTreesTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int TRIALS = 5;

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private Optional<ProcessRuntime> processes = Optional.empty();
  @TempDir private Path directory;

  /** What a tree does before somebody kills it. */
  enum Tree {
    /** Children and grandchildren that stay where they are. */
    STATIC("leaf & leaf & (leaf & leaf & wait) & echo marker; wait"),

    /** Each starts the next and ends. */
    CHAIN("sh $0 link & echo marker; exec tail -f $1"),

    /** In a session of its own, its parents gone, its environment empty. */
    DAEMON(
        "(env -i setsid sh -c '(tail -f $0 & tail -f $0 &)' $1 &); sleep 0.2; echo marker; leaf"),

    /** New ones all the time, in sessions of their own and with empty environments. */
    STORM("for i in 1 2 3; do env -i setsid sh $0 storm $1 & done; echo marker; leaf");

    private final String script;

    Tree(String script) {
      this.script = script;
    }

    /** A script, and the argument that all its processes have. */
    Path in(Path directory) throws IOException {
      Path token = Files.createFile(directory.resolve("token"));
      return Files.writeString(
          directory.resolve("tree"),
          """
          [ $# = 0 ] && set -- main
          leaf() { tail -f TOKEN; }
          if [ $1 = link ]; then sleep 0.01; sh $0 link & exit; fi
          if [ $1 = storm ]; then
            i=0
            while [ $i -lt 400 ]; do tail -f TOKEN & i=$((i+1)); done
            wait
            exit
          fi
          set -- TOKEN
          """
                  .replace("TOKEN", token.toString())
              + script
              + "\n");
    }
  }

  @AfterEach
  void stopWhatIsLeft() {
    processes.ifPresent(ProcessRuntime::close);
    members().forEach(ProcessHandle::destroyForcibly);
    await("nobody").atMost(LONG).until(() -> members().isEmpty());
    runtime.close();
  }

  private ProcessRuntime with(ProcessFence fence) {
    ProcessRuntime made = ProcessRuntime.builder(runtime).fence(fence).build();
    processes = Optional.of(made);
    assumeTrue(made.guarantee().equals(fence.wireName()), "no " + fence + " on this machine");
    return made;
  }

  static Stream<Arguments> strongFencesAndTrees() {
    return Stream.of(ProcessFence.PID_NAMESPACE, ProcessFence.CGROUP)
        .flatMap(fence -> Stream.of(Tree.values()).map(tree -> Arguments.of(fence, tree)));
  }

  @ParameterizedTest
  @MethodSource("strongFencesAndTrees")
  void nobodySurvivesAKill(ProcessFence fence, Tree tree) throws IOException {
    Path script = tree.in(directory);
    ProcessRuntime fenced = with(fence);
    int abandoned = 0;
    for (int trial = 1; trial <= TRIALS; trial++) {
      RecordingListener heard = new RecordingListener();
      ContainerHandle handle = spawn(fenced, script, trial, heard);
      await("it is up").atMost(LONG).until(() -> heard.progressCount() == 1);
      await("its members are up").atMost(LONG).until(() -> members().size() >= 2);
      StopReport report = done(handle.kill());
      assertThat(members()).as("survivors of trial %s", trial).isEmpty();
      assertThat(report.guarantee()).isEqualTo(fence.wireName());
      assertThat(report.survivors()).isEmpty();
      abandoned += report.pipesAbandoned();
      await("its end").atMost(LONG).until(() -> heard.exit() != null && heard.isEof());
      assertThat(heard.exit()).isEqualTo(new ExitStatus.Signal(9));
      assertThat(heard.complaints()).isEmpty();
    }
    assertThat(abandoned).as("pipes that a busy machine did not end in time").isLessThan(TRIALS);
  }

  @ParameterizedTest
  @EnumSource(names = {"PID_NAMESPACE", "CGROUP"})
  void nobodyOutlivesANormalExit(ProcessFence fence) throws IOException {
    Path token = Files.createFile(directory.resolve("token"));
    Path script =
        Files.writeString(
            directory.resolve("tree"),
            "(env -i setsid sh -c '(tail -f $0 &)' %1$s &); tail -f %1$s & echo marker; exit 7\n"
                .formatted(token));
    RecordingListener heard = new RecordingListener();
    spawn(with(fence), script, 1, heard);
    await("its end").atMost(LONG).until(() -> heard.exit() != null && heard.isEof());
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Code(7));
    assertThat(heard.progressCount()).isEqualTo(1);
    await("nobody is left").atMost(LONG).until(() -> members().isEmpty());
  }

  /** What the stronger fences are for; and that this test would notice a survivor. */
  @Test
  void aDaemonWithoutAnEnvironmentSurvivesTheKillOfAGroup() throws IOException {
    Path script = Tree.DAEMON.in(directory);
    RecordingListener heard = new RecordingListener();
    ContainerHandle handle = spawn(with(ProcessFence.GROUP), script, 1, heard);
    await("it is up").atMost(LONG).until(() -> heard.progressCount() == 1);
    await("its members are up").atMost(LONG).until(() -> tails() == 3 && members().size() == 4);
    assertThat(done(handle.kill()).guarantee()).isEqualTo("group");
    assertThat(members()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"PID_NAMESPACE", "CGROUP"})
  void closingTheRuntimeLeavesNobody(ProcessFence fence) throws IOException {
    ProcessRuntime fenced = with(fence);
    RecordingListener heard = new RecordingListener();
    spawn(fenced, Tree.STORM.in(directory), 1, heard);
    await("it is up").atMost(LONG).until(() -> members().size() >= 100);
    fenced.close();
    assertThat(members()).isEmpty();
  }

  // ---- helpers ----

  private ContainerHandle spawn(
      ProcessRuntime in, Path script, int attempt, RecordingListener heard) {
    return in.spawn(
        ProcessSpec.builder("sh", script.toString())
            .output(OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result")))
            .build(),
        new RunContext("tree", attempt, Work.of("lane", "item"), "test", LONG),
        heard);
  }

  private static StopReport done(CompletionStage<StopReport> stage) {
    CompletableFuture<StopReport> future = stage.toCompletableFuture();
    await("the step").atMost(LONG).until(future::isDone);
    return future.join();
  }

  /** Who is alive with this test's directory among its arguments; zombies have none. */
  private List<ProcessHandle> members() {
    String mark = directory.toString();
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(process -> arguments(process.pid()).contains(mark))
        .toList();
  }

  private long tails() {
    return members().stream().filter(one -> arguments(one.pid()).startsWith("tail\0")).count();
  }

  private static String arguments(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it ended while we looked
    }
  }
}
