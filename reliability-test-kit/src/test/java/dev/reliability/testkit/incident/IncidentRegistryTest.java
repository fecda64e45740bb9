package dev.reliability.testkit.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.incident.Change;
import dev.reliability.core.incident.ClosureRequirements;
import dev.reliability.core.incident.Confirmation;
import dev.reliability.core.incident.Evidence;
import dev.reliability.core.incident.EvidenceBundle;
import dev.reliability.core.incident.Incident;
import dev.reliability.core.incident.IncidentRegistry;
import dev.reliability.core.incident.Note;
import dev.reliability.core.incident.Resolution;
import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Incidents that close only with evidence. */
class IncidentRegistryTest {
  private static final String FINGERPRINT = "andy-developer:no_output_timeout";
  private static final String GATE = "worker-connectivity";
  private static final Confirmation WORD = new Confirmation("alice", "two quiet days, it is over");

  private final World world = World.create(9);
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();
  private final Stubs.Failing failing = new Stubs.Failing();
  @TempDir private Path directory;
  private StateStore state;
  private IncidentRegistry incidents;

  @BeforeEach
  void open() {
    state =
        Stubs.before(StateStore.class, FileStateStore.open(directory.resolve("state")), failing);
    incidents = IncidentRegistry.open(state, directory.resolve("evidence"), bus);
  }

  private Incident opened() {
    return incidents.open("Andy times out", FINGERPRINT, ClosureRequirements.ofDefaults(), "alice");
  }

  private void judge(String config, GateLine... lines) {
    new GateLedger(state, bus).record(GateReport.of(bus, GATE, config, List.of(lines)));
  }

  private void passes() {
    judge("c0ffee", GateLine.pass("lane", "well"));
  }

  private void attachAll(String id) {
    for (String name : ClosureRequirements.ofDefaults().evidence()) {
      incidents.attach(id, name, name + " is well\n", "alice");
    }
  }

