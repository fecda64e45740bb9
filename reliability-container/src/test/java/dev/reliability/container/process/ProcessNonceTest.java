package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.Framing;
import dev.reliability.container.OutputSpec;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.RecordingListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Output that imitates markers, results and sentinels changes nothing for real processes. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "shell scripts")
class ProcessNonceTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final MarkerRule RULE = MarkerRule.prefixes("marker", "result");
  private static final String FORGED =
      String.join(
          "; ",
          "echo 'result forged'",
          "echo '00112233445566778899aabbccddeeff result forged with another nonce'",
          "echo \"in a line $RELIABILITY_NONCE result forged\"",
          "echo \" $RELIABILITY_NONCE result forged\"",
          "echo \"${RELIABILITY_NONCE}result forged\"",
          "echo \"$RELIABILITY_NONCE result forged\" >&2",
          "echo \"$RELIABILITY_NONCE marker\" >&2",
          "echo marker");

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final ProcessRuntime processes = ProcessRuntime.system(runtime);

  @AfterEach
  void stopWhatIsLeft() {
    processes.close();
    runtime.close();
  }

  @Test
  void theTrueResultCountsAndWhatImitatesItDoesNot() {
    ProcessSpec spec =
        spec(
            FORGED + "; echo \"$RELIABILITY_NONCE result true\"; echo 'result forged later'",
            OutputSpec.lines().markers(RULE).nonced());
    RunReport report = supervise(spec, RunPolicy.ofDefaults());
    assertThat(report.reason()).isEqualTo(EndReason.COMPLETED);
    assertThat(report.result()).isEqualTo("result true");
  }

  @Test
  void forgedMarkersAreNoOutputForTheTimeouts() {
    ProcessSpec spec = spec(FORGED + "; exec sleep 300", OutputSpec.lines().markers(RULE).nonced());
    RunReport report =
        supervise(
            spec,
            RunPolicy.builder()
                .noOutputTimeout(Duration.ofMillis(500))
                .graces(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(5))
                .build());
    assertThat(report.reason()).isEqualTo(EndReason.NO_OUTPUT_TIMEOUT);
    assertThat(report.result()).isNull();
  }

  @Test
  void withoutANonceTheImitationWouldHaveCounted() {
    RunReport report =
        supervise(spec(FORGED, OutputSpec.lines().markers(RULE)), RunPolicy.ofDefaults());
    assertThat(report.result()).isEqualTo("result forged");
  }

  @Test
  void onlySentinelsThatCarryTheNonceDelimitAPayload() {
    List<String> frames = new CopyOnWriteArrayList<>();
    RecordingListener heard = new RecordingListener();
    String script =
        String.join(
            "; ",
            "echo '<<<'; echo forged; echo '>>>'",
            "n=00112233445566778899aabbccddeeff; echo \"<<< $n\"; echo forged; echo \">>> $n\"",
            "n=$RELIABILITY_NONCE",
            "echo \"<<< $n\"; echo '>>>'; echo true; echo '<<<'; echo \">>> $n\"",
            "echo \"<<< $n\" >&2; echo forged >&2; echo \">>> $n\" >&2");
    OutputSpec output =
        OutputSpec.sentinels("<<<", ">>>")
            .markers(frame -> MarkerRule.Meaning.RESULT)
            .nonced()
            .onFrame(frame -> frames.add(frame.isError() + " " + frame.isNonced()));
    ContainerHandle handle = spawn(spec(script, output), 1, heard);
    untilOver(heard);
    assertThat(heard.finalResult()).isEqualTo(">>>\ntrue\n<<<");
    assertThat(frames)
        .containsExactlyInAnyOrder("false true", "true false", "true false", "true false");
    assertThat(handle.transcript().out().errorCount()).isZero();
  }

  @Test
  void theConsumerSeesEveryLineAndTheTranscriptEveryByte() {
    List<String> frames = new CopyOnWriteArrayList<>();
    RecordingListener heard = new RecordingListener();
    OutputSpec output =
        OutputSpec.lines()
            .markers(RULE)
            .nonced()
            .onFrame(frame -> frames.add(frame.isNonced() + " " + frame.text()));
    ContainerHandle handle =
        spawn(
            spec("echo plain; echo \"$RELIABILITY_NONCE marker 1\"; echo marker 2", output),
            1,
            heard);
    untilOver(heard);
    assertThat(frames).containsExactly("false plain", "true marker 1", "false marker 2");
    assertThat(heard.progressCount()).isEqualTo(1);
    assertThat(handle.transcript().out().text())
        .matches("plain\n[0-9a-f]{32} marker 1\nmarker 2\n");
  }

  @Test
  void everyAttemptHasANonceOfItsOwnAndWhoWantsNoneHasNone() {
    String script = "echo \"<${RELIABILITY_NONCE-none}>\"";
    String first = said(spec(script, OutputSpec.lines().nonced()), 1);
    String second = said(spec(script, OutputSpec.lines().nonced()), 2);
    assertThat(first).matches("<[0-9a-f]{32}>\n").isNotEqualTo(second);
    assertThat(second).matches("<[0-9a-f]{32}>\n");
    assertThat(said(spec(script, OutputSpec.lines()), 3)).isEqualTo("<none>\n");
  }

  @Test
  void theVariableIsNobodyElsesToSet() {
    assertThatThrownBy(
            () ->
                ProcessSpec.builder("true")
                    .env("RELIABILITY_NONCE", "mine")
                    .output(OutputSpec.lines().nonced())
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("environment RELIABILITY_NONCE: expected to be left alone")
        .hasMessageEndingWith("got \"mine\"");
    assertThatThrownBy(
            () ->
                ProcessSpec.builder("true")
                    .withoutEnv("RELIABILITY_NONCE")
                    .output(OutputSpec.lines().nonced())
                    .build())
        .hasMessageEndingWith("got it taken out");
    assertThat(ProcessSpec.builder("true").env("RELIABILITY_NONCE", "mine").build().environment())
        .containsEntry("RELIABILITY_NONCE", "mine");
  }

  @Test
  void aLineMustHoldMoreThanTheNonce() {
    assertThatThrownBy(() -> OutputSpec.framed(new Framing.Lines(63)).nonced())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "nonced: expected a framing that keeps 64 bytes of a line or more, got"
                + " Lines[maxLineBytes=63]");
    OutputSpec spec = OutputSpec.framed(new Framing.Lines(64)).nonced().keeping(1, 2);
    assertThat(spec.markers(RULE).onFrame(frame -> {}).isNonced()).isTrue();
    assertThat(OutputSpec.lines().isNonced()).isFalse();
  }

  // ---- helpers ----

  private static ProcessSpec spec(String script, OutputSpec output) {
    return ProcessSpec.builder("sh", "-c", script).output(output).build();
  }

  private String said(ProcessSpec spec, int attempt) {
    RecordingListener heard = new RecordingListener();
    ContainerHandle handle = spawn(spec, attempt, heard);
    untilOver(heard);
    return handle.transcript().out().text();
  }

  private ContainerHandle spawn(ProcessSpec spec, int attempt, RecordingListener heard) {
    return processes.spawn(
        spec, new RunContext("nonce", attempt, Work.of("lane", "item"), "test", LONG), heard);
  }

  private static void untilOver(RecordingListener heard) {
    await("its end").atMost(LONG).until(() -> heard.exit() != null && heard.isEof());
    assertThat(heard.complaints()).isEmpty();
  }

  private RunReport supervise(ProcessSpec spec, RunPolicy policy) {
    try (RunSupervisor supervisor =
        RunSupervisor.builder().runtime(runtime).policy(policy).build()) {
      CompletableFuture<RunOutcome> outcome =
          supervisor.run(Work.of("lane", "item"), processes.worker(spec));
      await("its end").atMost(LONG).until(outcome::isDone);
      return outcome.join().ended().orElseThrow();
    }
  }
}
