package dev.reliability.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * A runtime that is closed before those who use it: nothing hangs, and no run is left without an
 * end.
 */
class ClosedRuntimeTest {
  private final List<String> calls = new CopyOnWriteArrayList<>();

  @Test
  void aRunThatIsSubmittedAfterwardsEndsAtOnceAndSaysWhy() {
    ReliabilityRuntime runtime = ReliabilityRuntime.system();
    RunSupervisor supervisor = RunSupervisor.builder().runtime(runtime).build();
    runtime.close();
    CompletableFuture<RunOutcome> outcome = supervisor.run(Work.of("lane", "item"), this::start);
    await().atMost(Duration.ofSeconds(30)).until(outcome::isDone);
    RunReport report = outcome.join().ended().orElseThrow();
    assertThat(report.reason()).isEqualTo(EndReason.INTERNAL_ERROR);
    assertThat(report.end().detail()).contains("the runtime is closed");
    supervisor.close();
  }

  @Test
  void aRunThatIsUnderWayIsKilledWithTheNextThingThatHappensToIt() {
    ReliabilityRuntime runtime = ReliabilityRuntime.system();
    InputCursor cursor =
        new InputCursor() {
          @Override
          public void commit(RunReport report) {
            calls.add("commit");
          }

          @Override
          public void rollback(RunReport report) {
            calls.add("rollback");
          }
        };
    EventBus bus = EventBus.builder(runtime).build();
    RunSupervisor supervisor = RunSupervisor.builder().bus(bus).cursor(cursor).build();
    CompletableFuture<RunOutcome> outcome = supervisor.run(Work.of("lane", "item"), this::start);
    await().atMost(Duration.ofSeconds(30)).until(() -> !supervisor.live().isEmpty());
    runtime.close();
    supervisor.close();
    bus.close();
    assertThat(outcome).isDone();
    await().atMost(Duration.ofSeconds(30)).until(() -> calls.contains("rollback"));
  }

  private WorkerHandle start(RunContext context, WorkerListener listener) {
    listener.spawned("fake");
    return new WorkerHandle() {
      @Override
      public CompletionStage<StopReport> closeInput() {
        return CompletableFuture.completedFuture(StopReport.CLEAN);
      }

      @Override
      public CompletionStage<StopReport> terminate() {
        return CompletableFuture.completedFuture(StopReport.CLEAN);
      }

      @Override
      public CompletionStage<StopReport> kill() {
        calls.add("kill");
        return CompletableFuture.completedFuture(StopReport.CLEAN);
      }

      @Override
      public boolean isAlive() {
        return true;
      }
    };
  }
}