  /** Everything that it takes, but for the person's word. */
  private Incident closable() {
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

  private List<String> missing(String id) {
    return incidents
        .resolve(id, WORD)
        .fold(
            resolved -> List.<String>of(),
            refused -> refused.report().missing().stream().map(GateLine::text).toList());
  }

  private List<IncidentEvent> told() {
    world.advance(Duration.ZERO);
    return events.stream()
        .map(Event::data)
        .filter(IncidentEvent.class::isInstance)
        .map(IncidentEvent.class::cast)
        .toList();
  }

  @Test
  void itStaysOpenUntilSomebodyResolvesItWithEverythingThatItTakes() {
    Incident incident = closable();
    assertThat(incident.status()).isEqualTo(Incident.Status.OPEN);
    assertThat(incidents.check(incident.id()).missing())
        .singleElement()
        .satisfies(line -> assertThat(line.name()).isEqualTo("confirmation"));
    Resolution resolution = incidents.resolve(incident.id(), WORD);
    assertThat(resolution.isResolved()).isTrue();
    Incident after = incidents.incident(incident.id());
    assertThat(after.status()).isEqualTo(Incident.Status.RESOLVED);
    Change resolved = after.resolution();
    assertThat(resolved.by()).isEqualTo("alice");
    assertThat(resolved.text()).isEqualTo(WORD.text());
    assertThat(resolved.lines())
        .hasSize(7)
        .allMatch(line -> line.startsWith("PASS "))
        .contains("PASS confirmation: alice: two quiet days, it is over");
    assertThat(told().get(told().size() - 1))
        .isEqualTo(new IncidentEvent.Resolved("inc-1", WORD.text(), resolved.lines()));
  }

  @Test
  void aRefusalListsEverythingThatIsMissingAndChangesNothing() throws IOException {
    Incident incident =
        incidents.open(
            "Andy times out",
            FINGERPRINT,
            ClosureRequirements.ofDefaults()
                .withGates(GATE, "reliability")
                .withBaseline("baseline")
                .withSoaks("running_without_container"),
            "alice");
    Map<String, String> before = bytes();
    Resolution refused = incidents.resolve(incident.id(), new Confirmation(" ", ""));
    List<String> lines =
        refused.fold(
            resolved -> List.of(), no -> no.report().lines().stream().map(GateLine::text).toList());
    assertThat(lines)
        .containsExactly(
            "FAIL fix: none is marked since 2026-01-01T00:00:00Z",
            "FAIL gate worker-connectivity: never judged",
            "FAIL gate reliability: never judged",
            "FAIL baseline baseline: not attached",
            "FAIL evidence status: not attached",
            "FAIL evidence trace: not attached",
            "FAIL evidence verify-worker-connectivity: not attached",
            "FAIL evidence reliability: not attached",
            "INCONCLUSIVE soak running_without_container: nobody watches it",
            "FAIL confirmation: it does not say by whom");
    assertThat(bytes()).isEqualTo(before);
    assertThat(told().get(1))
        .isInstanceOfSatisfying(
            IncidentEvent.ResolveRefused.class, no -> assertThat(no.missing()).hasSize(10));
  }

  @Test
  void aConfirmationNeedsWordsAndAName() {
    Incident incident = closable();
    assertThat(incidents.resolve(incident.id(), new Confirmation("alice", " ")).isResolved())
        .isFalse();
    assertThat(incidents.resolve(incident.id(), new Confirmation("", "over")).isResolved())
        .isFalse();
    assertThat(incidents.resolve(incident.id(), WORD).isResolved()).isTrue();
  }

  @Test
  void aFailureBetweenThePassesAndPassesFromBeforeTheFixDoNotDo() {
    Incident incident = opened();
    passes();
    world.advance(Duration.ofMinutes(31));
    passes();
    world.advance(Duration.ofMinutes(1));
    incidents.markFix(incident.id(), "something", "alice");
    assertThat(missing(incident.id()).get(0))
        .isEqualTo(
            "FAIL gate worker-connectivity: 0 of 2 passes that are PT30M apart; none since then");
    world.advance(Duration.ofMinutes(1));
    passes();
    world.advance(Duration.ofMinutes(15));
    judge("c0ffee", GateLine.fail("lane", "no answer"));
    world.advance(Duration.ofMinutes(15));
    passes();
    assertThat(missing(incident.id()).get(0))
        .isEqualTo(
            "FAIL gate worker-connectivity: 1 of 2 passes that are PT30M apart:"
                + " [2026-01-01T01:03:00Z]");
  }

  @Test
  void passesUnderAnotherConfigurationDoNotDo() {
    Incident incident = opened();
    incidents.markFix(incident.id(), "something", "alice");
    world.advance(Duration.ofMinutes(1));
    judge("c0ffee", GateLine.pass("lane", "well"));
    world.advance(Duration.ofMinutes(31));
    judge("decaf", GateLine.pass("lane", "well"));
    assertThat(missing(incident.id()).get(0)).contains("1 of 2 passes");
  }

  @Test
  void gatesThatPassedUnderDifferentConfigurationsDoNotDo() {
    Incident incident =
        incidents.open(
            "t",
            FINGERPRINT,
            ClosureRequirements.ofDefaults()
                .withGates("a", "b")
                .withPasses(1, Duration.ZERO)
                .withEvidence(),
            "alice");
    incidents.markFix(incident.id(), "something", "alice");
    world.advance(Duration.ofMinutes(1));
    GateLedger ledger = new GateLedger(state, bus);
    GateLine well = GateLine.pass("line", "well");
    ledger.record(GateReport.of(bus, "a", "c0ffee", List.of(well)));
    ledger.record(GateReport.of(bus, "b", "decaf", List.of(well)));
    assertThat(missing(incident.id()))
        .containsExactly(
            "FAIL configuration: the gates passed under different ones: [c0ffee, decaf]");
  }

  @Test
  void evidenceHasToBeFromAfterTheFixAndTheBaselineFromBefore() {
    Incident incident =
        incidents.open(
            "t",
            FINGERPRINT,
            ClosureRequirements.ofDefaults().withBaseline("rows").withEvidence("status"),
            "alice");
    incidents.attach(incident.id(), "status", "bad", "alice");
    world.advance(Duration.ofMinutes(1));
    incidents.markFix(incident.id(), "something", "alice");
    world.advance(Duration.ofMinutes(1));
    incidents.attach(incident.id(), "rows", "3 rows", "alice");
    assertThat(missing(incident.id()))
        .contains(
            "FAIL baseline rows: not attached before the fix of 2026-01-01T00:01:00Z",
            "FAIL evidence status: not attached after the fix of 2026-01-01T00:01:00Z");
  }

  /** What was before the fix counts no more, wherever the wall clock was then. */
  @Test
  void passesAndEvidenceFromBeforeTheFixDoNotDoAlsoIfTheyAreDatedAfterIt() {
    Incident incident = opened();
    world.stepWall(Duration.ofHours(2));
    passes();
    world.advance(Duration.ofMinutes(31));
    passes();
    attachAll(incident.id());
    world.stepWall(Duration.ofHours(-2));
    incidents.markFix(incident.id(), "something", "alice");
    world.advance(Duration.ofSeconds(2));
    assertThat(missing(incident.id()))
        .hasSize(5)
        .startsWith(
            "FAIL gate worker-connectivity: 0 of 2 passes that are PT30M apart; none since then");
  }

  /** The fix was none. */
  @Test
  void whatHappensAgainAfterTheFixTakesAnotherFix() {
    Incident incident = opened();
    recurred("before the fix");
    assertThat(incidents.incident(incident.id()).occurrences()).isEqualTo(1);
    assertThat(closable().fix()).isNotNull();
    world.advance(Duration.ofSeconds(1));
    assertThat(recurred("after it").fix()).isNull();
    assertThat(missing(incident.id()).get(0)).startsWith("FAIL fix: none is marked since");
    assertThat(incidents.incident(incident.id()).occurrences()).isEqualTo(2);
  }

  @Test
  void aWallClockThatWasSetBackHidesNoRecurrence() {
    Incident incident = closable();
    incidents.resolve(incident.id(), WORD);
    world.stepWall(Duration.ofHours(-2));
    world.advance(Duration.ofMinutes(1));
    assertThat(recurred("again").status()).isEqualTo(Incident.Status.OPEN);
  }

  @Test
  void anEmptyFileIsNoEvidence() {
    Incident incident = opened();
    assertThatThrownBy(() -> incidents.attach(incident.id(), "status", "", "bob"))
        .hasMessage("evidence status: expected something in it, got nothing");
    assertThat(incidents.evidence(incident.id())).isEmpty();
  }

  @Test
  void aGateThatFailsWhileItIsResolvedKeepsItOpen() {
    Incident incident = closable();
    int[] writes = {0};
    StateStore watched =
        Stubs.before(
            StateStore.class,
            state,
            method -> {
              if (method.equals("write") && ++writes[0] == 1) {
                judge("c0ffee", GateLine.fail("lane", "no answer"));
              }
            });
    Resolution resolution =
        IncidentRegistry.open(watched, directory.resolve("evidence"), bus)
            .resolve(incident.id(), WORD);
    assertThat(resolution.isResolved()).isFalse();
    assertThat(incidents.incident(incident.id()).status()).isEqualTo(Incident.Status.OPEN);
  }

  @Test
  void oneThatCannotBeToldHoldsUpNoOther() {
    Incident incident = closable();
    incidents.resolve(incident.id(), WORD);
    world.advance(Duration.ofSeconds(1));
    EventSink sink =
        incidents.watch(event -> ((LaneEvent.Failure) event.data()).failureFingerprint());
    state.write("incident-fingerprint/broken", StateStore.NEW, Map.of("id", "inc-x"));
    state.write("incident/inc-x", StateStore.NEW, Map.of("id", "inc-x"));
    for (String fingerprint : List.of("broken", "\0", FINGERPRINT)) {
      sink.accept(bus.emit(Subject.NONE, new LaneEvent.Failure("r", fingerprint, 1, "x", 1, 3)));
    }
    assertThat(incidents.incident(incident.id()).status()).isEqualTo(Incident.Status.OPEN);
  }

  /** Between the look at an incident and its change somebody else changes it. */
  @Test
  void noChangeIsLostToAnotherProcess() {
    Incident incident = opened();
    int[] reads = {0};
    StateStore watched =
        Stubs.before(
            StateStore.class,
            state,
            method -> {
              if (method.equals("read") && ++reads[0] == 2) {
                incidents.markFix(incident.id(), "theirs", "bob");
              }
            });
    IncidentRegistry.open(watched, directory.resolve("evidence"), bus)
        .markFix(incident.id(), "ours", "alice");
    assertThat(incidents.incident(incident.id()).changes().stream().map(Change::text))
        .containsExactly("Andy times out", "theirs", "ours");
  }

  @Test
  void evidenceThatWasAlteredOrIsGoneDoesNotDo() throws IOException {
    Incident incident = closable();
    List<Evidence> evidence = incidents.evidence(incident.id());
    Files.writeString(evidence.get(0).file(), "status was well\n");
    Files.delete(evidence.get(1).file());
    assertThat(missing(incident.id()))
        .containsExactly(
            "FAIL evidence status: its bytes are not what was attached",
            "FAIL evidence trace: its bytes are not what was attached");
    attachAll(incident.id()); // once more
    assertThat(missing(incident.id())).isEmpty();
  }

  @Test
  void notesAndEvidenceAreKeptWhateverHappensToTheIncident() {
    Incident incident = closable();
    for (int i = 1; i <= 25; i++) {
      assertThat(incidents.note(incident.id(), "note " + i, "bob").number()).isEqualTo(i);
    }
    incidents.resolve(incident.id(), WORD);
    incidents.reopen(incident.id(), "not quite", "bob");
    incidents.note(incident.id(), "back again", "bob");
    assertThat(incidents.notes(incident.id()).stream().map(Note::text))
        .hasSize(26)
        .startsWith("note 1", "note 2")
        .endsWith("note 25", "back again");
    assertThat(incidents.evidence(incident.id())).hasSize(4);
    assertThat(incidents.incident(incident.id()).changes().stream().map(Change::kind))
        .containsExactly(
            Change.Kind.OPENED, Change.Kind.FIX_MARKED, Change.Kind.RESOLVED, Change.Kind.REOPENED);
    assertThat(missing(incident.id()).get(0)).startsWith("FAIL fix: none is marked since");
  }

  @Test
  void theSameFingerprintIsTheSameIncident() {
    Incident first = opened();
    assertThat(opened()).isEqualTo(first);
    assertThat(incidents.incidents()).containsExactly(first);
    closable();
    incidents.resolve(first.id(), WORD);
    Incident again = opened();
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.status()).isEqualTo(Incident.Status.OPEN);
    for (int i = 2; i <= 11; i++) {
      assertThat(incidents.open("t", "f" + i, ClosureRequirements.ofDefaults(), "alice").id())
          .isEqualTo("inc-" + i);
    }
    assertThat(incidents.incidents())
        .extracting(Incident::id)
        .startsWith("inc-1", "inc-2", "inc-3");
  }

