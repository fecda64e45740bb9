package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunState;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.jdbc.JdbcEventSink;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.EventCodec;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalFilter;
import dev.reliability.journal.JournalWriter;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as an operator meets it. */
class CommandTest {
  private static final String NOW = "2026-01-01T01:00:00Z";
  private static final List<String> LOOKING =
      List.of(
          "trace",
          "reliability",
          "timeline",
          "hotspots",
          "explain-zero",
          "correlate",
          "unclassified",
          "locks",
          "lanes",
          "incident list",
          "status",
          "fingerprints");

  @TempDir private Path directory;

  private Told verb(String words, String... more) {
    return Told.by(
        Stream.of(
                Stream.of(words.split(" ")),
                Stream.of(more),
                Stream.of("--dir", directory.toString()))
            .flatMap(all -> all)
            .toArray(String[]::new));
  }

  /** An installation: one run that was well and one that was silent, in simulated time. */
  private void installation() {
    World world = World.create(1);
    try (JournalWriter journal = JournalWriter.open(directory)) {
      EventBus bus = EventBus.builder(world).sink(journal).build();
      RunSupervisor supervisor = RunSupervisor.builder().bus(bus).build();
      WorkerScript well =
          WorkerScript.idle()
              .at(Duration.ofSeconds(1), new WorkerScript.Result("ok"))
              .exitAt(Duration.ofSeconds(2), 0);
      world.await(supervisor.run(Work.of("lane", "one"), FakeWorker.playing(world, well)));
      var silent =
          supervisor.run(Work.of("lane", "two"), FakeWorker.playing(world, WorkerScript.idle()));
      assertThat(world.await(silent).ended().orElseThrow().state()).isEqualTo(RunState.FAILED);
      supervisor.close();
      bus.close();
    }
    store(store -> {});
  }

