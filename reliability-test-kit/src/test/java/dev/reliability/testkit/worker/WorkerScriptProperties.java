package dev.reliability.testkit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.run.InputCursor;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import dev.reliability.testkit.jqwik.WorkerScripts;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * For all scripts of a worker: the run ends once, for the reason that the requirements give, and
 * nothing is left behind.
 */
class WorkerScriptProperties {
  /** No time-out ever falls on an instant of a script: see {@link WorkerScripts}. */
  private static final ExpectedEnd.Limits LIMITS =
      new ExpectedEnd.Limits(12_002, 5_001, 45_005, 20_001, 8_004);

  private static final Duration GRACE = Duration.ofMillis(ExpectedEnd.GRACE);

  private static final RunPolicy POLICY =
      RunPolicy.builder()
          .noOutputTimeout(Duration.ofMillis(LIMITS.noOutput()))
          .idleTimeout(Duration.ofMillis(LIMITS.idle()))
          .hardTimeout(Duration.ofMillis(LIMITS.hard()))
          .startDeadline(Duration.ofMillis(LIMITS.startDeadline()))
          .linger(Duration.ofMillis(LIMITS.linger()))
          .graces(GRACE, GRACE, GRACE)
          .build();

  @Provide
  Arbitrary<WorkerScript> scripts() {
    return WorkerScripts.any(Duration.ofSeconds(60));
  }

  @Property(tries = 10_000)
  void everyRunEndsOnceForTheReasonThatTheRequirementsGive(
      @ForAll("scripts") WorkerScript script, @ForAll long seed) {
    Trial trial = new Trial(script, seed);
    assertThat(new Trial(script, seed).hash)
        .as("the same seed and script, once more")
        .isEqualTo(trial.hash);

    ExpectedEnd expected = ExpectedEnd.of(script, LIMITS);
    assertThat(trial.ends).as("terminal events").hasSize(1);
    RunEvent.Ended end = trial.ends.get(0);
    assertThat(end.state().wireName() + "/" + end.reason()).isEqualTo(expected.toString());
    assertThat(end.recorded()).isTrue();
    assertThat(trial.record().state()).isEqualTo(end.state());
    assertThat(trial.store.runningWithoutWorker)
        .as("recorded as running without a live handle")
        .isZero();
    assertThat(trial.startedEvents).as("started events").isEqualTo(expected.ran ? 1 : 0);
    assertThat(trial.visited)
        .as("states")
        .isEqualTo(expected.ran ? trial.path(RunState.RUNNING) : trial.path());

    boolean cleanup = script.onKill() != null;
    assertThat(trial.worker.alive()).as("left alive").isLessThanOrEqualTo(cleanup ? 0 : 1);

    boolean commit = end.state().isSuccess() || expected.markerSeen;
    assertThat(trial.cursor).containsExactly(commit ? "commit" : "rollback");
    assertThat(end.cursor()).isEqualTo(commit ? "commit" : "rollback");
  }

  /** One run of a script in a world of its own, to its end and until nothing is left to do. */
  private static final class Trial {
    final World world;
    final FakeWorker worker;
    final WatchingStore store;
    final List<RunEvent.Ended> ends = new ArrayList<>();
    final List<String> cursor = new ArrayList<>();
    final List<RunState> visited = new ArrayList<>();
    final String run;
    final long hash;
    int startedEvents;

    Trial(WorkerScript script, long seed) {
      world = World.create(seed);
      worker = FakeWorker.playing(world, script);
      store = new WatchingStore(worker);
      EventBus bus = EventBus.builder(world).sink(this::accept).build();
      RunSupervisor supervisor =
          RunSupervisor.builder().bus(bus).policy(POLICY).store(store).cursor(new Cursor()).build();
      Work work = Work.of("lane", "item");
      dev.reliability.core.run.RunHandle handle = supervisor.submit(work, worker);
      run = handle.id();
      CompletableFuture<RunOutcome> outcome = handle.outcome();
      world.runUntilIdle(Duration.ofHours(1));
      assertThat(outcome).as("the outcome").isCompleted();
      supervisor.close();
      bus.close();
      hash = world.traceHash();
    }

    RunRecord record() {
      return store.find(run).orElseThrow();
    }

    List<RunState> path(RunState... between) {
      List<RunState> path = new ArrayList<>(List.of(RunState.QUEUED));
      path.addAll(List.of(between));
      path.add(ends.get(0).state());
      return path;
    }

    private void accept(Event event) {
      if (event.data() instanceof RunEvent.Queued) {
        visited.add(RunState.QUEUED);
      } else if (event.data() instanceof RunEvent.Started) {
        visited.add(RunState.RUNNING);
        startedEvents++;
      } else if (event.data() instanceof RunEvent.Ended ended) {
        visited.add(ended.state());
        ends.add(ended);
      }
    }

    private final class Cursor implements InputCursor {
      @Override
      public void commit(RunReport report) {
        cursor.add("commit");
      }

      @Override
      public void rollback(RunReport report) {
        cursor.add("rollback");
      }
    }
  }

  /** Looks whether the worker was ever up when its run is recorded as running. */
  private static final class WatchingStore implements RunStore {
    private final RunStore delegate = new InMemoryRunStore();
    private final FakeWorker worker;
    int runningWithoutWorker;

    WatchingStore(FakeWorker worker) {
      this.worker = worker;
    }

    @Override
    public boolean create(RunRecord record) {
      return delegate.create(record);
    }

    @Override
    public Transition transition(RunState expected, RunRecord next) {
      if (next.state() == RunState.RUNNING && !worker.wasUp()) {
        runningWithoutWorker++;
      }
      return delegate.transition(expected, next);
    }

    @Override
    public Optional<RunRecord> find(String id) {
      return delegate.find(id);
    }

    @Override
    public List<RunRecord> findByState(Set<RunState> states, int limit) {
      return delegate.findByState(states, limit);
    }

    @Override
    public int purge(Instant before) {
      return delegate.purge(before);
    }
  }
}
