package dev.reliability.testkit.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.incident.Change;
import dev.reliability.core.incident.ClosureRequirements;
import dev.reliability.core.incident.EvidenceBundle;
import dev.reliability.core.incident.Incident;
import dev.reliability.core.incident.IncidentRegistry;
import dev.reliability.core.incident.Note;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.Stubs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Incidents that close only with evidence. */
class IncidentRegistryTest extends IncidentFixture {
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

  @Test
  void aDocumentThatLeadsToAnIncidentAndCannotBeReadIsNamed() {
    state.write("incident-fingerprint/f", StateStore.NEW, Map.of("fingerprint", "f"));
    assertThatThrownBy(() -> incidents.open("t", "f", ClosureRequirements.ofDefaults(), "alice"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("document incident-fingerprint/f is no part of an incident");
    assertThatThrownBy(() -> incidents.recurred("f", "1", world.time().wall(), ""))
        .isInstanceOf(StoreException.class);
  }
}
