package dev.reliability.ops.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.gate.GateHistory;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.PassCount;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.Readiness;
import dev.reliability.core.health.ReadinessView;
import dev.reliability.core.health.RunLock;
import dev.reliability.core.incident.Incident;
import dev.reliability.core.incident.IncidentRegistry;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.StateStore;
import dev.reliability.journal.JournalFollower;
import dev.reliability.micrometer.ReliabilityMeters;
import dev.reliability.ops.serve.Fleet;
import dev.reliability.ops.setup.Installation;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the page shows of an installation: of the stores what is now, of the journal what was. */
final class ServedFleet implements Fleet {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST_LANES = 5_000;
  private static final int MOST_ENDED = 30;

  /** How old what seldom changes may be, if no event says that it did. */
  private static final Duration SELDOM = Duration.ofSeconds(10);

  private final Workplace workplace;
  private final Installation installation;
  private final Function<Duration, byte[]> timeline;
  private final JournalFollower journal;
  private final ReliabilityMeters meters;
  private final EventBus silent; // one for all looks: each has timers of its own
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, Boolean> lanesSeen = new LinkedHashMap<>();
  private final ArrayDeque<Event> ended = new ArrayDeque<>();
  private Map<String, Map<String, String>> seldom = Map.of();
  private long seldomAt;
  private boolean isSeldomDue = true;
  private final Seen seen = new Seen();
  private long events;

  /**
   * What is in a place.
   *
   * @param timeline draws the last so long
   */
  ServedFleet(Workplace workplace, Installation installation, Function<Duration, byte[]> timeline) {
    this.workplace = workplace;
    this.installation = installation;
    this.timeline = timeline;
    journal = new JournalFollower(workplace.journalDirectories());
    meters = ReliabilityMeters.of(workplace.runtime().time());
    meters.bindTo(registry);
    silent = workplace.silentBus();
  }

  @Override
  public Map<String, Map<String, String>> look() {
    workplace.reopenIfReplaced();
    journal.poll(this::happened);
    List<RunLock> locks = workplace.locks();
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    sections.put("lanes", lanes(locks));
    sections.put("locks", locks(locks));
    sections.put("runs", runs());
    sections.put("facts", facts());
    sections.putAll(seldom());
    return sections;
  }

  @Override
  public String metrics() {
    return registry.scrape();
  }

  @Override
  public byte[] timeline(Duration back) {
    return timeline.apply(back);
  }

  @Override
  public String resume(String lane, @Nullable Long episode, String actor, String reason) {
    workplace.reopenIfReplaced();
    LaneView before = workplace.storeToChange().leases().lane(lane);
    if (!before.paused() || (episode != null && before.episode() != episode)) {
      throw new IllegalArgumentException(
          "lane " + lane + " is not paused any more as it was shown: look again");
    }
    LaneView after;
    try {
      after = LaneVerbs.guard(workplace).resume(lane, before.episode(), actor, reason);
    } finally {
      workplace.told();
    }
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    told.put("lane", lane);
    told.put("lane_paused", after.paused());
    told.put("episode", after.episode());
    told.put("actor", actor);
    told.put("reason", reason);
    return json(told);
  }

  // ---- what was told ----

  private void happened(Event event) {
    if (!seen.isNew(event.id().epoch(), event.id().seq(), event.time().toEpochMilli())) {
      return; // it stands in a copy as well
    }
    events++;
    meters.accept(event);
    String lane = event.subject().lane();
    if (lane != null && lanesSeen.size() < MOST_LANES) {
      lanesSeen.put(lane, true);
    }
    if (event.data() instanceof RunEvent.Ended) {
      ended.addFirst(event);
      if (ended.size() > MOST_ENDED) {
        ended.removeLast();
      }
    }
    String type = event.type();
    isSeldomDue |=
        type.startsWith("incident.") || type.startsWith("gate.") || type.startsWith("health.");
  }

  // ---- sections ----

  private Map<String, String> lanes(List<RunLock> locks) {
    Map<String, Integer> working = new HashMap<>();
    for (RunLock lock : locks) {
      working.merge(
          lock.key().lane(), lock.state() == RunLock.State.ORPHANED ? 0 : 1, Integer::sum);
    }
    Map<String, LaneView> views = new TreeMap<>();
    lanesSeen.keySet().forEach(lane -> views.put(lane, LaneView.fresh(lane)));
    working.keySet().forEach(lane -> views.put(lane, LaneView.fresh(lane)));
    for (LaneView view : workplace.store().leases().lanes()) {
      views.put(view.lane(), view);
    }
    Map<String, String> lanes = new LinkedHashMap<>();
    views.forEach(
        (lane, view) -> {
          Map<String, @Nullable Object> entry = new LinkedHashMap<>();
          entry.put("paused", view.paused());
          entry.put("episode", view.episode());
          entry.put("since", view.paused() ? view.since() : null);
          entry.put("actor", view.paused() ? view.actor() : null);
          entry.put("reason", view.paused() ? view.reason() : null);
          entry.put("working", working.getOrDefault(lane, 0));
          lanes.put(lane, json(entry));
        });
    return lanes;
  }

