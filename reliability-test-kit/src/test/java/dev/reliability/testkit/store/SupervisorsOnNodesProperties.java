package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.lane.RemediationHook;
import dev.reliability.core.run.Job;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.fault.FaultSchedule;
import dev.reliability.testkit.jqwik.FaultArbitraries;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.FakeClock;
import dev.reliability.testkit.world.Node;
import dev.reliability.testkit.world.Replay;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whole supervisors on three nodes share a queue, with workers that work, fail and hang: what holds
 * of leases and completions (invariants 11 to 14) holds of them, a success is told once at most and
 * only of what is done, and when all is well again everything is done.
 */
class SupervisorsOnNodesProperties {
  private static final List<String> NODES = List.of("a", "b", "c");
  private static final String LANE = "lane";
  private static final int ITEMS = 6;
  private static final Duration HEALED = Duration.ofMinutes(30);
  private static final RunPolicy POLICY =
      RunPolicy.builder()
          .noOutputTimeout(Duration.ofSeconds(20))
          .leaseTime(Duration.ofSeconds(10))
          .storeTimeout(Duration.ofSeconds(5))
          .maxAttempts(10_000)
          .pauseLaneAfter(3, Duration.ofMinutes(1))
          .build();
  private static final WorkerScript UP = WorkerScript.idle();
  private static final WorkerScript HANGS = UP;
  private static final WorkerScript FAILS = UP.exitAt(Duration.ofSeconds(2), 3);
  private static final WorkerScript WORKS =
      UP.at(Duration.ofSeconds(1), new WorkerScript.Progress())
          .at(Duration.ofSeconds(7), new WorkerScript.Result("42"))
          .exitAt(Duration.ofSeconds(8), 0);

  private static final class Fleet {
    final World world;
    final List<String> violations = new ArrayList<>();
    final LeaseStore leases;
    final LeaseWatch watch;
    final RunStore runs = new InMemoryRunStore();
    final StateStore state = new InMemoryStateStore();
    final Map<String, Integer> told = new HashMap<>();
    boolean healed;

    Fleet(World world, LeaseStore leases) {
      this.world = world;
      this.leases = leases;
      watch = new LeaseWatch(leases, violations);
      for (int i = 0; i < ITEMS; i++) {
        leases.enqueue(new ItemKey(LANE, "item-" + i), null);
      }
      NODES.forEach(name -> world.node(name, this::program));
      Periodic.start(
          world,
          world.strand(Strand.Kind.MONITOR, "operator"),
          Duration.ofMinutes(1),
          () -> leases.resumeLane(LANE, "operator", "looked into", null));
    }

    private void program(Node node) {
      RunSupervisor supervisor =
          RunSupervisor.builder()
              .bus(EventBus.builder(node).build())
              .policy(POLICY)
              .store(node.connect(RunStore.class, runs))
              .leases(node.connect(LeaseStore.class, watch.watched()))
              .lanes(
                  node.connect(StateStore.class, state),
                  node.connect(RemediationHook.class, (lane, episode, why) -> {}))
              .build();
      RandomGenerator random = node.randomness().stream("scripts", "");
      FakeWorker worker =
          FakeWorker.choosing(
              node,
              context -> {
                int dice = healed ? 0 : random.nextInt(10);
                return dice < 7 ? WORKS : dice < 9 ? FAILS : HANGS;
              });
      Strand strand = node.strand(Strand.Kind.IO, "main");
      strand.execute(() -> recover(supervisor));
      Periodic.start(
          node,
          strand,
          Duration.ofSeconds(2),
          () -> {
            if (supervisor.live().size() < 2) {
              supervisor
                  .runQueued(LANE, 1, lease -> new Job(Work.of(LANE, lease.key().item()), worker))
                  .thenAccept(handles -> handles.forEach(this::follow));
            }
          });
    }

    private static void recover(RunSupervisor supervisor) {
      try {
        supervisor.recoverLanes();
      } catch (StoreException e) {
        // the operator resumes the lane in any case
      }
    }

    private void follow(RunHandle handle) {
      handle
          .outcome()
          .thenAccept(
              outcome -> {
                if (outcome instanceof RunOutcome.Succeeded succeeded) {
                  succeeded(succeeded.report().work().item());
                }
              });
    }

    private void succeeded(String item) {
      if (told.merge(item, 1, Integer::sum) > 1) {
        violations.add("13: the success of " + item + " was told twice");
      }
      if (watch.completions(new ItemKey(LANE, item)) != 1) {
        violations.add("13: the success of " + item + " was told, but the store has none");
      }
    }

    void settle() {
      healed = true;
      NODES.forEach(name -> world.node(name).connection().heal());
      world.advance(HEALED);
      int done = leases.items(ItemView.State.DONE, LANE, 99).size();
      if (done != ITEMS) {
        violations.add("13: in the end " + done + " of " + ITEMS + " are done");
      }
    }
  }

  private static List<String> run(
      World world, FaultSchedule schedule, Function<Supplier<Instant>, LeaseStore> broken) {
    LeaseStore store =
        broken == null
            ? new InMemoryLeaseStore(world.time())
            : broken.apply(() -> FakeClock.DEFAULT_START.plus(world.elapsed()));
    Fleet fleet = new Fleet(world, store);
    schedule.applyTo(world);
    fleet.settle();
    return fleet.violations;
  }

  @Property(tries = 120)
  void invariants11To14HoldForSupervisors(
      @ForAll("schedules") FaultSchedule schedule, @ForAll long seed) {
    assertThat(run(World.create(seed), schedule, null)).isEmpty();
  }

  @Property(tries = 15)
  void theSameSeedAndScheduleGiveTheSameTrace(
      @ForAll("schedules") FaultSchedule schedule, @ForAll long seed) {
    Replay.twice(seed, world -> run(world, schedule, null));
  }

  @Example
  void brokenStoresAreFound() {
    assertThat(found(BrokenLeases::tokenOfTheItemKept, "12: ")).isTrue();
    assertThat(found(BrokenLeases::anyTokenUpToTheCurrentOne, "12: ")).isTrue();
  }

  private boolean found(Function<Supplier<Instant>, LeaseStore> broken, String kind) {
    return schedules().generator(1000).stream(new Random(42))
        .filter(schedule -> schedule.value().faults().size() > 20)
        .limit(60)
        .flatMap(schedule -> run(World.create(7), schedule.value(), broken).stream())
        .anyMatch(violation -> violation.startsWith(kind));
  }

  @Provide
  Arbitrary<FaultSchedule> schedules() {
    Arbitrary<Duration> times =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.longs().between(0, 5_000).map(Duration::ofMillis)),
            Tuple.of(2, Arbitraries.longs().between(0, 40).map(Duration::ofSeconds)));
    return FaultArbitraries.nodeSchedules(40, NODES, times);
  }
}
