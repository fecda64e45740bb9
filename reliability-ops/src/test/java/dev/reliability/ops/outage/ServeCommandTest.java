package dev.reliability.ops.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalWriter;
import dev.reliability.ops.cli.Told;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command's {@code serve}, as a process of its own and as bad input meets it. */
@Tag("once")
@Timeout(180)
class ServeCommandTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void installation() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("reliability.db"));
    try (HikariDataSource pool = new HikariDataSource(config)) {
      assertThat(JdbcStore.open(pool).leases().lanes()).isEmpty();
    }
    assertThat(verb("pause", "andy-developer", "--actor", "bob", "--reason", "flood").code())
        .isZero();
  }

  private Told verb(String... words) {
    return Told.by(
        Stream.concat(Stream.of(words), Stream.of("--dir", directory.toString()))
            .toArray(String[]::new));
  }

  private HttpResponse<String> get(URI base, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(base.resolve(path)).timeout(LONG).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(Served served, String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(served.url().resolve(path))
            .timeout(LONG)
            .header("Authorization", "Bearer " + served.open().getFragment().substring(6))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void itTellsWhatIsAndWhatAnOperatorDoesStandsInTheJournal() throws Exception {
    try (Served served = Served.start(directory)) {
      assertThat(get(served.url(), "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(served.url(), "/readyz").statusCode()).isEqualTo(200);
      JsonNode lane =
          MAPPER
              .readTree(get(served.url(), "/api/status").body())
              .at("/sections/lanes/andy-developer");
      assertThat(lane.get("paused").asBoolean()).isTrue();
      assertThat(lane.get("actor").asText()).isEqualTo("bob");
      assertThat(get(served.url(), "/metrics").body())
          .contains("reliability_lane_paused{lane=\"andy-developer\"} 1.0");
      assertThat(get(served.url(), "/timeline?hours=1").body()).startsWith("<!doctype html>");

      String ticket =
          MAPPER.readTree(post(served, "/api/tickets", "").body()).get("ticket").asText();
      HttpResponse<String> resumed =
          post(
              served,
              "/api/actions",
              "{\"action\":\"resume_lane\",\"assignee\":\"andy-developer\",\"episode\":"
                  + lane.get("episode")
                  + ",\"actor\":\"alice\",\"reason\":\"dry\"}",
              "Content-Type",
              "application/json",
              "X-Ticket",
              ticket);
      assertThat(resumed.body()).contains("\"lane_paused\":false");
      assertThat(resumed.statusCode()).isEqualTo(200);
      assertThat(verb("trace", "--json", "--window-hours", "1").out())
          .contains("lane.resumed", "alice", "dry");
      await()
          .until(
              () ->
                  get(served.url(), "/metrics")
                      .body()
                      .contains("reliability_lane_paused{lane=\"andy-developer\"} 0.0"));
      await("who serves supervises nothing").until(() -> isUp(served, 0));
      served.process().destroy();
      assertThat(served.process().waitFor()).isEqualTo(143);
    }
    assertThat(verb("lanes").out()).startsWith("running andy-developer");
  }

  /** What is added to the journal while it serves, by others, is seen. */
  @Test
  void whatOthersTellIsSeen() throws Exception {
    try (Served served = Served.start(directory);
        ReliabilityRuntime runtime = ReliabilityRuntime.system();
        JournalWriter journal = JournalWriter.open(directory)) {
      assertThat(get(served.url(), "/api/status").body()).doesNotContain("\"other\"");
      EventBus bus = EventBus.builder(runtime).sink(journal).build();
      bus.emit(Subject.ofLane("other"), new LaneEvent.Remediation(1, true, null));
      bus.close();
      await().until(() -> get(served.url(), "/api/status").body().contains("\"other\""));
    }
  }

  /** Whoever is killed tells nobody; but nobody holds its ledger any more. */
  @Test
  void aHostThatWasKilledIsNotUp() throws Exception {
    try (Served served = Served.start(directory);
        ReliabilityRuntime runtime = ReliabilityRuntime.system();
        JournalWriter journal = JournalWriter.open(directory)) {
      EventBus bus = EventBus.builder(runtime).sink(journal).build();
      Ledger ledger = Ledger.open(directory.resolve("ledger"), bus.epoch());
      bus.emit(Subject.ofLane("other"), new LaneEvent.Remediation(1, true, null));
      await().atMost(LONG).until(() -> isUp(served, 1));
      ledger.close();
      await().atMost(LONG.multipliedBy(2)).until(() -> isUp(served, 0));
      bus.close();
    }
  }

  private boolean isUp(Served served, int wanted) throws Exception {
    return get(served.url(), "/metrics").body().contains("\nreliability_up " + wanted + ".0");
  }

  /** Without a store that answers nothing is shown as if it were now. */
  @Test
  void whatCannotBeKnownIsNotShown() throws Exception {
    try (Served served = Served.start(directory)) {
      assertThat(get(served.url(), "/metrics").statusCode()).isEqualTo(200);
      Files.write(directory.resolve("reliability.db"), new byte[100]);
      await().atMost(LONG).until(() -> get(served.url(), "/readyz").statusCode() == 503);
      assertThat(get(served.url(), "/metrics").statusCode()).isEqualTo(503);
      assertThat(get(served.url(), "/healthz").statusCode()).isEqualTo(200);
    }
  }

  /** A store that was put back from a backup is the one that is shown; without one, none is. */
  @Test
  void aStoreThatIsReplacedIsTheOneThatIsShown() throws Exception {
    Path database = directory.resolve("reliability.db");
    Path backup = directory.resolve("backup.db");
    Files.copy(database, backup);
    try (Served served = Served.start(directory)) {
      assertThat(get(served.url(), "/api/status").body()).contains("\"paused\":true");
      assertThat(verb("resume", "andy-developer", "--actor", "a", "--reason", "r").code()).isZero();
      await().until(() -> !get(served.url(), "/api/status").body().contains("\"paused\":true"));
      for (String name : List.of("reliability.db-wal", "reliability.db-shm")) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.move(backup, database, StandardCopyOption.REPLACE_EXISTING);
      await().until(() -> get(served.url(), "/api/status").body().contains("\"paused\":true"));
      Files.delete(database);
      await().until(() -> get(served.url(), "/readyz").statusCode() == 503);
      assertThat(get(served.url(), "/api/status").body())
          .contains("\"trouble\":\"there is no", "\"asOf\":\"20");
    }
  }

  @Test
  void aCopyOfAJournalCountsOnce() throws Exception {
    Path copy = Files.createDirectory(directory.resolve("copy"));
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".jsonl")).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
        Files.copy(file, directory.resolve("journal-copy.jsonl"));
      }
    }
    try (Served served = Served.start(directory, "--journal", copy.toString())) {
      assertThat(get(served.url(), "/metrics").body())
          .contains("reliability_events_total{type=\"lane.paused\"} 1.0");
    }
  }

  @Test
  void otherAddressesTakeATokenForEachLook() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef0123\n");
    Told without = verb("serve", "--address", "0.0.0.0", "--port", "0");
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err()).contains("0.0.0.0", "can be reached from elsewhere", "--token-file");
    List<String> words = Served.command();
    words.addAll(
        List.of(
            "--address",
            "0.0.0.0",
            "--port",
            "0",
            "--token-file",
            token.toString(),
            "--dir",
            directory.toString()));
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      String line = process.inputReader().readLine();
      assertThat(line).doesNotContain("0123456789");
      URI url = URI.create(line.split(" ")[1].replace("0.0.0.0", "127.0.0.1"));
      assertThat(get(url, "/").statusCode()).isEqualTo(200);
      for (String path : List.of("/metrics", "/api/status", "/api/live", "/timeline", "/readyz")) {
        assertThat(get(url, path).statusCode()).as(path).isEqualTo(401);
      }
      HttpRequest with =
          HttpRequest.newBuilder(url.resolve("/metrics"))
              .timeout(LONG)
              .header("Authorization", "Bearer 0123456789abcdef0123")
              .build();
      assertThat(client.send(with, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    } finally {
      process.destroy();
      process.onExit().join();
    }
  }

  @Test
  void withAFurtherNameEachLookTakesTheToken() throws Exception {
    try (Served served = Served.start(directory, "--host", "ops.example.com")) {
      assertThat(get(served.url(), "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(served.url(), "/api/status").statusCode()).isEqualTo(401);
    }
    try (Served served = Served.start(directory, "--host", "localhost")) {
      assertThat(get(served.url(), "/api/status").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void badInputIsNamed() throws IOException {
    assertThat(verb("serve", "--port", "70000").err()).contains("--port", "70000");
    assertThat(verb("serve", "--address", "no.such.host.invalid").err())
        .contains("no.such.host.invalid");
    Path shortToken = Files.writeString(directory.resolve("token"), "short");
    assertThat(verb("serve", "--token-file", shortToken.toString()).err()).contains("16 to 512");
    assertThat(verb("serve", "--token-file", directory.resolve("no").toString()).code())
        .isEqualTo(2);
    assertThat(verb("serve", "--viewers", "0").err()).contains("viewers", "0");
    assertThat(verb("serve", "--every", "0s").code()).isEqualTo(2);
    assertThat(verb("serve", "--every", "11s").err()).contains("at most PT10S", "PT11S");
    assertThat(verb("serve", "--journal", directory.resolve("no").toString()).err())
        .contains("there is no journal in");
    assertThat(verb("serve", "--json").err()).contains("/api/status");
    assertThat(verb("serve", "--env", "/no/such/file").err()).contains("--env", "/no/such/file");
    assertThat(verb("serve", "--store", "jdbc:foo:bar").err()).contains("--store", "no driver");
    assertThat(verb("serve", "--host", "a:80").err()).contains("without a port", "a:80");
    assertThat(verb("serve", "--token-file", directory.toString()).code()).isEqualTo(2);
    assertThat(verb("serve", "--now", "2026-01-01T00:00:00Z").err()).contains("--now");
    assertThat(Told.by("serve", "--dir", directory.resolve("no").toString()).err())
        .contains("there is no");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Told result = verb("serve", "--port", String.valueOf(taken.getLocalPort()));
      assertThat(result.code()).isEqualTo(3);
      assertThat(result.err()).contains("cannot listen on");
    }
  }

  @Test
  void theRulesAndTheDashboardArePrinted() {
    assertThat(verb("rules").out()).contains("alert: LanePaused", "alert: ItemStartStalled");
    assertThat(verb("rules", "--dashboard").out()).startsWith("{").contains("\"panels\"");
  }
}
