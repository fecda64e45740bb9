package dev.reliability.testkit.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.reconcile.Reconciliation;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.RunRecord;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Results of runs whose records somebody else has ended. */
class LateResultTest extends ReconcilerFixture {

  @Test
  void aResultThatComesAfterAReconcilerFailedTheRunIsKeptAndTheOutcomeSaysSo() {
    FakeWorker worker =
        FakeWorker.playing(
            world,
            IDLE.at(Duration.ofMinutes(1), new WorkerScript.Progress())
                .at(Duration.ofMinutes(4), new WorkerScript.Result("42"))
                .exitAt(Duration.ofMinutes(4).plusSeconds(1), 0));
    CompletableFuture<RunOutcome> outcome = supervisor.run(Work.of("lane", "item"), worker);
    world.advance(Duration.ofMinutes(3));
    EventBus elsewhere = EventBus.builder(world).build(); // takes our incarnation for dead
    Reconciler hasty =
        Reconciler.builder(elsewhere, store).ownerIsDead(bus.epoch()::equals).dryRun(false).build();
    assertThat(look(hasty).settled())
        .extracting(Reconciliation.Settled::action)
        .containsExactly(Reconciliation.Action.FAILED);
    world.runUntilIdle(Duration.ofHours(1));
    RunReport report = outcome.getNow(null).ended().orElseThrow();
    assertThat(outcome.getNow(null).isSuccess()).isTrue();
    assertThat(report.result()).isEqualTo("42");
    assertThat(report.end().recorded()).isFalse();
    assertThat(report.isLate()).isTrue();
    assertThat(report.recordedElsewhere().reason()).isEqualTo(EndReason.RUNNING_WITHOUT_CONTAINER);
    assertThat(stored(report.run()).state()).isEqualTo(RunState.FAILED);
    assertThat(told(RunEvent.LateResult.class))
        .singleElement()
        .satisfies(
            late -> {
              assertThat(late.result()).isEqualTo("42");
              assertThat(late.state()).isEqualTo(RunState.DONE);
              assertThat(late.reason()).isEqualTo(EndReason.COMPLETED);
              assertThat(late.recordedState()).isEqualTo(RunState.FAILED);
              assertThat(late.recordedReason()).isEqualTo(EndReason.RUNNING_WITHOUT_CONTAINER);
              assertThat(late.recordedDetail()).contains("running");
            });
    assertThat(told(RunEvent.Ended.class)).hasSize(1);
  }

  @Test
  void anEndThatBroughtNothingIsNotALateResult() {
    FakeWorker worker = FakeWorker.playing(world, IDLE.exitAt(Duration.ofMinutes(4), 3));
    CompletableFuture<RunOutcome> outcome = supervisor.run(Work.of("lane", "item"), worker);
    world.advance(Duration.ofMinutes(3));
    RunRecord open = store.findByState(EnumSet.of(RunState.RUNNING), 1).get(0);
    store.transition(
        RunState.RUNNING,
        open.ended(
            RunState.FAILED, EndReason.RUNNING_WITHOUT_CONTAINER, null, world.time().wall()));
    world.runUntilIdle(Duration.ofHours(1));
    assertThat(outcome.getNow(null).ended().orElseThrow().isLate()).isTrue();
    assertThat(told(RunEvent.LateResult.class)).isEmpty();
  }
}