  @Test
  void whatHappensAgainOpensItAgainOnce() {
    assertThat(opened().status()).isEqualTo(Incident.Status.OPEN);
    assertThat(recurred("1").changes()).hasSize(1);
    Incident incident = closable();
    incidents.resolve(incident.id(), WORD);
    assertThat(
            incidents
                .recurred(FINGERPRINT, "late", world.time().wall().minusSeconds(1), "from before")
                .orElseThrow()
                .status())
        .isEqualTo(Incident.Status.RESOLVED);
    world.advance(Duration.ofSeconds(1));
    assertThat(recurred("2").status()).isEqualTo(Incident.Status.OPEN);
    assertThat(recurred("2").changes()).hasSize(4);
    assertThat(told().stream().filter(IncidentEvent.Reopened.class::isInstance))
        .containsExactly(new IncidentEvent.Reopened("inc-1", "again", true));
    assertThat(incidents.recurred("another", "3", world.time().wall(), "")).isEmpty();
  }

  private Incident recurred(String occurrence) {
    return incidents.recurred(FINGERPRINT, occurrence, world.time().wall(), "again").orElseThrow();
  }

  @Test
  void aSinkOpensIncidentsAgainAlsoIfTheStoreWasAway() {
    Incident incident = closable();
    incidents.resolve(incident.id(), WORD);
    EventBus watched =
        EventBus.builder(world)
            .sink(
                incidents.watch(
                    event ->
                        event.data() instanceof LaneEvent.Failure failure
                            ? failure.failureFingerprint()
                            : null))
            .build();
    world.advance(Duration.ofSeconds(1));
    failing.next("write", 1);
    watched.emit(Subject.NONE, new LaneEvent.Failure("r", FINGERPRINT, 1, "no output", 1, 3));
    world.advance(Duration.ZERO);
    assertThat(incidents.incident(incident.id()).status()).isEqualTo(Incident.Status.RESOLVED);
    watched.emit(Subject.NONE, new LaneEvent.Failure("s", "another", 1, "no output", 1, 3));
    world.advance(Duration.ZERO);
    assertThat(incidents.incident(incident.id()).status()).isEqualTo(Incident.Status.OPEN);
  }

