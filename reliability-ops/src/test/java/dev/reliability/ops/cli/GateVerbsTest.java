package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.GateEvent;
import dev.reliability.core.gate.ConnectivityGate;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.health.Criterion;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.Probe;
import dev.reliability.core.health.ReadinessEvaluator;
import dev.reliability.core.health.ReadinessGate;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.RunRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whether work gets through, as an operator asks, and when that was often enough. */
@Timeout(120)
class GateVerbsTest {
  private static final String GATE = "worker-connectivity";

  @TempDir private Path directory;
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final Instant now = runtime.time().wall();
  private Calls calls;

  @BeforeEach
  void begin() {
    calls = new Calls(directory);
    calls.write(
        "reliability.json",
        """
        {"dependencies": [{"name": "templates", "files": ["reliability.json"]}],
         "gate": {"required": ["jarvis-worker-1", "jarvis-worker-2"], "onDemand": ["idle"]}}
        """);
  }

  @AfterEach
  void end() {
    runtime.close();
  }

  /** The host tries out both lanes, each with a real process, and judges. */
  private void probed(String second) {
    calls.store(
        store -> {
          try (EventBus bus = EventBus.builder(runtime).build();
              ProcessRuntime processes = ProcessRuntime.system(runtime);
              RunSupervisor supervisor =
                  RunSupervisor.builder().bus(bus).store(store.runs()).build()) {
            ConnectivityGate.builder(
                    bus,
                    store.states(),
                    Reconciler.builder(bus, store.runs()).supervisor(supervisor).build())
                .lane(
                    "jarvis-worker-1",
                    lane -> supervisor.run(work(bus, lane), processes.worker(says("exit 0"))))
                .lane(
                    "jarvis-worker-2",
                    lane -> supervisor.run(work(bus, lane), processes.worker(says(second))))
                .build()
                .judge()
                .join();
          }
        });
  }

  private static Work work(EventBus bus, String lane) {
    return Work.of(lane, "probe-" + bus.newId());
  }

  private static ProcessSpec says(String then) {
    return ProcessSpec.of("sh", "-c", "echo well; " + then);
  }

  private String in(Duration time) {
    return now.plus(time).toString();
  }

