package dev.reliability.testkit.jqwik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.fault.Fault;
import dev.reliability.testkit.fault.FaultSchedule;
import dev.reliability.testkit.fault.NodeFault;
import dev.reliability.testkit.world.CallFault;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

class FaultArbitrariesProperties {
  private static final List<String> NODES = List.of("a", "b");

  @Property(tries = 300)
  void anyScheduleCanHappenToAnyWorld(
      @ForAll("schedules") FaultSchedule schedule, @ForAll long seed) {
    World world = World.create(seed);
    schedule.applyTo(world);
    Duration expected =
        schedule.faults().stream()
            .flatMap(FaultArbitrariesProperties::time)
            .reduce(Duration.ZERO, Duration::plus);
    assertThat(world.elapsed()).isEqualTo(expected);
  }

  @Property(tries = 300)
  void everyKindOfFaultComesUp(@ForAll("faults") Fault fault) {
    assertThat(fault).isInstanceOf(Fault.class);
    Statistics.collect(fault.getClass().getSimpleName());
    Statistics.coverage(
        coverage -> {
          for (Class<?> kind : Fault.class.getPermittedSubclasses()) {
            if (kind != NodeFault.class) {
              coverage.check(kind.getSimpleName()).count(n -> n > 0);
            }
          }
        });
  }

  @Property(tries = 500)
  void everyKindOfFaultOfANodeComesUp(@ForAll("nodeFaults") Fault fault) {
    boolean call = fault instanceof NodeFault.Call;
    Statistics.collect(
        (call ? ((NodeFault.Call) fault).fault() : fault).getClass().getSimpleName());
    Statistics.coverage(
        coverage -> {
          List<Class<?>> kinds = new ArrayList<>(List.of(Fault.Advance.class));
          kinds.addAll(List.of(NodeFault.class.getPermittedSubclasses()));
          kinds.addAll(List.of(CallFault.class.getPermittedSubclasses()));
          kinds.remove(NodeFault.Call.class);
          for (Class<?> kind : kinds) {
            coverage.check(kind.getSimpleName()).count(n -> n > 0);
          }
        });
  }

  @Property(tries = 300)
  void anyScheduleCanHappenToNodes(
      @ForAll("nodeSchedules") FaultSchedule schedule, @ForAll long seed) {
    World world = World.create(seed);
    int[] asked = new int[1];
    for (String name : NODES) {
      world.node(
          name,
          node -> {
            Runnable outside = node.connect(Runnable.class, () -> asked[0]++);
            Periodic.start(
                node,
                node.strand(Strand.Kind.IO, "asks"),
                Duration.ofMinutes(10),
                () -> {
                  try {
                    outside.run();
                  } catch (StoreException e) {
                    world.trace(e.getMessage());
                  }
                });
          });
    }
    schedule.applyTo(world);
    long calls = NODES.stream().mapToLong(name -> world.node(name).connection().calls()).sum();
    assertThat(asked[0]).isBetween((int) Math.max(0, calls - 20), (int) calls);
  }

  @Example
  void aFailingScheduleShrinksToTheFaultThatMatters() {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(Failing.class))
            .filters(ClassNameFilter.includeClassNamePatterns(".*"))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    List<TestExecutionSummary.Failure> failures = listener.getSummary().getFailures();
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).getException())
        .hasMessageMatching("(?s).*schedule \\[stepWall PT-[^,]*\\].*");
  }

  /** Not a test of its own: it is run by the one above, and has to fail. */
  static class Failing {
    @Property(
        tries = 500,
        shrinking = ShrinkingMode.FULL,
        afterFailure = AfterFailureMode.RANDOM_SEED)
    void theWallNeverGoesBackByAMinute(@ForAll("schedules") FaultSchedule schedule) {
      World world = World.create(1);
      for (Fault fault : schedule.faults()) {
        Duration ahead = Duration.between(World.create(1).time().wall(), world.time().wall());
        fault.applyTo(world);
        Duration then = Duration.between(World.create(1).time().wall(), world.time().wall());
        assertThat(then.minus(ahead))
            .as("schedule %s", schedule)
            .isGreaterThan(Duration.ofMinutes(-1));
      }
    }

    @Provide
    Arbitrary<FaultSchedule> schedules() {
      return FaultArbitraries.schedules();
    }
  }

  @Provide
  Arbitrary<FaultSchedule> schedules() {
    return FaultArbitraries.schedules();
  }

  @Provide
  Arbitrary<Fault> nodeFaults() {
    return FaultArbitraries.nodeFaults(NODES, FaultArbitraries.durations());
  }

  @Provide
  Arbitrary<FaultSchedule> nodeSchedules() {
    return FaultArbitraries.nodeSchedules(20, NODES, FaultArbitraries.durations());
  }

  @Provide
  Arbitrary<Fault> faults() {
    return FaultArbitraries.faults();
  }

  private static Stream<Duration> time(Fault fault) {
    if (fault instanceof Fault.Advance advance) {
      return Stream.of(advance.by());
    }
    return fault instanceof Fault.PauseProcess pause ? Stream.of(pause.by()) : Stream.of();
  }
}
