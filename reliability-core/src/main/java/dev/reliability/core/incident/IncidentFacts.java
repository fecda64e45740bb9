package dev.reliability.core.incident;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.gate.GateHistory;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.store.StateStore;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers what the closure policy judges. Only reads. */
final class IncidentFacts {
  private final IncidentDocs docs;
  private final StateStore state;
  private final EventBus bus;
  private final GateLedger gates;

  IncidentFacts(IncidentDocs docs, StateStore state, EventBus bus) {
    this.docs = docs;
    this.state = state;
    this.bus = bus;
    gates = new GateLedger(state, bus);
  }

  /** What speaks for closing it, and what against it. */
  ClosureReport check(Incident incident, @Nullable Confirmation confirmation) {
    Map<String, GateHistory> histories = new LinkedHashMap<>();
    for (String gate : incident.requirements().gates()) {
      histories.put(gate, gates.history(gate));
    }
    Map<String, Soak> soaks = new LinkedHashMap<>();
    for (String name : incident.requirements().soaks()) {
      SoakWatch.read(state, name).ifPresent(soak -> soaks.put(name, soak));
    }
    List<Evidence> evidence = docs.evidence(incident.id());
    Instant now = bus.runtime().time().wall();
    return ClosurePolicy.judge(
        new ClosurePolicy.Facts(
            incident, histories, evidence, altered(evidence), soaks, confirmation, now));
  }

  private static Set<Long> altered(List<Evidence> evidence) {
    Set<Long> altered = new HashSet<>();
    for (Evidence one : evidence) {
      boolean same =
          EvidenceFiles.sum(one.file())
              .map(sum -> sum.sha256().equals(one.sha256()) && sum.size() == one.size())
              .orElse(false);
      if (!same) {
        altered.add(one.number());
      }
    }
    return altered;
  }

  /**
   * How far everything is that is counted.
   *
   * @param id the incident's; null if it has no evidence yet
   */
  Map<String, Long> marks(@Nullable String id, ClosureRequirements requirements) {
    Map<String, Long> marks = new LinkedHashMap<>();
    for (String gate : requirements.gates()) {
      marks.put(Change.markOfGate(gate), gates.history(gate).judged());
    }
    for (String soak : requirements.soaks()) {
      marks.put(
          Change.markOfSoak(soak), SoakWatch.read(state, soak).map(Soak::occurrences).orElse(0L));
    }
    marks.put(Change.markOfEvidence(), id == null ? 0 : docs.evidenceCount(id));
    return marks;
  }
}