  @DisplayName("verify-worker-connectivity deterministic pass/fail with explicit reasons")
  @Test
  void theSameFactsGiveTheSameLinesAndTheSameCode() {
    probed("exit 3");
    String[] words = {"verify-worker-connectivity", "--now", in(Duration.ofMinutes(1))};
    Told result = calls.verb("", words);
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.lines())
        .contains("PASS check templates: all 1 files are there", "FAIL gate " + GATE)
        .anyMatch(line -> line.startsWith("PASS lane jarvis-worker-1: its probe done, completed"))
        .anyMatch(line -> line.matches("FAIL lane jarvis-worker-2: its probe failed, .*"))
        .anyMatch(line -> line.matches("  lane=jarvis-worker-2 run=\\S+ state=failed reason=.*"))
        .contains("PASS stale queued: 0 of 0 open records")
        .contains("on demand, and not asked for: lane idle");
    for (int i = 0; i < 3; i++) {
      assertThat(calls.verb("", words)).isEqualTo(result);
    }
  }

  @Test
  void aPassIsRecordedAndToldAndTheSecondOneOpensTheGate() {
    probed("exit 0");
    Told result = calls.verb("verify");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("PASS gate worker-connectivity", "recorded: 1 of 2 passes that are PT30M apart")
        .containsPattern("next: verify again at \\S+ or later");
    assertThat(calls.events().stream().map(Event::data))
        .filteredOn(GateEvent.Judged.class::isInstance)
        .singleElement()
        .satisfies(data -> assertThat(((GateEvent.Judged) data).verdict()).isEqualTo("go"));
    assertThat(calls.verb("verify").out()).contains("recorded: 1 of 2 passes");
    assertThat(calls.verb("gate").code()).isEqualTo(1);
    halfAnHourLater(
        calls.verb("verify", "--json").json().get("summary").get("configHash").asText());
    Told gate = calls.verb("gate", "--json");
    assertThat(gate.code()).isZero();
    assertThat(gate.json().get("verdict").asText()).isEqualTo("OPEN");
    assertThat(gate.json().get("summary").get("passesCounted").asInt()).isEqualTo(2);
  }

  /** Another incarnation of this node, whose wall clock says that half an hour has passed. */
  private void halfAnHourLater(String configHash) {
    calls.store(
        store -> {
          try (EventBus bus = EventBus.builder(runtime).build()) {
            new GateLedger(store.states(), bus)
                .record(
                    new GateReport(
                        "later",
                        GATE,
                        GateVerdict.GO,
                        runtime.time().wall().plus(Duration.ofMinutes(31)),
                        runtime.node(),
                        "later",
                        0,
                        configHash,
                        List.of(GateLine.pass("lane", "well"))));
          }
        });
  }

  @Test
  void withATimeOfItsOwnOrOnRequestNothingIsRecorded() {
    probed("exit 0");
    Map<String, String> before = calls.files();
    assertThat(calls.verb("verify", "--now", in(Duration.ofMinutes(1))).out())
        .contains("PASS gate", "recorded nothing");
    assertThat(calls.verb("verify --no-record").out()).contains("recorded nothing");
    assertThat(calls.verb("gate").lines())
        .filteredOn(line -> line.contains("judgement #"))
        .hasSize(1);
    assertThat(calls.files()).isEqualTo(before);
  }

  @Test
  void probesThatAreOldOrWereNeverMadeAreFailures() {
    probed("exit 0");
    assertThat(calls.verb("verify", "--now", in(Duration.ofMinutes(62))).out())
        .containsPattern("FAIL lane jarvis-worker-1: last probed PT1H\\S+ ago, more than PT1H");
    Told other = calls.verb("verify --lane jarvis-worker-3 --no-record");
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.out())
        .contains("FAIL lane jarvis-worker-3: never probed")
        .doesNotContain("jarvis-worker-1");
  }

  @Test
  void whatNobodyCanSayIsNoPassAndWithStrictAFailure() {
    probed("exit 0");
    calls.store(
        store -> store.runs().create(RunRecord.queued("r", "lane", "item", "somebody", now)));
    Told result = calls.verb("verify --no-record");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.out()).contains("INCONCLUSIVE stale queued", "INCONCLUSIVE gate");
    assertThat(calls.verb("verify --no-record --strict").code()).isEqualTo(1);
  }

  @Test
  void aRequiredDependencyFailsItAndAnOptionalOneDoesNot() {
    probed("exit 0");
    calls.write(
        "reliability.json",
        """
        {"dependencies": [{"name": "mirror", "files": ["gone"], "required": %s}],
         "gate": {"required": ["jarvis-worker-1"]}}
        """
            .formatted("false"));
    assertThat(calls.verb("verify --no-record").out())
        .contains("PASS check mirror: optional, and it failed: gone");
    calls.write(
        "reliability.json",
        "{\"dependencies\": [{\"name\": \"mirror\", \"files\": [\"gone\"]}],"
            + "\"gate\": {\"required\": [\"jarvis-worker-1\"]}}");
    Told result = calls.verb("verify --no-record");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("FAIL check mirror: gone");
  }

  @Test
  void theHistoryIsShownWithoutAChangeAndSoIsReadiness() {
    calls.store(store -> {});
    Told never = calls.verb("gate", "--now", now.toString());
    assertThat(never.code()).isEqualTo(3);
    assertThat(never.lines())
        .containsExactly(
            "INCONCLUSIVE gate worker-connectivity: never judged",
            "next: verify now, and 1 more PT30M on");
    calls.store(
        store -> {
          try (EventBus bus = EventBus.builder(runtime).build()) {
            ReadinessGate gate =
                ReadinessGate.builder("handoff").criterion(Criterion.named("cron")).build();
            ReadinessEvaluator.builder(gate, store.states(), bus)
                .probe(
                    "cron", () -> CompletableFuture.completedFuture(Probe.Answer.ok("none late")))
                .build()
                .evaluate()
                .join();
          }
        });
    halfAnHourLater("hash");
    Map<String, String> before = calls.files();
    Told gate = calls.verb("gate", "--now", now.toString());
    assertThat(gate.code()).isEqualTo(1);
    assertThat(gate.out())
        .contains("counts     ", "readiness handoff: last evaluated to be GO")
        .containsPattern("next: verify at \\S+ or later");
    assertThat(calls.verb("gate", "--now", now.toString())).isEqualTo(gate);
    assertThat(calls.files()).isEqualTo(before);
  }

  @Test
  void badInputIsNamedAndExitsWithTwo() {
    assertThat(calls.verb("gate").err()).contains("there is no", "reliability.db");
    calls.store(store -> {});
    calls.write("reliability.json", "{}");
    assertThat(calls.verb("verify"))
        .satisfies(
            result -> {
              assertThat(result.code()).isEqualTo(2);
              assertThat(result.err()).contains("there is no lane to verify", "--lane");
            });
    assertThat(calls.verb("verify", "--lane", " ").code()).isEqualTo(2);
    assertThat(calls.verb("verify --lane a --lane a").err()).contains("got a twice");
  }
}
