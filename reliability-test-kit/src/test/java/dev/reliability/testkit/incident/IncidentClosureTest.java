package dev.reliability.testkit.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.incident.Change;
import dev.reliability.core.incident.ClosureRequirements;
import dev.reliability.core.incident.Confirmation;
import dev.reliability.core.incident.Evidence;
import dev.reliability.core.incident.Incident;
import dev.reliability.core.incident.IncidentRegistry;
import dev.reliability.core.incident.Resolution;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.Stubs;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What it takes to close an incident. */
class IncidentClosureTest extends IncidentFixture {
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
}
