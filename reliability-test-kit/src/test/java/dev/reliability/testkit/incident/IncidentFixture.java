package dev.reliability.testkit.incident;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.incident.ClosureRequirements;
import dev.reliability.core.incident.Confirmation;
import dev.reliability.core.incident.Incident;
import dev.reliability.core.incident.IncidentRegistry;
import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.world.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of this are made of. */
abstract class IncidentFixture {
  static final String FINGERPRINT = "andy-developer:no_output_timeout";
  static final String GATE = "worker-connectivity";
  static final Confirmation WORD = new Confirmation("alice", "two quiet days, it is over");
  final World world = World.create(9);
  final List<Event> events = new ArrayList<>();
  final EventBus bus = EventBus.builder(world).sink(events::add).build();
  final Stubs.Failing failing = new Stubs.Failing();
  @TempDir Path directory;
  StateStore state;
  IncidentRegistry incidents;

  @BeforeEach
  void open() {
    state =
        Stubs.before(StateStore.class, FileStateStore.open(directory.resolve("state")), failing);
    incidents = IncidentRegistry.open(state, directory.resolve("evidence"), bus);
  }

  Incident opened() {
    return incidents.open("Andy times out", FINGERPRINT, ClosureRequirements.ofDefaults(), "alice");
  }

  void judge(String config, GateLine... lines) {
    new GateLedger(state, bus).record(GateReport.of(bus, GATE, config, List.of(lines)));
  }

  void passes() {
    judge("c0ffee", GateLine.pass("lane", "well"));
  }

  void attachAll(String id) {
    for (String name : ClosureRequirements.ofDefaults().evidence()) {
      incidents.attach(id, name, name + " is well\n", "alice");
    }
  }

  /** Everything that it takes, but for the person's word. */
  Incident closable() {
    Incident incident = opened();
    world.advance(Duration.ofHours(1));
    incidents.markFix(incident.id(), "time-outs separated", "alice");
    world.advance(Duration.ofMinutes(1));
    passes();
    world.advance(Duration.ofMinutes(30));
    passes();
    attachAll(incident.id());
    return incidents.incident(incident.id());
  }

  List<String> missing(String id) {
    return incidents
        .resolve(id, WORD)
        .fold(
            resolved -> List.<String>of(),
            refused -> refused.report().missing().stream().map(GateLine::text).toList());
  }

  List<IncidentEvent> told() {
    world.advance(Duration.ZERO);
    return events.stream()
        .map(Event::data)
        .filter(IncidentEvent.class::isInstance)
        .map(IncidentEvent.class::cast)
        .toList();
  }

  Incident recurred(String occurrence) {
    return incidents.recurred(FINGERPRINT, occurrence, world.time().wall(), "again").orElseThrow();
  }

  Map<String, String> bytes() throws IOException {
    Map<String, String> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes.put(
            directory.relativize(file) + " " + Files.getLastModifiedTime(file),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return bytes;
  }
}