  @Test
  void aBundleVerifiesUntilSomethingIsChanged() throws IOException {
    Incident incident = closable();
    incidents.note(incident.id(), "first\nsecond", "bob");
    Path bundle = directory.resolve("out").resolve("bundle");
    String manifest = incidents.bundle(incident.id(), bundle);
    assertThat(EvidenceBundle.verify(bundle, manifest)).isEmpty();
    assertThat(Files.readString(bundle.resolve("incident.txt")))
        .contains("inc-1 Andy times out", "status open", "#1 2026-01-01T01:31:00Z by bob: first");
    assertThatThrownBy(() -> incidents.bundle(incident.id(), bundle))
        .hasMessage("bundle: expected a directory that is not there yet, got " + bundle);
    Files.writeString(bundle.resolve("evidence").resolve("1-status"), "all is well");
    Files.delete(bundle.resolve("evidence").resolve("2-trace"));
    Files.writeString(bundle.resolve("evidence").resolve("more"), "more");
    Files.writeString(
        bundle.resolve(EvidenceBundle.MANIFEST),
        Files.readString(bundle.resolve(EvidenceBundle.MANIFEST)) + "nonsense\n");
    assertThat(EvidenceBundle.verify(bundle, manifest))
        .hasSize(5)
        .anySatisfy(one -> assertThat(one).startsWith("manifest.sha256: expected sha256 "))
        .anySatisfy(one -> assertThat(one).startsWith("evidence/1-status: expected sha256 "))
        .contains(
            "manifest.sha256: expected a hash and a file, got \"nonsense\"",
            "evidence/2-trace: is missing or cannot be read",
            "evidence/more: is not in the manifest");
  }

