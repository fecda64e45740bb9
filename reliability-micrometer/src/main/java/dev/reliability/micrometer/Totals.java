package dev.reliability.micrometer;

import dev.reliability.core.dispatch.DispatchRejection;
import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventTypes;
import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.event.UnknownEvent;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.reconcile.Finding;
import dev.reliability.core.reconcile.Reconciliation;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** The meters that are about no lane, link or run in particular. Thread-safe. */
final class Totals implements MeterBinder {
  static final String LANE_PAUSED = "lane_paused";
  static final String DUPLICATE_CLAIM = "duplicate_claim_guard";

  private final IdentityHashMap<Class<?>, LongAdder> byType =
      new IdentityHashMap<>(); // never changed later
  private final Map<String, LongAdder> events = new TreeMap<>(); // the same, by name
  private final LongAccumulator last = new LongAccumulator(Math::max, 0);
  private final Set<String> openIncidents = ConcurrentHashMap.newKeySet();
  private volatile int checksPassed;
  private volatile int checksFailed;
  private volatile long preflight;

  final Count lanesFolded =
      new Count("lanes.folded", "Events that were counted under the lane other");
  final Tally namesFolded =
      tally(
          "names.folded",
          "kind",
          "Look-ups of names that came to other",
          "link",
          "dependency",
          "gate");
  final Tally eventsDropped =
      tally("events.dropped", "kind", "Events that did not reach a sink", "sample", "other");
  final Count intents = new Count("dispatch.intents", "What came in");
  final Tally dispatched =
      tally("dispatch.verdicts", "verdict", "What became of it", "accepted", "rejected");
  final Tally rejections =
      new Tally(
          "dispatch.rejections",
          "reason",
          Arrays.stream(DispatchRejection.values()).map(DispatchRejection::wireName).toList(),
          "Why it was rejected");
  final Count claims = new Count("claims", "Claims that were granted");
  final Tally claimsRefused =
      tally(
          "claims.refused",
          "reason",
          "Claims that were refused",
          DUPLICATE_CLAIM,
          "already_done",
          LANE_PAUSED,
          "attempts_exhausted");
  final Count leasesLost = new Count("leases.lost", "Claims that were lost while work went on");
  final Count itemsExhausted =
      new Count("items.exhausted", "Items that nobody gets any more: their attempts are spent");
  final Tally linkCloses =
      new Tally(
          "link.closes",
          "reason",
          Arrays.stream(CloseClass.values()).map(CloseClass::wireName).toList(),
          "Closes of links, and connections that could not be opened");
  final Tally verdicts =
      new Tally(
          "gate.verdicts",
          "verdict",
          Arrays.stream(GateVerdict.values()).map(GateVerdict::wireName).toList(),
          "Verdicts of gates: each judgement, and each change of readiness");
  final Count signalsStale = new Count("signals.stale", "Signals that became stale");
  final Tally effects =
      tally("effects", "outcome", "Effects that have a budget", "allowed", "suppressed");
  final Tally retries =
      tally(
          "retries",
          "outcome",
          "Attempts to be repeated, and what was given up",
          "scheduled",
          "exhausted");
  final Tally found =
      new Tally(
          "reconcile.findings",
          "reason",
          Arrays.stream(Finding.Reason.values()).map(Finding.Reason::wireName).toList(),
          "Records without workers, and workers without records");
  final Tally settled =
      new Tally(
          "reconcile.settled",
          "action",
          Arrays.stream(Reconciliation.Action.values())
              .filter(action -> action != Reconciliation.Action.REPORTED)
              .map(Reconciliation.Action::wireName)
              .toList(),
          "What was done about them");
  final Tally selfTests =
      tally(
          "reconcile.self.tests",
          "result",
          "Proofs that the detector can fire",
          "passed",
          "failed");
  final Tally orphans =
      tally(
          "orphans",
          "outcome",
          "What earlier incarnations left running",
          "found",
          "stopped",
          "not_stopped",
          "adopted");

  Totals() {
    EventTypes.all().forEach((name, type) -> byType.put(type, count(name)));
    byType.put(CustomEvent.class, count("custom"));
    byType.put(UnknownEvent.class, count(Tally.OTHER));
  }

  private LongAdder count(String name) {
    return events.computeIfAbsent(name, any -> new LongAdder());
  }

  private static Tally tally(String name, String label, String description, String... values) {
    return new Tally(name, label, List.of(values), description);
  }

  /** Counts it. This is on every event's way: no lock, no allocation. */
  void event(Event event) {
    LongAdder count = byType.get(event.data().getClass());
    if (count != null) {
      count.increment();
    }
    last.accumulate(Times.millis(event.time()));
  }

  void preflight(Event event, DependencyEvent.Preflight data) {
    checksPassed = Math.max(0, data.passed());
    checksFailed = data.failed().size();
    preflight = Times.shown(Times.millis(event.time()));
  }

  void incident(IncidentEvent data) {
    if (data instanceof IncidentEvent.Opened || data instanceof IncidentEvent.Reopened) {
      openIncidents.add(data.incident());
    } else if (data instanceof IncidentEvent.Resolved) {
      openIncidents.remove(data.incident());
    }
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    events.forEach(
        (type, count) ->
            new Meters(registry, "type", type).counter("events", "Events, by type", count));
    new Meters(registry)
        .timestamp("last.event", "When the last event happened; 0 before the first", last::get)
        .timestamp("preflight", "When the checks were made last; 0 if never", () -> preflight)
        .gauge("incidents.open", "Incidents that are open", openIncidents::size);
    new Meters(registry, "result", "passed")
        .gauge("preflight.checks", "Checks of the last preflight", () -> checksPassed);
    new Meters(registry, "result", "failed")
        .gauge("preflight.checks", "Checks of the last preflight", () -> checksFailed);
    List.of(
            lanesFolded,
            namesFolded,
            eventsDropped,
            intents,
            dispatched,
            rejections,
            claims,
            claimsRefused,
            leasesLost,
            itemsExhausted,
            linkCloses,
            verdicts,
            signalsStale,
            effects,
            retries,
            found,
            settled,
            selfTests,
            orphans)
        .forEach(meter -> meter.bindTo(registry));
  }
}
