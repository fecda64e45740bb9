package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.lane.FingerprintBreaker;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.lane.RemediationHook;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.fault.Fault;
import dev.reliability.testkit.fault.NodeFault;
import dev.reliability.testkit.jqwik.FaultArbitraries;
import dev.reliability.testkit.world.CallFault;
import dev.reliability.testkit.world.Node;
import dev.reliability.testkit.world.Replay;
import dev.reliability.testkit.world.World;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Three nodes tell of failures in one lane while they are paused, suspended and killed, lose requests
 * and answers and have their clocks set, and somebody resumes the lane now and then: the breaker
 * opens if and only if one kind of failure reached the threshold within the window (invariant 15).
 */
class LanesOnNodesProperties {
  private static final List<String> NODES = List.of("a", "b", "c");
  private static final List<String> KINDS = List.of("exit code 3", "no route to host", "out of disk");
  private static final int THRESHOLD = 3;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  /** One thing that happens: to the nodes, or to the lane. */
  private record Happening(Fault fault, String node, String kind) {
    @Override
    public String toString() {
      return fault != null ? fault.toString() : kind == null ? "resume" : node + ": " + kind;
    }
  }

  /** What is done wrong, if anything. */
  private enum Wrong {
    NOTHING,
    ALL_KINDS_ARE_ONE,
    THE_NODES_OWN_CLOCK,
    EVERY_TELLING_COUNTS,
    LATE_BY_ONE
  }

  private static final class Lane {
    final World world;
    final Wrong wrong;
    final List<String> violations = new ArrayList<>();
    final LeaseStore leases;
    final StateStore state = new InMemoryStateStore();
    final Map<String, LaneWatch.Report> reports = new LinkedHashMap<>();
    final Map<String, String> nodeOf = new LinkedHashMap<>();
    final Set<String> heard = new LinkedHashSet<>();
    final Set<String> tickets = new LinkedHashSet<>();
    final LaneWatch watch;

    Lane(World world, Wrong wrong) {
      this.world = world;
      this.wrong = wrong;
      leases = new InMemoryLeaseStore(world.time());
      watch = new LaneWatch(leases, state, THRESHOLD, WINDOW, reports, violations);
      NODES.forEach(name -> world.node(name, this::program));
    }

    void program(Node node) {
      LeaseStore reached = node.connect(LeaseStore.class, watch.watchedLeases());
      if (wrong == Wrong.THE_NODES_OWN_CLOCK) {
        reached = new OwnClock(reached, node).leases();
      }
      LaneGuard guard =
          new LaneGuard(
              reached,
              node.connect(StateStore.class, watch.watchedState()),
              EventBus.builder(node).build(),
              FingerprintBreaker.of(
                  wrong == Wrong.LATE_BY_ONE ? THRESHOLD + 1 : THRESHOLD, WINDOW),
              node.connect(
                  RemediationHook.class, (lane, episode, why) -> tickets.add(lane + episode)));
      Strand strand = node.strand(Strand.Kind.IO, "tell");
      strand.execute(() -> recover(node, strand, guard));
    }

    private void recover(Node node, Strand strand, LaneGuard guard) {
      try {
        guard.recover();
      } catch (StoreException e) {
        again(node, strand, () -> recover(node, strand, guard));
        return;
      }
      tell(node, strand, guard);
    }

    /** Tells every failure of this node until it was heard, also over crashes. */
    private void tell(Node node, Strand strand, LaneGuard guard) {
      for (String id : List.copyOf(reports.keySet())) {
        if (nodeOf.get(id).equals(node.node()) && !heard.contains(id)) {
          String reason =
              wrong == Wrong.ALL_KINDS_ARE_ONE ? "something" : reports.get(id).kind();
          String name =
              wrong == Wrong.EVERY_TELLING_COUNTS ? id + "@" + node.time().nanos() : id;
          try {
            guard.recordFailure("lane", null, name, reason);
            heard.add(id);
          } catch (StoreException e) {
            break;
          }
        }
      }
      again(node, strand, () -> tell(node, strand, guard));
    }

    private static void again(Node node, Strand strand, Runnable task) {
      node.scheduler().schedule(strand, Duration.ofSeconds(1).toNanos(), task);
    }

    void happen(Happening what) {
      if (what.fault() != null) {
        what.fault().applyTo(world);
      } else if (what.kind() == null) {
        leases.resumeLane("lane", "somebody", "looked into", null);
      } else {
        String id = "f" + reports.size();
        nodeOf.put(id, what.node());
        reports.put(id, new LaneWatch.Report(what.kind(), leases.now()));
      }
    }

