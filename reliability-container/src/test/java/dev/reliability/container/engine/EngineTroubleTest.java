package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.OutputSpec;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.retry.RetryPolicy;
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
import dev.reliability.testkit.worker.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Engines that hang, fail and talk nonsense; each is a script. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the engine is a shell script")
@Tag("once")
class EngineTroubleTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String OWNER = "trouble";

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final RecordingListener heard = new RecordingListener();
  private StubEngine stub;
  private EngineRuntime containers;
  @TempDir Path directory;

  @BeforeEach
  void begin() throws IOException {
    stub = new StubEngine(directory);
    containers = waiting(LONG, LONG);
  }

  private EngineRuntime waiting(Duration start, Duration call) {
    return EngineRuntime.builder(runtime, stub.engine(), OWNER)
        .startTimeout(start)
        .callTimeout(call)
        .watchInterval(Duration.ofMillis(200))
        .build();
  }

  /** What hangs is not waited for; what works has to be quick. */
  private void waitNotLong() {
    containers.close();
    containers = waiting(Duration.ofSeconds(2), Duration.ofSeconds(1));
  }

  @AfterEach
  void end() throws IOException {
    stub.heal("run", "inspect", "kill", "rm", "ps");
    containers.close();
    runtime.close();
    assertThat(stub.containers()).isEmpty();
    await("no call hangs").atMost(LONG).until(() -> stub.hanging().isEmpty());
  }

  // ---- starts ----

  @Test
  void aStartThatHangsIsUnknownAndThenReaped() throws IOException {
    waitNotLong();
    stub.hang("run");
    ContainerHandle handle = spawn();
    await("the word").atMost(LONG).until(() -> heard.calls().contains("spawnUnknown"));
    StopReport report = done(handle.kill());
    assertThat(report).isEqualTo(new StopReport("container", List.of(), 0));
    assertThat(stub.hanging()).isEmpty();
    assertThat(stub.calls()).contains("kill", "inspect");
    assertThat(heard.calls()).containsExactly("spawnUnknown");
  }

  @Test
  void aStartThatMadeAContainerAndHangsIsReapedBeforeItIsTriedAgain() throws IOException {
    containers.close();
    containers = waiting(Duration.ofSeconds(3), Duration.ofSeconds(3));
    // It is there, and the look at it hangs: nobody can say whether it is up.
    stub.onRun("[ -e second ] && { echo marker; exit 0; }; touch second; rm c.$name; sleep 300");
    RunReport report =
        supervise(
            RunPolicy.builder()
                .spawnRetry(
                    RetryPolicy.exponential(Duration.ofMillis(10), Duration.ofMillis(10))
                        .maxAttempts(3)
                        .maxElapsed(Duration.ofSeconds(50)))
                .build());
    assertThat(report.end().attempts()).isEqualTo(2);
    assertThat(report.reason()).isEqualTo(EndReason.WORKER_LOST); // the stub removes nothing itself
    List<String> calls = stub.calls();
    int first = calls.indexOf("run");
    int second = calls.lastIndexOf("run");
    assertThat(calls.subList(first + 1, second)).contains("kill", "inspect");
  }

  @Test
  void anEngineThatDoesNotAnswerAtAllIsNotTriedAgain() throws IOException {
    waitNotLong();
    stub.hang("run", "inspect", "kill", "rm", "ps");
    RunReport report = supervise(RunPolicy.builder().graces(one(), one(), one()).build());
    assertThat(report.reason()).isEqualTo(EndReason.SPAWN_UNKNOWN);
    assertThat(report.end().attempts()).isEqualTo(1);
    assertThat(report.end().detail()).contains("the kill was not confirmed");
  }

  @Test
  void nonsenseIsNoAnswer() throws IOException {
    waitNotLong();
    stub.say("inspect", "echo '<html>502 Bad Gateway</html>'; exit 0");
    ContainerHandle handle = spawn();
    await("the word").atMost(LONG).until(() -> heard.calls().contains("spawnUnknown"));
    stub.heal("inspect");
    assertThat(done(handle.kill()).survivors()).isEmpty();
    assertThat(stub.containers()).isEmpty();
  }

  @Test
  void anEngineThatIsNotThereIsNamed() {
    Engine none = Engine.docker().withProgram("no-such-engine");
    try (EngineRuntime nowhere = EngineRuntime.builder(runtime, none, OWNER).build()) {
      nowhere.spawn(EngineSpec.of("image"), context(1), heard);
      await("the failure").atMost(LONG).until(() -> heard.failure() != null);
      assertThat(heard.failure().kind()).isEqualTo(SpawnFailure.Kind.COMMAND_NOT_FOUND);
      assertThat(heard.failure().detail()).contains("no-such-engine");
      assertThatThrownBy(() -> done(nowhere.list(Map.of())))
          .hasRootCauseInstanceOf(EngineException.class);
    }
  }

  @Test
  void whatTheEngineComplainsOfIsNotTheWorkersOutput() throws IOException {
    stub.say("run", "echo 'marker of the engine' >&2; exit 125");
    List<String> frames = new CopyOnWriteArrayList<>();
    ContainerHandle handle =
        containers.spawn(
            EngineSpec.builder("image")
                .output(
                    OutputSpec.lines()
                        .markers(frame -> MarkerRule.Meaning.PROGRESS)
                        .onFrame(frame -> frames.add(frame.text())))
                .build(),
            context(1),
            heard);
    await("the failure").atMost(LONG).until(() -> heard.failure() != null);
    assertThat(heard.failure().kind()).isEqualTo(SpawnFailure.Kind.ENGINE_ERROR);
    assertThat(heard.failure().detail()).contains("marker of the engine");
    done(handle.kill());
    assertThat(heard.progressCount()).isZero();
    assertThat(heard.outputBytes()).isZero();
    assertThat(frames).isEmpty();
  }

  // ---- ends ----

  @Test
  void whoRanOutOfMemoryIsTold() throws IOException {
    stub.onRun("echo marker; to $name exited 137 true; exit 137");
    RunReport report = supervise(RunPolicy.ofDefaults());
    assertThat(report.reason()).isEqualTo(EndReason.KILLED_BY_SIGNAL);
    assertThat(report.end().detail())
        .isEqualTo("signal 9: out of memory, its limit was 67108864 bytes");
  }

  @Test
  void anEngineThatIsGoneWhileItRunsIsLost() throws IOException {
    waitNotLong();
    stub.onRun("echo marker; touch hang.inspect hang.kill hang.rm; exit 125");
    RunReport report = supervise(RunPolicy.ofDefaults());
    assertThat(report.reason()).isEqualTo(EndReason.WORKER_LOST);
    assertThat(report.end().detail()).contains("engine_lost").contains("may still be running");
    assertThat(stub.containers()).hasSize(1);
    stub.heal("inspect", "kill", "rm"); // and once the engine answers, nothing is left
    await("it is removed").atMost(LONG).until(() -> stub.containers().isEmpty());
  }

  @Test
  void aChildThatHangsDoesNotHideTheEndOfItsContainer() throws IOException {
    stub.onRun("echo marker; to $name exited 3 false; exec sleep 300");
    spawn();
    await("its end").atMost(LONG).until(() -> heard.exit() != null);
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Code(3));
    await("it is removed").atMost(LONG).until(() -> stub.containers().isEmpty());
    assertThat(heard.complaints()).isEmpty();
  }

  @Test
  void whatCannotBeRemovedIsTold() throws IOException {
    stub.onRun("echo marker");
    ContainerHandle handle = spawn();
    await("progress").atMost(LONG).until(() -> heard.outputBytes() > 0);
    stub.say("rm", "echo 'Error: device or resource busy' >&2; exit 1");
    assertThat(done(handle.kill()).survivors()).containsExactly("container " + handle.name());
    stub.heal("rm");
    await("it is removed after all").atMost(LONG).until(() -> stub.containers().isEmpty());
  }

  // ---- lists ----

  @Test
  void noAnswerIsNotAnEmptyList() throws IOException {
    waitNotLong();
    stub.hang("ps");
    assertThatThrownBy(() -> done(containers.list(Map.of())))
        .hasRootCauseInstanceOf(EngineException.class)
        .hasMessageContaining("did not end within");
    stub.heal("ps");
    assertThat(done(containers.list(Map.of()))).isEmpty();
    stub.put("id-theirs\ttheirs\trunning\t0\tfalse\tTERM\t{\"dev.reliability.owner\":\"x\"}");
    assertThat(done(containers.list(Map.of()))).isEmpty();
    stub.put("id-odd\todd\trunning\tnonsense");
    assertThatThrownBy(() -> done(containers.list(Map.of()))).hasMessageContaining("not an answer");
    Files.delete(directory.resolve("c.odd"));
    Files.delete(directory.resolve("c.theirs"));
  }

  // ---- helpers ----

  private static Duration one() {
    return Duration.ofSeconds(1);
  }

  private ContainerHandle spawn() {
    return containers.spawn(EngineSpec.of("image"), context(1), heard);
  }

  private static RunContext context(int attempt) {
    return new RunContext(
        "trouble", attempt, Work.of("lane", "item"), "incarnation", Duration.ofMinutes(1));
  }

  private RunReport supervise(RunPolicy policy) {
    EngineSpec spec =
        EngineSpec.builder("image")
            .memory(64L << 20)
            .output(OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result")))
            .build();
    try (RunSupervisor supervisor =
        RunSupervisor.builder().runtime(runtime).policy(policy).build()) {
      var outcome = supervisor.run(Work.of("lane", "item"), containers.worker(spec));
      await("its end").atMost(LONG).until(outcome::isDone);
      return outcome.join().ended().orElseThrow();
    }
  }

  private static <T> T done(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    await("the step").atMost(LONG).until(future::isDone);
    return future.join();
  }
}
