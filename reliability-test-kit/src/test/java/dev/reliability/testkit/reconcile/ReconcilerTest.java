package dev.reliability.testkit.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.reconcile.Finding;
import dev.reliability.core.reconcile.LiveHandle;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.reconcile.Reconciliation;
import dev.reliability.core.reconcile.StaleThresholds;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Records against workers, in virtual time: what is found, what is done, and what is left alone.
 */
class ReconcilerTest extends ReconcilerFixture {

  // ---- what is found ----

  @Test
  void recordsOfADeadIncarnationAreToldApartByWhetherTheyEverRan() {
    queued("a", DEAD);
    running("b", DEAD);
    world.advance(Duration.ofMinutes(2));
    assertThat(look(acting()).findings())
        .extracting(finding -> finding.run() + " " + finding.reason().wireName())
        .containsExactly("b running_without_container");
    world.advance(Duration.ofMinutes(8));
    assertThat(look(acting()).findings())
        .extracting(finding -> finding.run() + " " + finding.reason().wireName())
        .containsExactly("a queued_stale_before_spawn");
    assertThat(stored("a").state()).isEqualTo(RunState.FAILED);
    assertThat(stored("a").reason()).isEqualTo(EndReason.QUEUED_STALE);
    assertThat(stored("b").reason()).isEqualTo(EndReason.RUNNING_WITHOUT_CONTAINER);
    assertThat(stored("b").detail()).contains("pid 9", DEAD, "0 live workers");
    assertThat(stored("b").endedAt()).isNotNull();
    List<ReconcileEvent.Found> found = told(ReconcileEvent.Found.class);
    assertThat(found).hasSize(2);
    assertThat(found.get(0).owner()).isEqualTo(DEAD);
    assertThat(found.get(0).worker()).isEqualTo("pid 9");
    assertThat(found.get(0).age()).isEqualTo(Duration.ofMinutes(2));
    assertThat(found.get(0).dryRun()).isFalse();
    assertThat(told(ReconcileEvent.Settled.class))
        .extracting(ReconcileEvent.Settled::action)
        .containsExactly("failed", "failed");
    Event first =
        events.stream().filter(e -> e.data() instanceof ReconcileEvent.Found).findFirst().get();
    assertThat(first.subject().run()).isEqualTo("b");
    assertThat(first.subject().item()).isEqualTo("item-b");
  }

  @Test
  void byDefaultNothingIsChangedAndEachThingIsToldOnce() {
    running("b", DEAD);
    world.advance(Duration.ofHours(1));
    Reconciler dry = reconciler(builder -> builder);
    for (int i = 0; i < 3; i++) {
      assertThat(look(dry).settled())
          .extracting(Reconciliation.Settled::action)
          .containsExactly(Reconciliation.Action.REPORTED);
    }
    assertThat(stored("b").state()).isEqualTo(RunState.RUNNING);
    assertThat(told(ReconcileEvent.Found.class)).hasSize(1);
    assertThat(told(ReconcileEvent.Found.class).get(0).dryRun()).isTrue();
    assertThat(told(ReconcileEvent.Settled.class)).isEmpty();
  }

  @Test
  void recordsOfIncarnationsThatMayLiveAreLeftAloneHoweverOld() {
    queued("a", "somebody-elsewhere");
    running("b", "somebody-elsewhere");
    world.advance(Duration.ofDays(3));
    Reconciliation seen = look(acting());
    assertThat(seen.findings()).isEmpty();
    assertThat(seen.open()).isEqualTo(2);
    assertThat(seen.notJudged()).isEqualTo(2);
    assertThat(stored("a").state()).isEqualTo(RunState.QUEUED);
    Reconciler knowing = reconciler(builder -> builder.ownerLives("somebody-elsewhere"::equals));
    assertThat(look(knowing).notJudged()).as("it lives: they are its own").isZero();
    assertThat(look(knowing).findings()).isEmpty();
  }

  @Test
  void aRecordWhoseWorkerIsThereIsNotWithoutAContainer() {
    running("b", DEAD);
    handles.there.add(new LiveHandle("box-1", "b", DEAD));
    world.advance(Duration.ofDays(1));
    assertThat(look(acting()).findings()).isEmpty();
    handles.there.clear();
    assertThat(look(acting()).findings()).hasSize(1);
  }

  @Test
  void runsThatASupervisorHasInHandAreNeverStaleAlsoThoseThatWaitForTheirTurn() {
    FakeWorker slow =
        FakeWorker.playing(world, IDLE.at(Duration.ofHours(4), new WorkerScript.Progress()));
    RunPolicy patient =
        RunPolicy.builder()
            .maxConcurrentPerLane(1)
            .noOutputTimeout(Duration.ofHours(9))
            .hardTimeout(Duration.ofHours(9))
            .build();
    RunSupervisor other = RunSupervisor.builder().bus(bus).store(store).policy(patient).build();
    RunHandle first = other.submit(Work.of("narrow", "first"), slow);
    RunHandle waiting = other.submit(Work.of("narrow", "waiting"), slow);
    world.advance(Duration.ofHours(3));
    assertThat(stored(first.id()).state()).isEqualTo(RunState.RUNNING);
    assertThat(stored(waiting.id()).state()).isEqualTo(RunState.QUEUED);
    Reconciliation seen = look(reconciler(b -> b.supervisor(other).dryRun(false)));
    assertThat(seen.findings()).isEmpty();
    assertThat(seen.supervised()).isEqualTo(2);
    assertThat(look(acting()).findings()).hasSize(2); // nobody told it of the other supervisor
  }

