package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.fault.FaultSchedule;
import dev.reliability.testkit.jqwik.FaultArbitraries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happens to nodes: the rules of the world hold on them. */
class NodeProperties {
  private static final List<String> NODES = List.of("a", "b", "c");
  private static final Duration PERIOD = Duration.ofSeconds(30);

  @Property(tries = 50)
  void theSameSeedAndScheduleGiveTheSameTrace(
      @ForAll long seed, @ForAll("schedules") FaultSchedule schedule) {
    Replay.twice(
        seed,
        world -> {
          NODES.forEach(name -> world.node(name, node -> populate(world, node)));
          schedule.applyTo(world);
          world.advance(Duration.ofMinutes(10));
        });
  }

  /** In first-in-first-out mode there is one order only, so a node has to keep exactly that. */
  @Property(tries = 50)
  void whatRunsOnANodeToWhichNothingHappensRunsAsOnTheWorld(@ForAll long seed) {
    World bare = World.builder(seed).fifoTies(true).build();
    World other = World.builder(seed).fifoTies(true).build();
    List<String> expected = new ArrayList<>();
    List<String> actual = new ArrayList<>();
    busy(bare, seed, expected);
    busy(other.node("n"), seed, actual);
    bare.advance(PERIOD);
    other.advance(PERIOD);
    assertThat(actual).isEqualTo(expected).hasSizeGreaterThan(100);
  }

  /** What each strand does, and when, does not depend on the order among strands. */
  @Property(tries = 50)
  void eachStrandOfANodeRunsAsOnTheWorldWhateverTheSeed(@ForAll long one, @ForAll long two) {
    World bare = World.create(one);
    World other = World.create(two);
    List<String> expected = new ArrayList<>();
    List<String> actual = new ArrayList<>();
    independent(bare, expected);
    independent(other.node("n"), actual);
    bare.advance(PERIOD);
    other.advance(PERIOD);
    assertThat(actual.stream().sorted()).isEqualTo(expected.stream().sorted().toList());
  }

  /** By the node's own clocks no timer is early, and a strand keeps its order over all faults. */
  @Property(tries = 200)
  void noTimerIsEarlyAndEachStrandKeepsItsOrder(
      @ForAll long seed, @ForAll("schedules") FaultSchedule schedule) {
    World world = World.create(seed);
    for (String name : NODES) {
      world.node(name, NodeProperties::watched);
    }
    schedule.applyTo(world);
  }

  private static void watched(Node node) {
    RandomGenerator random = node.randomness().stream("delays", "");
    for (int i = 0; i < 3; i++) {
      Strand strand = node.strand(Strand.Kind.CONTROL, "s" + i);
      Map<Long, Long> lastOfDue = new HashMap<>();
      long[] last = {Long.MIN_VALUE};
      for (int k = 0; k < 40; k++) {
        long number = k;
        long delay = random.nextLong(8) * Duration.ofSeconds(20).toNanos();
        long due = node.time().nanos() + delay;
        node.scheduler()
            .schedule(
                strand,
                delay,
                () -> {
                  assertThat(node.isCrashed()).isFalse();
                  assertThat(node.time().nanos()).isGreaterThanOrEqualTo(due);
                  assertThat(due).isGreaterThanOrEqualTo(last[0]);
                  last[0] = due;
                  assertThat(lastOfDue.getOrDefault(due, -1L)).isLessThan(number);
                  lastOfDue.put(due, number);
                });
      }
    }
  }

  /** Ten strands that give each other work, call out, and note what they did. */
  private static void populate(World world, Node node) {
    List<String> written = new ArrayList<>();
    Runnable outside = node.connect(Runnable.class, () -> written.add("x"));
    busy(node, world.seed(), new ArrayList<>());
    Periodic.start(
        node,
        node.strand(Strand.Kind.IO, "caller"),
        PERIOD.dividedBy(2),
        () -> {
          try {
            outside.run();
            world.trace("called, " + written.size());
          } catch (StoreException e) {
            world.trace(e.getMessage());
          }
        });
  }

  private static void busy(ReliabilityRuntime runtime, long seed, List<String> log) {
    long origin = runtime.time().nanos();
    for (int i = 0; i < 10; i++) {
      Strand strand = runtime.strand(Strand.Kind.CONTROL, "worker " + i);
      Strand other = runtime.strand(Strand.Kind.DELIVERY, "listener " + i % 3);
      RandomGenerator random = new SeededRandomness(seed).stream("work", "" + i);
      long[] timer = new long[1];
      Periodic.start(
          runtime,
          strand,
          PERIOD.dividedBy(i + 1),
          () -> {
            other.execute(() -> log.add(strand.label() + " " + at(runtime, origin)));
            log.add("cancelled " + runtime.scheduler().cancel(timer[0]));
            timer[0] =
                runtime
                    .scheduler()
                    .schedule(
                        other,
                        random.nextLong(PERIOD.toNanos()),
                        () -> log.add("timer " + at(runtime, origin)));
          });
    }
  }

  private static void independent(ReliabilityRuntime runtime, List<String> log) {
    long origin = runtime.time().nanos();
    for (int i = 0; i < 10; i++) {
      Strand strand = runtime.strand(Strand.Kind.CONTROL, "worker " + i);
      int[] count = new int[1];
      Periodic.start(
          runtime,
          strand,
          PERIOD.dividedBy(i + 1),
          () -> {
            log.add(strand.label() + " " + at(runtime, origin) + " " + count[0]++);
            strand.execute(() -> log.add(strand.label() + " again " + count[0]++));
          });
    }
  }

  private static String at(ReliabilityRuntime runtime, long origin) {
    return runtime.time().nanos() - origin + " " + runtime.time().wall();
  }

  @Provide
  Arbitrary<FaultSchedule> schedules() {
    Arbitrary<Duration> times = Arbitraries.longs().between(0, 200).map(Duration::ofSeconds);
    return FaultArbitraries.nodeSchedules(20, NODES, times);
  }
}
