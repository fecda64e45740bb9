package dev.reliability.testkit.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.RunState;
import dev.reliability.core.reconcile.HandleSource;
import dev.reliability.core.reconcile.LiveHandle;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.reconcile.Reconciliation;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A reconciler in a simulated world, with workers that a test puts there. */
abstract class ReconcilerFixture {
  static final WorkerScript IDLE = WorkerScript.idle();
  static final String DEAD = "incarnation-before";

  final World world = World.create(3);
  final List<Event> events = new ArrayList<>();
  final EventBus bus = EventBus.builder(world).sink(events::add).build();
  final InMemoryRunStore store = new InMemoryRunStore();
  final RunSupervisor supervisor = RunSupervisor.builder().bus(bus).store(store).build();
  final Handles handles = new Handles();

  /** Workers that a test puts there. */
  static final class Handles implements HandleSource {
    final List<LiveHandle> there = new ArrayList<>();
    final List<String> killed = new ArrayList<>();
    boolean silent;
    boolean broken;

    @Override
    public CompletionStage<List<LiveHandle>> list() {
      if (broken) {
        throw new IllegalStateException("the engine is away");
      }
      return silent
          ? new CompletableFuture<>()
          : CompletableFuture.completedFuture(List.copyOf(there));
    }

    @Override
    public CompletionStage<StopReport> kill(LiveHandle handle) {
      killed.add(handle.name());
      there.remove(handle);
      return CompletableFuture.completedFuture(StopReport.CLEAN);
    }
  }

  Reconciler reconciler(UnaryOperator<Reconciler.Builder> more) {
    return more.apply(
            Reconciler.builder(bus, store)
                .supervisor(supervisor)
                .handles(handles)
                .ownerIsDead(DEAD::equals))
        .build();
  }

  Reconciler acting() {
    return reconciler(builder -> builder.dryRun(false));
  }

  Reconciliation look(Reconciler reconciler) {
    return world.await(reconciler.reconcile());
  }

  RunRecord queued(String id, String owner) {
    RunRecord record = RunRecord.queued(id, "lane", "item-" + id, owner, world.time().wall());
    assertThat(store.create(record)).isTrue();
    return record;
  }

  RunRecord running(String id, String owner) {
    RunRecord next = queued(id, owner).running("pid 9", world.time().wall());
    assertThat(store.transition(RunState.QUEUED, next)).isInstanceOf(RunStore.Applied.class);
    return next;
  }

  RunRecord stored(String id) {
    return store.find(id).orElseThrow();
  }

  <T extends EventData> List<T> told(Class<T> type) {
    world.advance(Duration.ZERO);
    return events.stream().map(Event::data).filter(type::isInstance).map(type::cast).toList();
  }
}
