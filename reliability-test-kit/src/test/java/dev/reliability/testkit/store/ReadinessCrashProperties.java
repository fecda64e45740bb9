package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.health.Criterion;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.Observation;
import dev.reliability.core.health.Probe;
import dev.reliability.core.health.ReadinessEvaluator;
import dev.reliability.core.health.ReadinessGate;
import dev.reliability.core.health.StandardSignals;
import dev.reliability.core.health.StandardSignals.Handoff;
import dev.reliability.core.health.Veto;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.store.CrashPoints.Point;
import dev.reliability.testkit.world.Node;
import dev.reliability.testkit.world.Replay;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * An evaluator that crashes at any of its calls: an objection that became stale opens nothing that
 * was not seen anew, and every verdict is told in the end.
 */
class ReadinessCrashProperties {
  private static final int CALLS = 60;
  private static final int LOOKS = 3;
  private static final ReadinessGate GATE =
      ReadinessGate.builder("gate")
          .criterion(Criterion.builder("cron").ttl(Duration.ofHours(9)).build())
          .veto(Veto.handoff())
          .build();

  /** All that one run leaves to look at. */
  private static final class Story {
    private final StateStore store = new InMemoryStateStore();
    private final List<EventBus> buses = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private int looked;

    ReadinessEvaluator evaluator(Node node) {
      EventBus bus = EventBus.builder(node).build();
      buses.add(bus);
      return ReadinessEvaluator.builder(GATE, node.connect(StateStore.class, store), bus)
          .probe("cron", () -> CompletableFuture.completedFuture(Probe.Answer.ok("none late")))
          .build();
    }

    /** Looks, whatever becomes of it, until the gate was open often enough. */
    void look(Node node, Strand strand, ReadinessEvaluator evaluator) {
      evaluator
          .evaluate()
          .whenComplete(
              (readiness, error) -> {
                if (readiness != null && readiness.verdict() == GateVerdict.GO) {
                  looked++; // else the store failed, and the line says so
                  check();
                }
                if (looked < LOOKS) {
                  node.scheduler()
                      .schedule(
                          strand,
                          Duration.ofMinutes(1).toNanos(),
                          () -> look(node, strand, evaluator));
                }
              });
    }

    private void check() {
      String known = store.read("streak/cron").orElseThrow().values().get("known_id");
      if ("before".equals(known)) {
        violations.add("GO, and nothing was seen since the objection");
      }
    }

    private List<HealthEvent> told() {
      return buses.stream()
          .flatMap(bus -> bus.recent().snapshot().stream())
          .map(Event::data)
          .filter(HealthEvent.class::isInstance)
          .map(HealthEvent.class::cast)
          .toList();
    }
  }

  private static List<String> run(World world, List<Point> points) {
    Story story = new Story();
    ReadinessEvaluator before =
        ReadinessEvaluator.builder(GATE, story.store, EventBus.builder(world).build()).build();
    before.streaks().record("cron", "before", Observation.Outcome.OK, "", null, Duration.ZERO);
    before.signals().publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check");
    world.advance(Duration.ofMinutes(31));
    CrashPoints.run(
        world,
        points,
        story::evaluator,
        (node, evaluator) ->
            story.look(node, node.strand(Strand.Kind.CONTROL, "looks"), evaluator));
    if (story.looked < LOOKS) {
      story.violations.add("open " + story.looked + " times");
    }
    String gate = story.store.read("readiness/gate").orElseThrow().values().toString();
    if (!gate.contains("told=GO") || !gate.contains("verdict=GO")) {
      story.violations.add("in the end: " + gate);
    }
    List<HealthEvent> told = story.told();
    if (told.stream()
        .noneMatch(e -> e instanceof HealthEvent.Verdict v && v.verdict().equals("go"))) {
      story.violations.add("never told: " + told);
    }
    if (told.stream().filter(HealthEvent.SignalStale.class::isInstance).count() > 1) {
      story.violations.add("told twice that it is stale: " + told);
    }
    return story.violations;
  }

  @Property(tries = 300)
  void anEvaluatorThatCrashesOpensNothingTooEarlyAndTellsItsVerdict(
      @ForAll("points") List<Point> points, @ForAll long seed) {
    assertThat(run(World.create(seed), points)).isEmpty();
  }

  @Example
  void afterACrashAtAnyOneCallToo() {
    for (List<Point> points : CrashPoints.everyCrash(CALLS)) {
      Replay.twice(1, world -> assertThat(run(world, points)).as("%s", points).isEmpty());
    }
  }

  @Provide
  Arbitrary<List<Point>> points() {
    return CrashPoints.points(CALLS);
  }
}
