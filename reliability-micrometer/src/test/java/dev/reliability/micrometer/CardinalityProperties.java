package dev.reliability.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.testkit.world.World;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** However many lanes, links and words there are, there are only so many series. */
class CardinalityProperties {
  private static final int LANES = 20;
  private static final int NAMES = 5;
  private static final int PER_LANE = 13;
  private static final int PER_LINK = 5;
  private static final int PER_DEPENDENCY = 3;
  private static final int PER_GATE = 3;

  @Property(tries = 10)
  void tenThousandHostileEventsAddOnlySoManySeries(@ForAll long seed) {
    ReliabilityMeters meters = meters();
    PrometheusMeterRegistry registry = Exposition.registry(meters);
    int before = Exposition.of(registry).series().size();
    RandomEvents events = new RandomEvents(seed);
    for (int i = 0; i < 10_000; i++) {
      meters.accept(events.next());
    }

    Exposition after = Exposition.of(registry);
    assertThat(after.series().size() - before)
        .isEqualTo((LANES + 1) * PER_LANE + (NAMES + 1) * (PER_LINK + PER_DEPENDENCY + PER_GATE));
    assertThat(after.value("reliability_lanes_folded_total")).isPositive();
    assertThat(after.series().keySet())
        .noneMatch(series -> series.contains(RandomEvents.NEVER_A_LABEL));
    assertThat(after.series())
        .allSatisfy((series, value) -> assertThat(value).as(series).isNotNaN().isNotNegative());
  }

  @Property(tries = 10)
  void whatIsBoundLaterShowsTheSameButForTimers(@ForAll long seed) {
    ReliabilityMeters meters = meters();
    PrometheusMeterRegistry first = Exposition.registry(meters);
    RandomEvents random = new RandomEvents(seed);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      events.add(random.next());
    }
    events.forEach(meters::accept);
    PrometheusMeterRegistry second = Exposition.registry(meters);

    assertThat(withoutTimers(second)).isEqualTo(withoutTimers(first));
    meters.bindTo(second); // does nothing
    assertThat(withoutTimers(second)).isEqualTo(withoutTimers(first));
  }

  private static ReliabilityMeters meters() {
    return ReliabilityMeters.builder(World.create(1).time())
        .maxLanes(LANES)
        .maxNames(NAMES)
        .build();
  }

  private static List<String> withoutTimers(PrometheusMeterRegistry registry) {
    return Exposition.of(registry).series().entrySet().stream()
        .filter(entry -> !entry.getKey().startsWith("reliability_run_"))
        .map(Object::toString)
        .toList();
  }
}
