package dev.reliability.testkit.jqwik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.reliability.testkit.fault.Fault;
import dev.reliability.testkit.fault.FaultSchedule;
import dev.reliability.testkit.world.World;
import java.time.Duration;
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
            coverage.check(kind.getSimpleName()).count(n -> n > 0);
          }
        });
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
