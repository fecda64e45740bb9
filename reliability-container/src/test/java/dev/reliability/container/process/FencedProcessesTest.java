package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunContext;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process inside a fence is what it would be outside: codes, signals, input, output. */
@Tag("once")
@EnabledOnOs(value = OS.LINUX, disabledReason = "namespaces and control groups of Linux")
class FencedProcessesTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final List<ProcessRuntime> made = new ArrayList<>();
  private int attempt;
  @TempDir private Path directory;

  @AfterEach
  void stopWhatIsLeft() {
    made.forEach(ProcessRuntime::close);
    runtime.close();
  }

  private ProcessRuntime with(ProcessFence fence) {
    ProcessRuntime processes = ProcessRuntime.builder(runtime).fence(fence).build();
    made.add(processes);
    assumeTrue(processes.guarantee().equals(fence.wireName()), "no " + fence + " on this machine");
    return processes;
  }

  /** One process and what was heard of it. */
  private record Run(ContainerHandle handle, RecordingListener heard) {
    void untilOver() {
      await("its end").atMost(LONG).until(() -> heard.exit() != null && heard.isEof());
      assertThat(heard.complaints()).isEmpty();
    }

    String out() {
      untilOver();
      return handle.transcript().out().text();
    }

    SpawnFailure failure() {
      await("its failure").atMost(LONG).until(() -> heard.failure() != null);
      assertThat(heard.calls()).containsExactly("spawnFailed");
      return heard.failure();
    }
  }

  private Run run(ProcessRuntime in, Consumer<ProcessSpec.Builder> more, String... command) {
    RecordingListener heard = new RecordingListener();
    ProcessSpec.Builder spec =
        ProcessSpec.builder(command)
            .output(OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result")));
    more.accept(spec);
    RunContext context = new RunContext("fenced", ++attempt, Work.of("lane", "item"), "test", LONG);
    return new Run(in.spawn(spec.build(), context, heard), heard);
  }

  private Run shell(ProcessRuntime in, String script) {
    return run(in, spec -> {}, "sh", "-c", script);
  }

  @ParameterizedTest
  @EnumSource(ProcessFence.class)
  void whatOnlyLooksLikeAComplaintOfTheFenceIsTheProgramsOwn(ProcessFence fence) {
    ProcessRuntime fenced = with(fence);
    for (String said : List.of("unshare: boom", "fence: boom", "setsid: boom")) {
      Run run = shell(fenced, "echo '" + said + "' >&2; exit 1");
      run.untilOver();
      assertThat(run.heard().exit()).as(said).isEqualTo(new ExitStatus.Code(1));
      assertThat(run.handle().transcript().err().text()).isEqualTo(said + "\n");
    }
  }

  @ParameterizedTest
  @EnumSource(ProcessFence.class)
  void codesAndSignalsAreTheProgramsOwn(ProcessFence fence) {
    ProcessRuntime fenced = with(fence);
    Map<String, ExitStatus> expected =
        Map.of(
            "exit 0", new ExitStatus.Code(0),
            "exit 1", new ExitStatus.Code(1),
            "exit 7", new ExitStatus.Code(7),
            "exit 126", new ExitStatus.Code(126),
            "exit 127", new ExitStatus.Code(127),
            "kill -TERM $$", new ExitStatus.Signal(15),
            "kill -KILL $$", new ExitStatus.Signal(9),
            "kill -USR1 $$", new ExitStatus.Signal(10)); // INT may be ignored from above
    expected.forEach(
        (script, status) -> {
          Run run = shell(fenced, script);
          run.untilOver();
          assertThat(run.heard().exit()).as(script).isEqualTo(status);
          assertThat(run.handle().transcript().err().text()).as(script).isEmpty();
        });
  }

  @ParameterizedTest
  @EnumSource(ProcessFence.class)
  void whatCannotBeStartedIsAFailedStart(ProcessFence fence) throws IOException {
    ProcessRuntime fenced = with(fence);
    assertThat(run(fenced, spec -> {}, "nobody-installed-this").failure().kind())
        .isEqualTo(SpawnFailure.Kind.COMMAND_NOT_FOUND);
    // Only the last step notices: the file may be executed, its interpreter may not.
    Path script = Files.writeString(directory.resolve("no-program"), "#!/etc/passwd\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    SpawnFailure failure = run(fenced, spec -> {}, script.toString()).failure();
    assertThat(failure.kind()).isEqualTo(SpawnFailure.Kind.PERMISSION_DENIED);
    assertThat(failure.detail()).contains("no-program");
  }

  @ParameterizedTest
  @EnumSource(ProcessFence.class)
  void inputReachesTheProgramAndItsEndToo(ProcessFence fence) {
    ProcessRuntime fenced = with(fence);
    Run echo =
        run(fenced, spec -> spec.initialInput("one\n".getBytes(StandardCharsets.UTF_8)), "cat");
    echo.handle().send("two\n".getBytes(StandardCharsets.UTF_8));
    echo.handle().closeInput();
    assertThat(echo.out()).isEqualTo("one\ntwo\n");
    assertThat(echo.heard().exit()).isEqualTo(new ExitStatus.Code(0));
  }

  @ParameterizedTest
  @EnumSource(ProcessFence.class)
  void aProgramThatIsAskedToEndMayDoSoItsOwnWay(ProcessFence fence) {
    Run run =
        shell(
            with(fence),
            "trap 'echo asked; exit 3' TERM; echo marker; while :; do sleep 0.1; done");
    await("it is up").atMost(LONG).until(() -> run.heard().progressCount() == 1);
    CompletableFuture<StopReport> asked = run.handle().terminate().toCompletableFuture();
    await("the step").atMost(LONG).until(asked::isDone);
    assertThat(asked.join().guarantee()).isEqualTo(fence.wireName());
    assertThat(run.out()).isEqualTo("marker\nasked\n");
    assertThat(run.heard().exit()).isEqualTo(new ExitStatus.Code(3));
  }

  @ParameterizedTest
  @EnumSource(names = {"PID_NAMESPACE", "CGROUP"})
  void filesSignalsAndVariablesAreThoseThatItHasWithoutAFence(ProcessFence fence) {
    String script =
        "grep Sig[BIC] /proc/self/status; ls /proc/self/fd | wc -l; ulimit -n; umask; pwd";
    assertThat(shell(with(fence), script).out())
        .isEqualTo(shell(with(ProcessFence.GROUP), script).out());
    assertThat(variables(with(fence))).isEqualTo(variables(with(ProcessFence.GROUP)));
  }

  /** Without those that a shell sets, and the one that differs between two runs. */
  private Map<String, String> variables(ProcessRuntime in) {
    Map<String, String> variables = new TreeMap<>();
    String out =
        run(in, spec -> spec.env("SOME", "thing else").env("EMPTY", ""), "env", "-0").out();
    for (String variable : out.split("\0")) {
      variables.put(variable.split("=", 2)[0], variable.split("=", 2)[1]);
    }
    variables.keySet().removeAll(List.of("PWD", "OLDPWD", "SHLVL", "_"));
    return variables;
  }

  @Test
  void aNamespaceReapsItsDeadAndShowsNobodyElse() {
    Run run =
        shell(
            with(ProcessFence.PID_NAMESPACE),
            "for i in 1 2 3; do (setsid sh -c 'sleep 0.05' &); done; sleep 0.5; n=0;"
                + " while grep -qs ') Z' /proc/[0-9]*/stat && [ $n -lt 250 ];"
                + " do n=$((n+1)); sleep 0.02; done;"
                + " cat /proc/[0-9]*/stat | cut -d' ' -f3 | sort | uniq -c | tr -s ' '");
    assertThat(run.out()).doesNotContain("Z");
    assertThat(run.out().lines().count()).isLessThan(5);
  }

  @Test
  void aControlGroupIsGoneWithItsProcess() throws IOException {
    CgroupBase own = CgroupBase.own();
    assumeTrue(own != null, "no control groups of version 2");
    with(ProcessFence.CGROUP);
    Path base =
        Files.createDirectory(
            own.directory().resolve("reliability-test-" + ProcessHandle.current().pid()));
    try (ProcessRuntime fenced =
        ProcessRuntime.builder(runtime).fence(ProcessFence.CGROUP).cgroupBase(base).build()) {
      Run stays = shell(fenced, "echo marker; exec sleep 300");
      await("it is up").atMost(LONG).until(() -> stays.heard().progressCount() == 1);
      assertThat(groups(base)).singleElement().asString().startsWith("reliability-fenced-");
      Run ends = shell(fenced, "cat /proc/self/cgroup");
      assertThat(ends.out()).contains("/reliability-fenced-");
      await("only one is left").atMost(LONG).until(() -> groups(base).size() == 1);
      stays.handle().kill();
      await("none is left").atMost(LONG).until(() -> groups(base).isEmpty());
    } finally {
      assertThat(new Cgroup(base).kill()).isTrue();
      await("nothing is left").atMost(LONG).until(() -> new Cgroup(base).remove());
    }
  }

  private static List<String> groups(Path base) throws IOException {
    try (Stream<Path> files = Files.list(base)) {
      return files.filter(Files::isDirectory).map(path -> path.getFileName().toString()).toList();
    }
  }

  /** The whole chain as a user without any privilege: the session, and the namespace if it may. */
  @ParameterizedTest
  @EnumSource(names = {"GROUP", "PID_NAMESPACE"})
  void nobodyNeedsAPrivilege(ProcessFence fence) {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "only root can become somebody else");
    List<String> nobody =
        List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--");
    ProcSource source = ProcSource.system();
    SystemTrial trial = new SystemTrial();
    FenceFinder finder =
        new FenceFinder(
            source,
            command -> trial.run(Stream.concat(nobody.stream(), command.stream()).toList()),
            path -> Files.isExecutable(Path.of(path)));
    Enclosure enclosure = finder.find(fence, null);
    assumeTrue(enclosure.guarantee().equals(fence.wireName()), "no namespaces for everybody");
    ProcessRuntime processes =
        ProcessRuntime.create(
            runtime,
            source,
            enclosure,
            builder -> {
              builder.command().addAll(0, nobody);
              return builder.start();
            },
            "nobody",
            true,
            new Bookkeeper(null, true));
    made.add(processes);
    Run run =
        run(
            processes,
            spec -> spec.directory(Path.of("/")),
            "sh",
            "-c",
            (fence == ProcessFence.GROUP ? "" : "(env -i setsid sleep 300 &); ")
                + "sleep 300 & echo marker $(id -u); wait");
    await("it is up").atMost(LONG).until(() -> run.heard().progressCount() == 1);
    CompletableFuture<StopReport> killed = run.handle().kill().toCompletableFuture();
    await("the kill").atMost(LONG).until(killed::isDone);
    assertThat(killed.join().guarantee()).isEqualTo(fence.wireName());
    assertThat(killed.join().survivors()).isEmpty();
    assertThat(run.handle().transcript().out().text()).isEqualTo("marker 65534\n");
  }
}