  private static Map<String, String> locks(List<RunLock> locks) {
    Map<String, String> entries = new LinkedHashMap<>();
    for (RunLock lock : locks) {
      Map<String, @Nullable Object> entry = LocksVerb.entry(lock);
      entry.remove("elapsedMs"); // goes on by itself
      entry.remove("leaseUntil"); // is renewed all the time
      entries.put(lock.key().lane() + " / " + lock.key().item(), json(entry));
    }
    return entries;
  }

  private Map<String, String> runs() {
    Map<String, String> runs = new LinkedHashMap<>();
    for (Event event : ended) {
      RunEvent.Ended end = (RunEvent.Ended) event.data();
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("lane", event.subject().lane());
      entry.put("item", event.subject().item());
      entry.put("state", end.state().wireName());
      entry.put("reason", end.reason().toString());
      entry.put("at", event.time());
      runs.put(String.valueOf(event.subject().run()), json(entry));
    }
    return runs;
  }

  private Map<String, Map<String, String>> seldom() {
    long now = workplace.runtime().time().nanos();
    if (!isSeldomDue && now - seldomAt < SELDOM.toNanos()) {
      return seldom;
    }
    StateStore states = workplace.store().states();
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    sections.put("readiness", readiness(states));
    sections.put("incidents", incidents(states));
    for (String dead : Incarnations.deadAmong(meters.living(), installation)) {
      meters.dead(dead); // it was killed, and so tells nobody
    }
    seldom = sections;
    seldomAt = now;
    isSeldomDue = false;
    return sections;
  }

  private Map<String, String> readiness(StateStore states) {
    Map<String, String> gates = new TreeMap<>();
    for (Map.Entry<String, GateVerdict> known : ReadinessView.lastVerdicts(states).entrySet()) {
      gates.put(known.getKey(), gate(known.getValue().wireName(), null, List.of()));
    }
    for (Readiness readiness : ReadinessView.lastEvaluations(states)) {
      List<Map<String, String>> lines = new ArrayList<>();
      for (Readiness.Line line : readiness.lines()) {
        lines.add(line(line.name(), line.verdict().wireName(), line.why(), line.nextChangeIf()));
      }
      gates.put(readiness.gate(), gate(readiness.verdict().wireName(), readiness.at(), lines));
    }
    GateHistory history = new GateLedger(states, silent).history(GateVerbs.NAME);
    GateHistory.Judged last = history.last();
    if (last != null) {
      PassCount count = history.passes(installation.gate().passes(), installation.gate().spacing());
      Instant now = workplace.runtime().time().wall();
      String verdict = count.isEnough() ? "open" : "shut";
      String next =
          count.isEnough() ? "it is judged NO_GO" : "it passes " + GateVerbs.whenOpen(count, now);
      List<Map<String, String>> lines =
          List.of(
              line("last judged", last.verdict().wireName(), last.why(), next),
              line("passes", verdict, count.why(), next));
      gates.put(GateVerbs.NAME, gate(verdict, last.at(), lines));
    }
    return gates;
  }

  private static Map<String, String> line(String name, String verdict, String why, String next) {
    Map<String, String> line = new LinkedHashMap<>();
    line.put("name", name);
    line.put("verdict", verdict);
    line.put("why", why);
    line.put("nextChangeIf", next);
    return line;
  }

  private static String gate(
      String verdict, @Nullable Instant at, List<Map<String, String>> lines) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("verdict", verdict);
    entry.put("at", at);
    entry.put("lines", lines);
    return json(entry);
  }

  private Map<String, String> incidents(StateStore states) {
    Map<String, String> incidents = new LinkedHashMap<>();
    List<Incident> all =
        IncidentRegistry.open(states, workplace.directory().resolve("evidence"), silent)
            .incidents();
    for (Incident incident : all) {
      incidents.put(incident.id(), json(IncidentVerbs.entry(incident)));
    }
    return incidents;
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    String where =
        workplace.directory().toAbsolutePath().normalize() + " on " + workplace.runtime().node();
    facts.put("where", json(where));
    facts.put("events", json(events));
    facts.put("unreadable", json(journal.unreadable()));
    return facts;
  }

  private static String json(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      Plain.write(out, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
    return text.toString();
  }
}
