package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.OutputSpec;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.Pause;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.RecordingListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A host whose marker rule or consumer throws, hangs or is slow, with real processes. */
@Tag("once")
@EnabledOnOs(value = OS.LINUX, disabledReason = "shell scripts")
class HostRulesTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final ProcessRuntime processes = ProcessRuntime.system(runtime);

  @AfterEach
  void stopWhatIsLeft() {
    processes.close();
    runtime.close();
  }

  @Test
  void aRuleThatThrowsTurnsItsFrameIntoNoise() {
    AtomicInteger calls = new AtomicInteger();
    MarkerRule rule =
        frame -> {
          if (calls.incrementAndGet() == 1) {
            throw new IllegalStateException("a rule that throws");
          }
          return MarkerRule.Meaning.PROGRESS;
        };
    RecordingListener heard = new RecordingListener();
    processes.spawn(
        ProcessSpec.builder("sh", "-c", "echo one; echo two")
            .output(OutputSpec.lines().markers(rule))
            .build(),
        new RunContext("rule", 1, Work.of("lane", "item"), "test", LONG),
        heard);
    await("its end").atMost(LONG).until(() -> heard.exit() != null && heard.isEof());
    assertThat(heard.progressCount()).isEqualTo(1);
  }

  @Test
  void aRuleThatHangsDelaysNoTimeout() {
    CountDownLatch never = new CountDownLatch(1);
    MarkerRule rule =
        frame -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return MarkerRule.Meaning.NOISE;
        };
    RunPolicy policy =
        RunPolicy.builder()
            .noOutputTimeout(Duration.ofSeconds(1))
            .graces(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(5))
            .build();
    ProcessSpec spec =
        ProcessSpec.builder("sh", "-c", "echo one; exec sleep 300")
            .output(OutputSpec.lines().markers(rule))
            .build();
    try {
      RunOutcome outcome = supervise(policy, spec);
      assertThat(outcome.ended().orElseThrow().reason()).isEqualTo(EndReason.NO_OUTPUT_TIMEOUT);
      assertThat(outcome.ended().orElseThrow().state()).isEqualTo(RunState.FAILED);
    } finally {
      never.countDown();
    }
  }

  @Test
  void aSlowRuleLosesNeitherTheResultNorTheReason() {
    AtomicBoolean slept = new AtomicBoolean();
    MarkerRule prefixes = MarkerRule.prefixes("p", "RESULT");
    MarkerRule rule =
        frame -> {
          if (slept.compareAndSet(false, true)) {
            Pause.ofNanos(Duration.ofMillis(1_500).toNanos()); // longer than the drain
          }
          return prefixes.judge(frame);
        };
    ProcessSpec spec =
        ProcessSpec.builder("sh", "-c", "seq 1 11000; echo RESULT 42; exit 1")
            .output(OutputSpec.lines().markers(rule))
            .build();
    RunReport report = supervise(RunPolicy.ofDefaults(), spec).ended().orElseThrow();
    assertThat(report.reason()).isEqualTo(EndReason.COMPLETED);
    assertThat(report.result()).isEqualTo("RESULT 42");
    assertThat(report.end().outputBytes()).isGreaterThan(50_000);
  }

  @Test
  void aSlowConsumerHoldsTheIdleClockUp() {
    AtomicInteger seen = new AtomicInteger();
    RunPolicy policy = RunPolicy.builder().idleTimeout(Duration.ofMillis(300)).build();
    ProcessSpec spec =
        ProcessSpec.builder("sh", "-c", "printf '1\\n1\\n2\\n3\\n4\\n5\\n'; sleep 0.1; echo over")
            .output(
                OutputSpec.lines()
                    .onFrame(
                        frame -> {
                          if (seen.incrementAndGet() == 2) {
                            Pause.ofNanos(Duration.ofMillis(1_200).toNanos());
                          }
                        }))
            .build();
    RunReport report = supervise(policy, spec).ended().orElseThrow();
    assertThat(report.reason()).isEqualTo(EndReason.COMPLETED);
    assertThat(seen).hasValue(7);
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
}