    void settle() {
      NODES.forEach(name -> world.node(name).connection().heal());
      world.advance(Duration.ofMinutes(5));
      NODES.forEach(name -> world.node(name).crashFor(Duration.ZERO)); // a last start recovers
      world.advance(Duration.ofMinutes(5));
      LaneView lane = leases.lane("lane");
      if (lane.paused() != (watch.due() == lane.episode())) {
        violations.add("15: in the end " + lane + ", due was " + watch.due());
      }
      if (watch.counted() != reports.size()) {
        violations.add("15: counted " + watch.counted() + " of " + reports.size());
      }
      if (watch.due() >= 0 && !tickets.contains("lane" + watch.due())) {
        violations.add("J3: tickets " + tickets + ", due was " + watch.due());
      }
    }
  }

  private static List<String> run(World world, List<Happening> happenings, Wrong wrong) {
    Lane lane = new Lane(world, wrong);
    happenings.forEach(lane::happen);
    world.advance(Duration.ZERO);
    lane.settle();
    return lane.violations;
  }

  @Property(tries = 500)
  void invariant15HoldsWhateverHappens(
      @ForAll("happenings") List<Happening> happenings, @ForAll long seed) {
    assertThat(run(World.create(seed), happenings, Wrong.NOTHING)).isEmpty();
  }

  @Property(tries = 30)
  void theSameSeedAndScheduleGiveTheSameTrace(
      @ForAll("happenings") List<Happening> happenings, @ForAll long seed) {
    Replay.twice(seed, world -> run(world, happenings, Wrong.NOTHING));
  }

  /** It was read in which episode the lane is, and then written down in the next one. */
  @Example
  void aFailureThatComesLateTakesNothingFromTheNextEpisode() {
    World world = World.create(1);
    Lane lane = new Lane(world, Wrong.NOTHING);
    String kind = KINDS.get(0);
    world.advance(Duration.ofMillis(500));
    lane.leases.pauseLane("lane", null, "somebody", "to see");
    CallFault hang = new CallFault.Hang(Duration.ofSeconds(20));
    List.of(
            new Happening(new NodeFault.Call("a", 1, hang), null, null),
            new Happening(null, "a", kind),
            new Happening(new Fault.Advance(Duration.ofSeconds(5)), null, null),
            new Happening(null, null, null),
            new Happening(null, "b", kind),
            new Happening(null, "b", kind),
            new Happening(new Fault.Advance(Duration.ofSeconds(30)), null, null),
            new Happening(null, "b", kind))
        .forEach(lane::happen);
    lane.settle();
    assertThat(lane.violations).isEmpty();
    assertThat(lane.watch.due()).isEqualTo(1);
  }

  @Example
  void allThatIsWrongIsFound() {
    List<Wrong> unnoticed = new ArrayList<>();
    for (Wrong wrong : Wrong.values()) {
      if (wrong != Wrong.NOTHING && !found(wrong)) {
        unnoticed.add(wrong);
      }
    }
    assertThat(unnoticed).isEmpty();
    assertThat(found(Wrong.NOTHING)).isFalse();
  }

  private boolean found(Wrong wrong) {
    return happenings().generator(1000).stream(new Random(42))
        .limit(150)
        .anyMatch(program -> !run(World.create(7), program.value(), wrong).isEmpty());
  }

  /** A store whose time is the node's. */
  private record OwnClock(LeaseStore store, Node node) {
    LeaseStore leases() {
      return (LeaseStore)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {LeaseStore.class},
              (self, method, arguments) -> {
                if (method.getName().equals("now")) {
                  return node.time().wall();
                }
                try {
                  return method.invoke(store, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  @Provide
  Arbitrary<List<Happening>> happenings() {
    Arbitrary<Duration> times =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.longs().between(0, 5_000).map(Duration::ofMillis)),
            Tuple.of(1, Arbitraries.longs().between(0, 60).map(Duration::ofSeconds)));
    Arbitrary<String> kinds = Arbitraries.of(KINDS.get(0), KINDS.get(0), KINDS.get(1), KINDS.get(2));
    return Arbitraries.frequencyOf(
            Tuple.of(
                8,
                FaultArbitraries.nodeFaults(NODES, times)
                    .map(fault -> new Happening(fault, null, null))),
            Tuple.of(
                4,
                Combinators.combine(Arbitraries.of(NODES), kinds)
                    .as((node, kind) -> new Happening(null, node, kind))),
            Tuple.of(1, Arbitraries.just(new Happening(null, null, null))))
        .list()
        .ofMaxSize(60);
  }
}