  private void store(Consumer<JdbcStore> work) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("reliability.db"));
    try (HikariDataSource pool = new HikariDataSource(config)) {
      work.accept(JdbcStore.open(pool));
    }
  }

  @Test
  void everyVerbThatLooksPrintsOneDocumentAndNothingElse() {
    installation();
    for (String words : LOOKING) {
      Told result = verb(words, "--json", "--now", NOW);
      assertThat(result.code()).as(words).isZero();
      assertThat(result.err()).as(words).isEmpty();
      JsonNode json = result.json();
      assertThat(json.fieldNames())
          .toIterable()
          .containsExactly(
              "schema",
              "tool",
              "verb",
              "generatedAt",
              "window",
              "journal",
              "verdict",
              "summary",
              "checks",
              "next");
      assertThat(json.get("verb").asText()).isEqualTo(words);
      assertThat(json.get("generatedAt").asText()).isEqualTo(NOW);
    }
  }

  @Test
  void theSameJournalAndTheSameTimeGiveTheSameBytes(@TempDir Path elsewhere) throws IOException {
    installation();
    for (String words : LOOKING) {
      Path file = elsewhere.resolve("out.json");
      Told first = verb(words, "--json", "--now", NOW, "--json-out", file.toString());
      assertThat(verb(words, "--json", "--now", NOW).out()).isEqualTo(first.out());
      assertThat(Files.readString(file)).isEqualTo(first.out());
      assertThat(verb(words, "--now", NOW).out()).isEqualTo(verb(words, "--now", NOW).out());
    }
  }

  @Test
  void whoeverLooksChangesNoJournalAndNoDocument() throws IOException {
    installation();
    Map<String, String> before = journals();
    for (String words : LOOKING) {
      verb(words);
    }
    assertThat(journals()).isEqualTo(before);
    store(store -> assertThat(store.states().names("")).isEmpty());
  }

  private Map<String, String> journals() throws IOException {
    Map<String, String> journals = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(one -> one.toString().contains("journal-")).toList()) {
        journals.put(file.toString(), Files.readString(file));
      }
    }
    return journals;
  }

  @Test
  void aTraceNamesTheRootCauseOfEachEnd() {
    installation();
    Told result = verb("trace", "--now", NOW, "--lane", "lane");
    assertThat(result.out())
        .contains("run.ended lane/two", "no_output_timeout 1", "completed 1")
        .contains("dispatch_payload_messages 0")
        .contains("no_output_events_with_wa_close_within_120s 0");
    assertThat(verb("trace", "--now", NOW, "--until", "2026-01-01T00:00:01Z").out())
        .doesNotContain("run.ended");
  }

  @Test
  void anEmptyWindowIsAnEmptyReport() {
    installation();
    Told result = verb("hotspots", "--window-hours", "24", "--now", "2027-01-01T00:00:00Z");
    assertThat(result.code()).isZero();
    assertThat(result.out()).isEqualTo("0 runs failed\n");
  }

  @Test
  void aJournalThatIsBrokenIsReadAsFarAsItGoesAndThatIsSaid() throws IOException {
    installation();
    Path journal = Path.of(journals().keySet().iterator().next());
    String text = Files.readString(journal, StandardCharsets.UTF_8);
    List<String> lines = text.lines().toList();
    Files.writeString(
        journal,
        String.join("\n", lines.subList(0, 3))
            + "\nno event\n"
            + String.join("\n", lines.subList(4, lines.size()))
            + "\n{\"v\":1,\"ep");
    Told result = verb("trace", "--now", NOW);
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("journal: 1 gaps, 1 lines that cannot be read, 1 torn")
        .contains("run.ended lane/two");
    assertThat(verb("trace", "--now", NOW, "--json").json().get("journal").get("gaps").asInt())
        .isEqualTo(1);
  }

  @Test
  void aReportThatFindsACauseExitsWithZeroUnlessItIsToldOtherwise() {
    installation();
    assertThat(verb("correlate", "--now", NOW).code()).isZero();
    assertThat(verb("correlate", "--now", NOW, "--fail-on", "inconclusive").code()).isEqualTo(1);
    assertThat(verb("correlate", "--now", NOW, "--fail-on", "primary_trigger").code()).isZero();
  }

  @Test
  void badInputIsNamedAndExitsWithTwo() {
    installation();
    assertThat(verb("trace", "--since", "yesterday"))
        .satisfies(
            result -> {
              assertThat(result.code()).isEqualTo(2);
              assertThat(result.err()).contains("--since", "\"yesterday\"", "2026-02-28T00:00:00");
              assertThat(result.out()).isEmpty();
            });
    assertThat(verb("trace", "--since", NOW, "--window-hours", "3").code()).isEqualTo(2);
    assertThat(verb("trace", "--since", NOW, "--until", "2025-01-01T00:00:00Z").err())
        .contains("until: expected a time that is not before");
    assertThat(Told.by("nonsense").code()).isEqualTo(2);
    assertThat(Told.by("locks", "--dir", directory.resolve("no").toString()))
        .satisfies(
            result -> {
              assertThat(result.code()).isEqualTo(2);
              assertThat(result.err()).contains("there is no", "reliability.db");
            });
    assertThat(verb("incident show inc-7").err()).contains("expected one that is known, got inc-7");
    assertThat(Files.exists(directory.resolve("no"))).isFalse();
  }

  @Test
  void aStoreThatDoesNotAnswerExitsWithThreeAndShowsNoPassword() throws IOException {
    Files.writeString(directory.resolve("reliability.db"), "no database");
    Told result = verb("locks");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err()).contains("cannot be used");
    result = verb("locks", "--store", "jdbc:postgresql://127.0.0.1:1/x?user=u&password=hunter2");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err()).contains("password=***").doesNotContain("hunter2");
  }

  @Test
  void aLaneIsPausedAndResumedAndThatIsInTheJournal() {
    installation();
    assertThat(verb("pause lane-1", "--actor", "bob", "--reason", "flood").out())
        .startsWith("paused  lane-1 since ")
        .endsWith(" by bob: flood\n");
    assertThat(verb("lanes", "--json").json().get("summary").get("paused").asInt()).isEqualTo(1);
    assertThat(verb("resume lane-1", "--actor", "bob", "--reason", "dry").out())
        .startsWith("running lane-1")
        .doesNotContain("was not paused");
    assertThat(verb("resume lane-2", "--actor", "bob", "--reason", "dry").out())
        .startsWith("running lane-2, episode 0\nit was not paused");
    assertThat(verb("trace", "--window-hours", "1").out())
        .contains("lane.paused lane-1", "lane.resumed lane-1");
    assertThat(verb("pause lane-1").code()).isEqualTo(2);
  }

  @Test
  void anIncidentClosesOnlyWithEverythingThatItTakes() throws IOException {
    installation();
    assertThat(
            verb(
                    "incident open",
                    "It times out",
                    "--fingerprint",
                    "f",
                    "--actor",
                    "a",
                    "--evidence",
                    "status")
                .out())
        .isEqualTo("open inc-1 It times out (f)\n");
    Told refused = verb("incident resolve inc-1", "--actor", "a", "--confirm", "over");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.out()).contains("FAIL fix:", "FAIL gate worker-connectivity:");
    verb("incident note inc-1", "looked into it", "--actor", "b");
    verb("incident fix inc-1", "mended", "--actor", "a");
    Path status = Files.writeString(directory.resolve("status.txt"), "well");
    assertThat(verb("incident attach inc-1 status", status.toString(), "--actor", "a").code())
        .isZero();
    passes();
    Told check = verb("incident check inc-1");
    assertThat(check.code()).isZero();
    assertThat(check.out()).contains("next: reliability incident resolve inc-1");
    assertThat(verb("incident resolve inc-1", "--actor", "a", "--confirm", "over").out())
        .endsWith("resolved inc-1 It times out (f)\n");
    assertThat(verb("incident show inc-1").out()).contains("note #1 by b: looked into it");
    Path bundle = directory.resolve("bundle");
    assertThat(verb("bundle inc-1", "--out", bundle.toString()).code()).isZero();
    assertThat(verb("bundle", "--verify", bundle.toString()).code()).isZero();
    Files.writeString(bundle.resolve("incident.txt"), "all was well");
    assertThat(verb("bundle", "--verify", bundle.toString()).code()).isEqualTo(1);
    Told again = verb("incident reopen inc-1", "--actor", "a", "--reason", "no", "--json");
    assertThat(again.code()).isZero();
    assertThat(again.json().at("/summary/status").asText()).isEqualTo("open");
    assertThat(verb("incident reopen inc-1", "--actor", "a", "--reason", "no").code()).isEqualTo(2);
  }

  private void passes() {
    store(
        store -> {
          try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
              EventBus bus = EventBus.builder(runtime).build()) {
            for (int i = 0; i < 2; i++) {
              new GateLedger(store.states(), bus)
                  .record(
                      new GateReport(
                          "judgement-" + i,
                          "worker-connectivity",
                          GateVerdict.GO,
                          runtime.time().wall(),
                          "node",
                          "epoch",
                          i * Duration.ofMinutes(30).toNanos(),
                          "",
                          List.of(GateLine.pass("lane", "well"))));
            }
          }
        });
  }

  @Test
  void journalsOfSeveralNodesAndTheStoresEventsAreReadAsOne() throws IOException {
    installation();
    Path other = Files.createDirectories(directory.resolve("other"));
    Path here;
    try (Stream<Path> files = Files.list(directory)) {
      here = files.filter(one -> one.toString().endsWith(".jsonl")).findFirst().orElseThrow();
    }
    List<String> lines = Files.readAllLines(here);
    int half = lines.size() / 2;
    store(
        store -> {
          try (JdbcEventSink sink = store.events()) {
            // The end of what is here, and once more some of it; and another incarnation.
            lines.subList(half - 3, lines.size()).forEach(l -> sink.accept(EventCodec.decode(l)));
            lines.forEach(l -> sink.accept(EventCodec.decode(ofEpoch("elsewhere", l))));
          }
        });
    Files.write(here, lines.subList(0, half));
    Files.writeString(
        other.resolve("journal-third.jsonl"), ofEpoch("third", String.join("\n", lines)) + "\n");

    JsonNode alone = verb("trace", "--json", "--now", NOW).json().get("journal");
    assertThat(alone.get("events").asInt()).isEqualTo(half);
    JsonNode all =
        verb("trace", "--json", "--now", NOW, "--events", "--journal", other.toString())
            .json()
            .get("journal");
    assertThat(all.get("events").asInt()).isEqualTo(3 * lines.size());
    assertThat(all.get("gaps").asInt()).isZero();
    assertThat(verb("trace", "--journal", "nowhere").code()).isEqualTo(2);
  }

  private static String ofEpoch(String epoch, String lines) {
    return lines.replaceAll("\"epoch\":\"[^\"]*\"", "\"epoch\":\"" + epoch + "\"");
  }

  @Test
  void aStoreOfWhichThereIsNoJournalIsReadAlone() {
    installation();
    store(
        store -> {
          try (JdbcEventSink sink = store.events();
              Journals none =
                  Journals.of(
                      List.of(directory), JournalFilter.ALL, (e, s, t) -> {}, Runnable::run)) {
            none.forEachRemaining(entry -> sink.accept(((JournalEntry.Read) entry).event()));
          }
        });
    String url = "jdbc:sqlite:" + directory.resolve("reliability.db");
    Told told =
        Told.by("hotspots", "--json", "--now", NOW, "--events", "--store", url, "--dir", "nowhere");
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.json().get("summary").get("failedRuns").get("count").asInt()).isEqualTo(1);
  }

  @Test
  void aScriptForShellsCompletesEveryVerb() throws IOException, InterruptedException {
    Told told = Told.by("generate-completion");
    assertThat(told.code()).isZero();
    assertThat(told.out()).contains("explain-zero").contains("--window-hours");
    Path script = Files.writeString(directory.resolve("completion"), told.out());
    assertThat(new ProcessBuilder("bash", "-n", script.toString()).start().waitFor()).isZero();
  }
}