  @Test
  void aBundleTakesNoEvidenceThatWasAltered() throws IOException {
    Incident incident = closable();
    Files.writeString(incidents.evidence(incident.id()).get(0).file(), "better");
    Path bundle = directory.resolve("bundle");
    assertThatThrownBy(() -> incidents.bundle(incident.id(), bundle))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("evidence #1 status: expected sha256 ");
    assertThat(bundle).doesNotExist();
  }

  @Test
  void lookingAThousandTimesChangesNoByte() throws IOException {
    Incident incident = closable();
    incidents.note(incident.id(), "a note", "bob");
    Map<String, String> before = bytes();
    int toldBefore = told().size();
    for (int i = 0; i < 1000; i++) {
      incidents.check(incident.id());
      incidents.incidents();
      incidents.notes(incident.id());
      incidents.evidence(incident.id());
      new GateLedger(state, bus).history(GATE).passes(2, Duration.ofMinutes(30));
    }
    assertThat(bytes()).isEqualTo(before);
    assertThat(told()).hasSize(toldBefore);
  }

  private Map<String, String> bytes() throws IOException {
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

  @Test
  void badInputIsNamed() {
    Incident incident = opened();
    assertThatThrownBy(() -> incidents.note("inc-9", "text", "bob"))
        .hasMessage("incident: expected one that is known, got inc-9");
    assertThatThrownBy(() -> incidents.open("a\nb", "f", ClosureRequirements.ofDefaults(), "x"))
        .hasMessageContaining("title: expected a name");
    assertThatThrownBy(() -> incidents.note(incident.id(), "x".repeat(70_000), "bob"))
        .hasMessage(
            "note: expected at most 65536 characters (more belongs into evidence), got 70000");
    assertThatThrownBy(() -> ClosureRequirements.ofDefaults().withEvidence("a/b"))
        .hasMessageContaining("evidence: expected a name of 1 to 100 letters");
    assertThatThrownBy(() -> incidents.note(incident.id(), " ", "bob"))
        .hasMessage("note: expected words, got \" \"");
    assertThatThrownBy(() -> incidents.attach(incident.id(), "../status", "x", "bob"))
        .hasMessageContaining("evidence: expected a name of 1 to 100 letters");
    assertThatThrownBy(
            () -> incidents.attach(incident.id(), "status", directory.resolve("no"), "bob"))
        .hasMessageContaining("evidence status: expected a file that can be read, got");
    assertThatThrownBy(() -> incidents.reopen(incident.id(), "why", "bob"))
        .hasMessage("incident inc-1: expected to be resolved, is open");
    assertThatThrownBy(
            () -> incidents.open("t", "f", ClosureRequirements.ofDefaults().withGates(), "alice"))
        .hasMessage("gates: expected at least one, got none");
  }
}
