package dev.reliability.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.testkit.Stubs;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Adapters that break their contract: the run ends for what happened, at once, and says so. */
class AdapterErrorsTest {
  private final Simulation sim = Simulation.of(RunPolicy.ofDefaults());

  @Test
  void aStartThatThrowsAfterItToldOfASpawnEndsTheRunAtOnceWithTheText() {
    RunReport report =
        sim.run(
            (context, listener) -> {
              listener.spawned("half a worker");
              throw new IllegalStateException("the socket broke");
            });
    assertSpawnFailed(report);
    assertThat(report.end().detail())
        .contains("the socket broke")
        .contains("what it started may still be alive");
    assertThat(sim.types()).doesNotContain("run.started").contains("run.start_failed");
  }

  @Test
  @SuppressWarnings("NullAway") // the adapter's error
  void aStartThatReturnsNoHandleEndsTheRunAtOnce() {
    RunReport report =
        sim.run(
            (context, listener) -> {
              listener.spawned("no handle to it");
              return null;
            });
    assertSpawnFailed(report);
    assertThat(report.end().detail()).contains("start returned no handle");
  }

  @Test
  void aStartThatThrowsWhileItsUnknownSpawnIsKilledDoesNotPassForAConfirmedKill() {
    RunReport report =
        sim.run(
            (context, listener) -> {
              listener.spawnUnknown("no answer");
              listener.spawned("there after all");
              throw new IllegalStateException("broke");
            });
    assertThat(report.reason()).isEqualTo(EndReason.SPAWN_UNKNOWN);
    assertThat(report.end().detail()).contains("the kill was not confirmed");
  }

  @Test
  void aWorkerThatEndedBeforeItsStartThrewKeepsItsOwnEnd() {
    RunReport report =
        sim.run(
            (context, listener) -> {
              listener.spawned("quick");
              listener.result("done");
              listener.eof();
              listener.exited(new ExitStatus.Code(0));
              throw new IllegalStateException("too late to matter");
            });
    assertThat(report.reason()).isEqualTo(EndReason.COMPLETED);
  }

  @Test
  @SuppressWarnings("NullAway") // the adapter's error
  void nullInsteadOfAReasonIsAFailureOfTheAdapter() {
    RunReport report = sim.run(worker(listener -> listener.spawnFailed(null)));
    assertSpawnFailed(report);
    assertThat(report.end().detail()).contains("the adapter did not say why");
  }

  @Test
  @SuppressWarnings("NullAway") // the adapter's error
  void nullInsteadOfANameAResultOrAnExitHidesNoEnd() {
    RunReport report =
        sim.run(
            worker(
                listener -> {
                  listener.spawned(null);
                  listener.result(null);
                  listener.eof();
                  listener.exited(null);
                }));
    assertThat(report.state()).isEqualTo(RunState.DONE);
    assertThat(report.end().worker()).isEqualTo("unnamed");
    assertThat(report.result()).isEmpty();
  }

  private void assertSpawnFailed(RunReport report) {
    assertThat(report.reason()).isEqualTo(EndReason.SPAWN_FAILED);
    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(sim.elapsedAt(sim.events.get(sim.events.size() - 1))).isEqualTo(Duration.ZERO);
  }

  private static Worker worker(Consumer<WorkerListener> start) {
    return (context, listener) -> {
      start.accept(listener);
      return Stubs.idleHandle();
    };
  }
}
