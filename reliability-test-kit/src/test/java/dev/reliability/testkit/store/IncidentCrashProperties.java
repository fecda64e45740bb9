package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.gate.GateHistory;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.incident.Change;
import dev.reliability.core.incident.ClosureRequirements;
import dev.reliability.core.incident.Confirmation;
import dev.reliability.core.incident.Incident;
import dev.reliability.core.incident.IncidentRegistry;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.store.CrashPoints.Point;
import dev.reliability.testkit.world.Node;
import dev.reliability.testkit.world.World;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Incidents and the histories of gates, with a crash, a lost answer or a hanging store between any
 * two steps: whoever goes on after it finds one incident, each change once, each pass once.
 */
class IncidentCrashProperties {
  private static final int CALLS = 40;
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

  /** What a program of one node does, again from the beginning after each crash. */
  private record Parts(StateStore store, EventBus bus) {
    static Parts of(Node node, StateStore store) {
      return new Parts(node.connect(StateStore.class, store), EventBus.builder(node).build());
    }

    void main() {
      IncidentRegistry incidents = IncidentRegistry.open(store, Path.of("evidence"), bus);
      List<Incident> known = incidents.incidents(); // one that was resolved would open again
      Incident incident =
          known.isEmpty()
              ? incidents.open(
                  "t", "f", ClosureRequirements.ofDefaults().withGates("g").withEvidence(), "alice")
              : known.get(0);
      if (incident.fix() == null && incident.status() == Incident.Status.OPEN) {
        incidents.markFix(incident.id(), "something", "alice");
      }
      GateLedger ledger = new GateLedger(store, bus);
      ledger.record(report("one", Duration.ofHours(2)));
      ledger.record(report("two", Duration.ofHours(2).plusMinutes(30)));
      if (incidents.incident(incident.id()).status() == Incident.Status.OPEN) {
        assertThat(incidents.resolve(incident.id(), new Confirmation("alice", "over")).isResolved())
            .isTrue();
      }
    }

    private static GateReport report(String id, Duration after) {
      return new GateReport(
          id,
          "g",
          GateVerdict.GO,
          AT.plus(after),
          "node",
          "epoch",
          after.toNanos(),
          "",
          List.of(GateLine.pass("line", "well")));
    }
  }

  private static long run(List<Point> points) {
    InMemoryStateStore store = new InMemoryStateStore();
    long calls =
        CrashPoints.run(
            World.create(6), points, node -> Parts.of(node, store), (node, parts) -> parts.main());
    assertThat(store.names("incident/")).hasSize(1);
    World after = World.create(7);
    EventBus bus = EventBus.builder(after).build();
    IncidentRegistry incidents = IncidentRegistry.open(store, Path.of("evidence"), bus);
    assertThat(incidents.incidents())
        .singleElement()
        .satisfies(
            incident ->
                assertThat(incident.changes().stream().map(Change::kind))
                    .containsExactly(
                        Change.Kind.OPENED, Change.Kind.FIX_MARKED, Change.Kind.RESOLVED));
    GateHistory history = new GateLedger(store, bus).history("g");
    assertThat(history.passes(3, Duration.ZERO).counted())
        .extracting(GateHistory.Pass::id)
        .containsExactly("one", "two");
    return calls;
  }

  @Example
  void aCrashBeforeOrAfterAnyStepLosesNothingAndDoublesNothing() {
    long calls = run(List.of());
    assertThat(calls).isLessThanOrEqualTo(CALLS);
    CrashPoints.everyCrash((int) calls).forEach(IncidentCrashProperties::run);
  }

  @Provide
  Arbitrary<List<Point>> points() {
    return CrashPoints.points(CALLS);
  }

  @Property(tries = 300)
  void noFaultsLoseOrDoubleAnything(@ForAll("points") List<Point> points) {
    run(points);
  }
}
