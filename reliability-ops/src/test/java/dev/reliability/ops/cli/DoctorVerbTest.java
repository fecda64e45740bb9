package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.core.check.CheckResult;
import dev.reliability.core.check.DependencyEscalation;
import dev.reliability.core.check.EscalationHook;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.guard.EffectBudget;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.retry.Retry;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Safeguards are on because they were seen to be, and for no other reason. */
@Timeout(120)
class DoctorVerbTest {
  private static final WorkerScript WELL =
      WorkerScript.idle()
          .at(Duration.ofSeconds(1), new WorkerScript.Result("ok"))
          .exitAt(Duration.ofSeconds(2), 0);
  private static final WorkerScript FAILS = WorkerScript.idle().exitAt(Duration.ofSeconds(1), 3);

  @TempDir private Path directory;
  private Calls calls;

  /** What a host does or leaves out. */
  private enum Habit {
    CHECKS_AT_START,
    CHECKS_WHILE_RUNNING,
    ESCALATES,
    CLAIMS,
    TESTS_ITSELF,
    RETRIES,
    HAS_EFFECTS
  }

  @BeforeEach
  void begin() {
    calls = new Calls(directory);
  }

  /** A host that has run for a while with these habits; when it was heard of last. */
  private Instant host(Habit... habits) {
    List<Habit> has = Arrays.asList(habits);
    try (Journalling host = new Journalling(directory);
        Ledger ledger = Ledger.open(directory.resolve("ledger"), host.bus.epoch())) {
      StateStore state = new InMemoryStateStore();
      Preflight.Builder checks =
          Preflight.builder(host.bus)
              .check(
                  "templates",
                  context -> CompletableFuture.completedFuture(CheckResult.passed("there")));
      if (has.contains(Habit.ESCALATES)) {
        EscalationHook hook = (name, failures, why) -> {};
        checks.escalation(new DependencyEscalation(state, host.bus, hook));
      }
      Preflight preflight = checks.build();
      if (has.contains(Habit.CHECKS_AT_START)) {
        preflight.requireAll();
      }
      RunSupervisor.Builder builder = RunSupervisor.builder().bus(host.bus);
      if (has.contains(Habit.CLAIMS)) {
        builder
            .leases(new InMemoryLeaseStore(host.world.time()))
            .lanes(state, (lane, episode, failure) -> {});
      }
      RunSupervisor supervisor = builder.build();
      host.world.await(supervisor.run(Work.of("lane", "a"), FakeWorker.playing(host.world, WELL)));
      host.world.await(supervisor.run(Work.of("lane", "b"), FakeWorker.playing(host.world, FAILS)));
      if (has.contains(Habit.RETRIES)) {
        host.world.await(
            Retry.builder("fetch", RetryPolicy.ofDefaults(), host.bus)
                .build()
                .start(
                    attempt ->
                        attempt.number() == 1
                            ? CompletableFuture.failedFuture(new IOException("down"))
                            : CompletableFuture.completedFuture("up"))
                .outcome());
      }
      if (has.contains(Habit.HAS_EFFECTS)) {
        EffectBudget.perScope(state, host.bus, "review", 1).use("lane/a", "review-1");
      }
      if (has.contains(Habit.TESTS_ITSELF)) {
        Reconciler.builder(host.bus, new InMemoryRunStore()).build().selfTest();
      }
      host.world.advance(Duration.ofMinutes(20));
      if (has.contains(Habit.CHECKS_WHILE_RUNNING)) {
        host.world.await(preflight.run());
      }
      host.world.advance(Duration.ofMinutes(1));
      supervisor.close();
      assertThat(ledger.entries()).isEmpty();
      return host.now().plusSeconds(1);
    }
  }

  private Told doctor(Instant now, String... more) {
    return calls.verb("doctor --now " + now, more);
  }

  private static Map<String, String> states(Told result) {
    Map<String, String> states = new TreeMap<>();
    for (JsonNode one : result.json().get("checks")) {
      states.put(one.get("name").asText(), one.get("state").asText());
    }
    return states;
  }

