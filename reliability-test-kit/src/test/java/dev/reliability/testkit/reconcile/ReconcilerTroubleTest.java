package dev.reliability.testkit.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.reconcile.Reconciliation;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.store.RunStore;
import dev.reliability.testkit.Stubs;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who hangs or fails is told, and proves nothing; made-up records prove that it can fire. */
class ReconcilerTroubleTest extends ReconcilerFixture {

  // ---- what goes wrong ----

  @Test
  void whoCannotListItsWorkersIsNotTakenForOneThatHasNone() {
    running("b", DEAD);
    world.advance(Duration.ofHours(1));
    handles.broken = true;
    assertThatThrownBy(() -> look(acting())).hasMessageContaining("the engine is away");
    assertThat(stored("b").state()).isEqualTo(RunState.RUNNING);
    assertThat(told(ReconcileEvent.Failed.class))
        .singleElement()
        .extracting(ReconcileEvent.Failed::detail)
        .asString()
        .contains("the engine is away");
  }

  @Test
  void aSourceThatNeverAnswersIsGivenUpAndTheNextLookIsANewOne() {
    running("b", DEAD);
    world.advance(Duration.ofHours(1));
    handles.silent = true;
    Reconciler reconciler = acting();
    CompletableFuture<Reconciliation> stuck = reconciler.reconcile();
    world.advance(Duration.ofSeconds(59));
    assertThat(stuck).isNotDone();
    world.advance(Duration.ofSeconds(1));
    assertThat(stuck).isCompletedExceptionally();
    assertThat(stored("b").state()).isEqualTo(RunState.RUNNING);
    handles.silent = false;
    assertThat(look(reconciler).findings()).hasSize(1);
  }

  @Test
  void ticksThatFailAreToldAndTheNextOneComesAllTheSame() {
    running("b", DEAD);
    Stubs.Failing failing = new Stubs.Failing();
    Reconciler reconciler =
        Reconciler.builder(bus, Stubs.before(RunStore.class, store, failing))
            .ownerIsDead(DEAD::equals)
            .dryRun(false)
            .build();
    failing.next("findByState", 3);
    try (Periodic ticks = reconciler.start(Duration.ofMinutes(1))) {
      assertThat(ticks).isNotNull();
      world.advance(Duration.ofMinutes(3));
      assertThat(told(ReconcileEvent.Failed.class))
          .hasSize(3)
          .allSatisfy(failed -> assertThat(failed.detail()).contains("the database is away"));
      world.advance(Duration.ofMinutes(1));
      assertThat(stored("b").state()).isEqualTo(RunState.FAILED);
    }
    int before = events.size();
    world.advance(Duration.ofHours(1));
    assertThat(events).hasSize(before);
  }

  @Test
  void whoIsAskedWhileItLooksGivesTheSameLook() {
    handles.silent = true;
    Reconciler reconciler = acting();
    CompletableFuture<Reconciliation> first = reconciler.reconcile();
    world.advance(Duration.ofSeconds(30));
    CompletableFuture<Reconciliation> second = reconciler.reconcile();
    world.advance(Duration.ofSeconds(30));
    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
    assertThat(told(ReconcileEvent.Failed.class)).hasSize(1);
  }

  // ---- the proof that it can fire ----

  @Test
  void theSelfTestIsToldAndTouchesNoStore() {
    assertThat(acting().selfTest()).isTrue();
    assertThat(told(ReconcileEvent.SelfTest.class))
        .singleElement()
        .satisfies(
            test -> {
              assertThat(test.ok()).isTrue();
              assertThat(test.reasons())
                  .containsExactly(
                      "queued_stale_before_spawn",
                      "running_without_container",
                      "container_without_record");
            });
    assertThat(store.findByState(EnumSet.allOf(RunState.class), 9)).isEmpty();
    assertThat(told(ReconcileEvent.Found.class)).isEmpty();
  }

  @Test
  void aSoakOfTwoDaysHasASelfTestInEachHour() {
    try (Periodic ticks = acting().start(Duration.ofMinutes(1))) {
      assertThat(ticks).isNotNull();
      world.advance(Duration.ofDays(2));
    }
    assertThat(told(ReconcileEvent.SelfTest.class)).hasSize(48).allMatch(test -> test.ok());
    assertThat(told(ReconcileEvent.Found.class)).isEmpty();
    assertThat(told(ReconcileEvent.Failed.class)).isEmpty();
  }
}
