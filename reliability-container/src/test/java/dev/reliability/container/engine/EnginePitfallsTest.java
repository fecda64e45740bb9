package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerIdentity;
import dev.reliability.container.ContainerInfo;
import dev.reliability.container.ContainerLabels;
import dev.reliability.container.OutputSpec;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real engine does to those who use it, each once. */
@WithPodman
@Tag("once")
class EnginePitfallsTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String OWNER = "pitfalls";

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final RecordingListener heard = new RecordingListener();
  private final RealPodman podman;
  private final EngineRuntime containers;
  @TempDir Path directory;

  EnginePitfallsTest(RealPodman podman) {
    this.podman = podman;
    containers = EngineRuntime.builder(runtime, podman.engine(), OWNER).build();
  }

  @AfterEach
  void nothingIsLeft() {
    containers.close();
    containers.close(); // may be called again
    runtime.close();
    assertThat(podman.containers()).isEmpty();
  }

  // ---- the child is not the container ----

  @Test
  void aKilledChildIsNotAStoppedContainer() {
    ContainerHandle handle = spawn(shell("echo marker; while :; do sleep 300; done"));
    untilProgress();
    killChild(handle);
    await("its end").atMost(LONG).until(() -> heard.exit() != null);
    assertThat(heard.exit()).isInstanceOf(ExitStatus.Unknown.class);
    assertThat(((ExitStatus.Unknown) heard.exit()).detail())
        .startsWith("engine_lost: ")
        .endsWith("; it was stopped and removed");
    assertThat(heard.isEof()).isTrue();
    assertThat(heard.complaints()).isEmpty();
    assertThat(handle.isAlive()).isFalse();
    assertThat(podman.containers()).isEmpty();
  }

  @Test
  void aRunThatLostItsEngineSaysSo() {
    EngineSpec spec = shell("echo marker; while :; do sleep 300; done");
    try (RunSupervisor supervisor =
        RunSupervisor.builder().runtime(runtime).policy(RunPolicy.ofDefaults()).build()) {
      var outcome =
          supervisor.run(
              Work.of("lane", "item"),
              (context, listener) -> {
                ContainerHandle handle = containers.spawn(spec, context, listener);
                CompletableFuture.runAsync(
                    () -> {
                      await().atMost(LONG).until(handle::isAlive);
                      killChild(handle);
                    });
                return handle;
              });
      await("its end").atMost(LONG).until(outcome::isDone);
      RunReport report = outcome.join().ended().orElseThrow();
      assertThat(report.reason()).isEqualTo(EndReason.WORKER_LOST);
      assertThat(report.end().detail()).contains("engine_lost");
    }
  }

  @Test
  void aHalfRemovedContainerHidesNoOtherAndCanBeRemoved() throws IOException {
    String create =
        "podman create --network none --label %s=%s --name %%s %s true"
            .formatted(ContainerLabels.OWNER, OWNER, RealPodman.IMAGE);
    podman.must(create.formatted("half"));
    // What a removal leaves that was cut off: the engine's list has it, its storage has not.
    Files.writeString(podman.home().resolve("graph/overlay-containers/containers.json"), "[]");
    podman.must(create.formatted("whole"));

    assertThat(listed())
        .extracting(ContainerInfo::name)
        .as("what the engine says: %s", podman.must("podman inspect half 2>&1; true"))
        .containsExactlyInAnyOrder("half", "whole");
    for (String name : List.of("half", "whole")) {
      assertThat(containers.remove(name).toCompletableFuture().join())
          .isEqualTo(new StopReport("container", List.of(), 0));
    }
    assertThat(listed()).isEmpty();
  }

  private List<ContainerInfo> listed() {
    return containers.list(Map.of()).toCompletableFuture().join();
  }

  // ---- signals ----

  @Test
  void aShellAsTheFirstProcessIgnoresTheStopSignalAndNotTheKill() {
    ContainerHandle handle = spawn(shell("echo marker; while :; do sleep 300; done"));
    untilProgress();
    done(handle.terminate());
    assertThat(podman.containers()).singleElement().asString().contains(" Up ");
    StopReport report = done(handle.kill());
    assertThat(report).isEqualTo(new StopReport("container", List.of(), 0));
    untilOver();
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Signal(9));
    assertThat(podman.containers()).isEmpty();
  }

  @Test
  void whoRunsOutOfMemoryIsKilledBySignalNine() {
    // Whether it was for the memory, the engine says; not every podman knows under cgroups v1.
    spawn(spec("tail", "/dev/zero").memory(16L << 20).build());
    untilOver();
    assertThat(heard.exit())
        .isIn(
            new ExitStatus.Signal(9),
            new ExitStatus.Signal(9, "out of memory, its limit was 16777216 bytes"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aKillAtAnyMomentOfTheStartLeavesNothing(boolean ofTheChild) {
    EngineSpec spec = shell("while :; do sleep 300; done");
    List<RecordingListener> listeners = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      RecordingListener each = new RecordingListener();
      ContainerHandle handle = containers.spawn(spec, context("killed", i + 1), each);
      runtime
          .scheduler()
          .schedule(
              runtime.strand(Strand.Kind.IO, "kill"),
              Duration.ofMillis(40L * i).toNanos(),
              ofTheChild ? () -> killChild(handle) : handle::kill);
      listeners.add(each);
    }
    for (RecordingListener each : listeners) {
      await("what became of it")
          .atMost(LONG)
          .until(
              () ->
                  each.exit() != null
                      || each.failure() != null
                      || each.calls().contains("spawnUnknown"));
      assertThat(each.complaints()).isEmpty();
    }
    await("nothing is left").atMost(LONG).until(() -> done(containers.list(Map.of())).isEmpty());
    await("nothing is left").atMost(LONG).until(() -> podman.containers().isEmpty());
    await("no process is left").atMost(LONG).until(() -> podman.processes().isEmpty());
  }

  // ---- exit codes ----

  @ParameterizedTest
  @ValueSource(ints = {125, 126, 127})
  void aWorkersOwnExitCodeIsNotTheEngines(int code) {
    spawn(shell("exit " + code));
    untilOver();
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Code(code));
  }

  @Test
  void aMissingProgramIsAFailedStartAndLeavesNoContainer() {
    spawn(EngineSpec.of(RealPodman.IMAGE, "nobody-installed-this"));
    assertThat(failure().kind()).isEqualTo(SpawnFailure.Kind.COMMAND_NOT_FOUND);
    assertThat(failure().detail()).contains("nobody-installed-this");
    assertThat(podman.containers()).isEmpty();
  }

  @Test
  void aDirectoryIsNoProgram() {
    spawn(EngineSpec.of(RealPodman.IMAGE, "/etc"));
    assertThat(failure().kind()).isEqualTo(SpawnFailure.Kind.PERMISSION_DENIED);
  }

  @Test
  void aMissingImageIsAFailedStartAtOnceAndNotTriedAgain() {
    spawn(EngineSpec.of("localhost/nobody-made-this:1", "true"));
    assertThat(failure().kind()).isEqualTo(SpawnFailure.Kind.IMAGE_MISSING);
    assertThat(failure().kind().isRetryable()).isFalse();
    assertThat(failure().detail()).contains("nobody-made-this");
  }

  @Test
  void whatTheEngineRefusesIsItsError() {
    spawn(spec("true").network("nobody-made-this").build());
    assertThat(failure().kind()).isEqualTo(SpawnFailure.Kind.ENGINE_ERROR);
    assertThat(failure().detail()).contains("nobody-made-this");
  }

  @Test
  void whatEndsBeforeAnybodyLooksDidRun() {
    for (int i = 1; i <= 3; i++) {
      RecordingListener each = new RecordingListener();
      containers.spawn(EngineSpec.of(RealPodman.IMAGE, "true"), context("short", i), each);
      await("its end").atMost(LONG).until(() -> each.exit() != null && each.isEof());
      assertThat(each.exit()).isEqualTo(new ExitStatus.Code(0));
      assertThat(each.complaints()).isEmpty();
    }
  }

  // ---- names and owners ----

  @Test
  void twoOfOneNameDoNotCollide() {
    RecordingListener other = new RecordingListener();
    try (EngineRuntime twin =
        EngineRuntime.builder(runtime, podman.engine(), OWNER).stopAtExit(false).build()) {
      EngineSpec spec = shell("echo marker; cat >/dev/null");
      ContainerHandle first = containers.spawn(spec, context("same", 1), heard);
      ContainerHandle second = twin.spawn(spec, context("same", 1), other);
      assertThat(first.name()).isNotEqualTo(second.name());
      await().atMost(LONG).until(() -> heard.progressCount() + other.progressCount() == 2);
      done(second.kill());
      assertThat(first.isAlive()).isTrue();
    }
  }

  @Test
  void whatAnEarlierIncarnationLeftIsFoundAndRemovedByItsOwnerOnly() {
    String name = "left-by-an-earlier-one";
    podman.must(
        "podman run --detach --pull=never --network none --name %s --label %s=%s --label %s=r1 %s sh -c 'while :; do sleep 300; done'"
            .formatted(name, ContainerLabels.OWNER, OWNER, ContainerLabels.RUN, RealPodman.IMAGE));
    try (EngineRuntime stranger =
        EngineRuntime.builder(runtime, podman.engine(), "somebody else").build()) {
      assertThat(done(stranger.list(Map.of()))).isEmpty();
      assertThat(done(stranger.list(Map.of(ContainerLabels.OWNER, OWNER)))).isEmpty();
      assertThatThrownBy(() -> done(stranger.remove(name)))
          .hasRootCauseInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected a container of owner \"somebody else\"");
    }
    ContainerInfo found =
        done(containers.list(Map.of(ContainerLabels.RUN, "r1"))).iterator().next();
    assertThat(found.name()).isEqualTo(name);
    assertThat(found.state()).isEqualTo(ContainerInfo.State.RUNNING);
    assertThat(found.identity()).isInstanceOf(ContainerIdentity.OfContainer.class);
    assertThat(done(containers.remove(name)).survivors()).isEmpty();
    assertThat(podman.containers()).isEmpty();
  }

  // ---- output ----

  @Test
  void aGigabyteWithoutANewlineLeavesTheMemoryAlone() {
    // the tests' heap is half of that
    spawn(shell("echo marker; dd if=/dev/zero bs=1M count=1024 2>/dev/null"));
    untilOver();
    assertThat(heard.outputBytes()).isEqualTo((1L << 30) + "marker\n".length());
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Code(0));
  }

  // ---- limits, users, mounts ----

  @Test
  void theSpecIsInForce() throws IOException {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    Files.writeString(shared.resolve("file"), "from outside");
    String script =
        String.join(
            "; ",
            "echo user $(id -u):$(id -g)",
            "echo in $(pwd)",
            "touch /root-is-writable 2>/dev/null && echo root is writable",
            "touch /mnt/new 2>/dev/null && echo mount is writable",
            "echo $(cat /mnt/file)",
            "echo x > /scratch/file && echo scratch is writable",
            "echo network $(ls /sys/class/net)");
    ContainerHandle handle =
        spawn(
            spec("sh", "-c", script)
                .user("1000:1000")
                .directory("/tmp")
                .readOnlyRoot()
                .memory(64L << 20)
                .cpus(0.5)
                .pids(50)
                .mount(Mount.readOnly(shared, "/mnt"))
                .tmpfs("/scratch", 1 << 20)
                .engineArguments("--cap-drop", "ALL")
                .build());
    untilOver();
    assertThat(handle.transcript().out().text().lines())
        .containsExactly(
            "user 1000:1000", "in /tmp", "from outside", "scratch is writable", "network lo");
  }

  // ---- helpers ----

  private ContainerHandle spawn(EngineSpec spec) {
    return containers.spawn(spec, context("pitfall", 1), heard);
  }

  private static RunContext context(String run, int attempt) {
    return new RunContext(
        run, attempt, Work.of("lane", "item"), "incarnation", Duration.ofMinutes(1));
  }

  private static EngineSpec.Builder spec(String... command) {
    return EngineSpec.builder(RealPodman.IMAGE).command(command);
  }

  private static EngineSpec shell(String script) {
    return spec("sh", "-c", script)
        .output(OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result")))
        .build();
  }

  private static void killChild(ContainerHandle handle) {
    ContainerHandle child = ((EngineContainer) handle).life().child();
    await("the child").atMost(LONG).until(() -> child.identity().isPresent());
    var process = (ContainerIdentity.OfProcess) child.identity().orElseThrow();
    ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
  }

  private SpawnFailure failure() {
    await("the failure").atMost(LONG).until(() -> heard.failure() != null);
    assertThat(heard.calls()).containsExactly("spawnFailed");
    return heard.failure();
  }

  private void untilProgress() {
    await("progress").atMost(LONG).until(() -> heard.progressCount() > 0);
  }

  private void untilOver() {
    await("its end").atMost(LONG).until(() -> heard.exit() != null && heard.isEof());
    assertThat(heard.complaints()).isEmpty();
  }

  private static <T> T done(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    await("the step").atMost(LONG).until(future::isDone);
    return future.join();
  }
}