  @DisplayName("the safeguards that would get us to 100%")
  @Test
  void ofAWellKeptHostAllAreOnAndNothingCanHappenAgain() {
    calls.write("alertmanager.up", "yes");
    calls.write(
        "reliability.json",
        """
        {"dependencies": [{"name": "alerts", "files": ["alertmanager.up"]}],
         "doctor": {"alerts": ["alerts"], "diskFree": "1MiB"}}
        """);
    calls.store(store -> {});
    Instant now = host(Habit.values());
    Map<String, String> before = calls.files();
    Told result = doctor(now, "--json");
    assertThat(states(result)).hasSize(15).allSatisfy((name, on) -> assertThat(on).isEqualTo("ON"));
    assertThat(result.code()).isZero();
    assertThat(result.json().get("summary").get("canItHappenAgain"))
        .hasSize(7)
        .allSatisfy(answer -> assertThat(answer.asText()).isEqualTo("NO"));
    assertThat(doctor(now).lines())
        .contains("15 of 15 safeguards are on")
        .anyMatch(line -> line.matches("ON      checks_at_start: 1 checks passed .* \\[.*#\\d+\\]"))
        .anyMatch(
            line -> line.matches("ON      run_deadline: at most PT1H in all 1 lanes \\[.*#\\d+\\]"))
        .contains("can it happen again that two work on the same item? NO");
    assertThat(doctor(now)).isEqualTo(doctor(now));
    assertThat(calls.files()).isEqualTo(before);
  }

  @Test
  void ofAHostWithoutHabitsWhatWasSeenToBeMissingIsOffAndTheRestIsUnknown() {
    calls.write(
        "reliability.json", "{\"doctor\": {\"longestRun\": \"5m\", \"diskFree\": \"1MiB\"}}");
    Told result = doctor(host(), "--json");
    assertThat(result.code()).isEqualTo(1);
    assertThat(states(result))
        .containsEntry("checks_at_start", "OFF")
        .containsEntry("checks_while_running", "OFF")
        .containsEntry("bounded_retries", "UNKNOWN")
        .containsEntry("start_deadline", "ON")
        .containsEntry("run_deadline", "OFF")
        .containsEntry("escalation", "UNKNOWN")
        .containsEntry("alerts", "UNKNOWN")
        .containsEntry("claims", "OFF")
        .containsEntry("lane_breaker", "OFF")
        .containsEntry("effect_budget", "UNKNOWN")
        .containsEntry("reconciler", "OFF")
        .containsEntry("journal", "ON")
        .containsEntry("disk", "ON")
        .containsEntry("stores", "UNKNOWN")
        .containsEntry("orphans", "ON");
    JsonNode again = result.json().get("summary").get("canItHappenAgain");
    assertThat(again.get("two work on the same item").asText()).isEqualTo("YES");
    assertThat(again.get("the same is posted again and again").asText()).isEqualTo("MAYBE");
    assertThat(again.get("nobody can say what happened").asText()).isEqualTo("NO");
  }

  @Test
  void checksThatStoppedAreNotChecksWhileRunning() {
    Instant now = host(Habit.CHECKS_AT_START, Habit.TESTS_ITSELF);
    assertThat(doctor(now).out())
        .contains(
            "ON      checks_at_start", "OFF     checks_while_running: there was no preflight");
  }

  @Test
  void anIncarnationThatIsNamedIsJudgedAndNotTheOneThatRanLast() {
    Instant now = host(Habit.CHECKS_AT_START, Habit.CLAIMS);
    String kept = calls.events().get(0).id().epoch();
    Instant later;
    try (Journalling host = new Journalling(directory)) {
      host.world.advance(Duration.ofHours(1));
      RunSupervisor supervisor = RunSupervisor.builder().bus(host.bus).build();
      host.world.await(supervisor.run(Work.of("l", "a"), FakeWorker.playing(host.world, WELL)));
      supervisor.close();
      later = host.now().plusSeconds(1);
    }
    assertThat(later).isAfter(now);
    assertThat(doctor(later).out()).contains("OFF     claims: ");
    assertThat(doctor(later, "--incarnation", kept).out())
        .contains("of incarnation " + kept, "ON      claims: ");
    assertThat(doctor(later, "--incarnation", "nobody").out()).contains("UNKNOWN claims: ");
  }