  @Test
  void aRunOfThisIncarnationThatNobodyHasInHandIsFoundAndWithoutSupervisorsNobodyKnows() {
    running("b", bus.epoch());
    world.advance(Duration.ofMinutes(3));
    assertThat(look(Reconciler.builder(bus, store).dryRun(false).build()).findings()).isEmpty();
    assertThat(look(acting()).findings()).hasSize(1);
  }

  @Test
  void aLaneMayHaveThresholdsOfItsOwn() {
    running("b", DEAD);
    world.advance(Duration.ofMinutes(5));
    StaleThresholds patient = StaleThresholds.ofDefaults().withRunning(Duration.ofMinutes(6));
    assertThat(look(reconciler(b -> b.thresholds("lane", patient))).findings()).isEmpty();
    world.advance(Duration.ofMinutes(1));
    assertThat(look(reconciler(b -> b.thresholds("lane", patient))).findings())
        .singleElement()
        .extracting(Finding::threshold)
        .isEqualTo(Duration.ofMinutes(6));
  }

  // ---- what is done ----

  @Test
  void aRecordThatMovedBetweenLookAndActIsLeftAlone() {
    RunRecord record = running("b", DEAD);
    world.advance(Duration.ofHours(1));
    RunStore moving =
        Stubs.before(
            RunStore.class,
            store,
            method -> {
              if (method.equals("transition") && stored("b").state() == RunState.RUNNING) {
                store.transition(
                    RunState.RUNNING,
                    record.ended(
                        RunState.DONE, EndReason.COMPLETED, "just now", world.time().wall()));
              }
            });
    Reconciler reconciler =
        Reconciler.builder(bus, moving).ownerIsDead(DEAD::equals).dryRun(false).build();
    assertThat(look(reconciler).settled())
        .singleElement()
        .satisfies(
            settled -> {
              assertThat(settled.action()).isEqualTo(Reconciliation.Action.LEFT_ALONE);
              assertThat(settled.detail()).contains("the run is done");
            });
    assertThat(stored("b").reason()).isEqualTo(EndReason.COMPLETED);
    assertThat(told(ReconcileEvent.Settled.class).get(0).action()).isEqualTo("left_alone");
  }

  @Test
  void aWorkerWithoutARecordIsToldAfterAWhileAndKilledOnlyIfPolicySaysSo() {
    LiveHandle stray = new LiveHandle("box-1", "unheard-of", DEAD);
    LiveHandle foreign = new LiveHandle("box-2", "unheard-of-too", "somebody-elsewhere");
    handles.there.addAll(List.of(stray, foreign));
    Reconciler reporting = acting();
    assertThat(look(reporting).findings()).isEmpty(); // its record may be on the way
    world.advance(Duration.ofMinutes(2));
    assertThat(look(reporting).settled())
        .singleElement()
        .satisfies(
            settled -> {
              assertThat(settled.finding().reason().wireName())
                  .isEqualTo("container_without_record");
              assertThat(settled.finding().worker()).isEqualTo("box-1");
              assertThat(settled.action()).isEqualTo(Reconciliation.Action.REPORTED);
            });
    assertThat(handles.killed).isEmpty();
    Reconciler killing = reconciler(b -> b.dryRun(false).killUnrecorded(true));
    assertThat(look(killing).findings()).isEmpty();
    world.advance(Duration.ofMinutes(2));
    assertThat(look(killing).settled())
        .extracting(Reconciliation.Settled::action)
        .containsExactly(Reconciliation.Action.KILLED);
    assertThat(handles.killed).containsExactly("box-1");
  }

  @Test
  void aWorkerWhoseRecordIsOpenButNotAmongTheOldestIsKnown() {
    handles.there.add(new LiveHandle("box-1", "b", bus.epoch()));
    running("b", bus.epoch());
    RunStore shortSighted =
        new RunStore() {
          @Override
          public boolean create(RunRecord record) {
            return store.create(record);
          }

          @Override
          public Transition transition(RunState expected, RunRecord next) {
            return store.transition(expected, next);
          }

          @Override
          public Optional<RunRecord> find(String id) {
            return store.find(id);
          }

          @Override
          public List<RunRecord> findByState(Set<RunState> states, int limit) {
            return List.of();
          }

          @Override
          public int purge(Instant before) {
            return 0;
          }
        };
    Reconciler reconciler =
        Reconciler.builder(bus, shortSighted)
            .supervisor(supervisor)
            .handles(handles)
            .thresholds(StaleThresholds.ofDefaults().withUnrecorded(Duration.ZERO))
            .build();
    assertThat(look(reconciler).findings()).isEmpty();
  }

  @Test
  void aBuilderNamesEverythingThatCannotBeUsed() {
    RunSupervisor stranger = RunSupervisor.builder().runtime(world).build();
    Reconciler.Builder builder =
        Reconciler.builder(bus, store)
            .supervisor(stranger)
            .limit(Duration.ZERO)
            .selfTestEvery(Duration.ofSeconds(-1));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("supervisor")
        .hasMessageContaining("limit: expected a positive duration, got PT0S")
        .hasMessageContaining("selfTestEvery: expected a positive duration, got PT-1S");
    assertThatThrownBy(() -> StaleThresholds.ofDefaults().withQueued(Duration.ofSeconds(-1)))
        .hasMessage("queued: expected a duration that is not negative, got PT-1S");
  }
}