  @Test
  void whereNothingRanNobodyCanSay() {
    calls.write(
        "reliability.json", "{\"doctor\": {\"without\": [\"journal\", \"disk\", \"orphans\"]}}");
    Told result = doctor(Instant.parse("2026-01-01T00:00:00Z"), "--json");
    assertThat(states(result)).hasSize(12).allSatisfy((k, v) -> assertThat(v).isEqualTo("UNKNOWN"));
    assertThat(result.code()).isEqualTo(3);
    assertThat(doctor(Instant.parse("2026-01-01T00:00:00Z")).out())
        .contains("not asked for: orphans", "nothing ran in [");
  }

  @Test
  void aDetectorWhoseLastTestIsOldOrFailedIsOff() {
    try (Journalling host = new Journalling(directory)) {
      RunSupervisor supervisor = RunSupervisor.builder().bus(host.bus).build();
      host.world.await(supervisor.run(Work.of("l", "a"), FakeWorker.playing(host.world, WELL)));
      host.selfTest(true);
      host.world.advance(Duration.ofHours(3));
      assertThat(doctor(host.now().plusSeconds(1)).out())
          .contains("OFF     reconciler: its last self-test is from");
      host.selfTest(false);
      assertThat(doctor(host.now().plusSeconds(1)).out())
          .contains("OFF     reconciler: its self-test failed: found nothing");
      supervisor.close();
    }
  }

  @Test
  void aJournalThatIsTornAndAStoreThatIsNoneAreOff() throws IOException {
    Instant now = host(Habit.CLAIMS);
    calls.write("reliability.db", "no database");
    String name =
        calls.files().keySet().stream().filter(f -> f.startsWith("journal-")).findFirst().get();
    Files.writeString(directory.resolve(name), calls.files().get(name) + "{\"v\":1,");
    assertThat(doctor(now).out())
        .contains("OFF     journal: it is not whole: journal: 0 gaps, 0 lines that cannot be read")
        .contains("OFF     stores: the store ", "cannot be used");
    Files.writeString(directory.resolve(name), "\0\0 garbage\n");
    assertThat(doctor(now).out()).contains("OFF     journal: ", "nothing ran in");
  }

  @Test
  void longerTimeoutsThanAreAskedForAreNamedWithTheirLane() {
    Instant now;
    try (Journalling host = new Journalling(directory)) {
      RunPolicy policy =
          RunPolicy.builder()
              .lane("slow", timeouts -> timeouts.withHard(Duration.ofHours(9)))
              .build();
      RunSupervisor supervisor = RunSupervisor.builder().bus(host.bus).policy(policy).build();
      host.world.await(supervisor.run(Work.of("slow", "a"), FakeWorker.playing(host.world, WELL)));
      host.world.await(supervisor.run(Work.of("fast", "a"), FakeWorker.playing(host.world, WELL)));
      now = host.now().plusSeconds(1);
      supervisor.close();
    }
    assertThat(doctor(now).out()).contains("OFF     run_deadline: more than PT1H: [slow PT9H] [");
  }

  @Test
  void badInputIsNamedAndExitsWithTwo() {
    assertThat(Told.by("doctor", "--dir", directory + "/no").err()).contains("no journal in");
    calls.write("reliability.json", "{\"doctor\": {\"without\": [\"everything\"]}}");
    assertThat(calls.verb("doctor"))
        .satisfies(
            result -> {
              assertThat(result.code()).isEqualTo(2);
              assertThat(result.err())
                  .contains("doctor.without[0]: expected one of [checks_at_start,", "everything");
            });
    calls.write("reliability.json", "{}");
    assertThat(calls.verb("doctor --window-hours 0").code()).isEqualTo(2);
  }
}
