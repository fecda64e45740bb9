package dev.reliability.ops.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.collect.Streams;
import dev.reliability.core.event.DependencyEvent;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalFilter;
import dev.reliability.journal.JournalReader;
import dev.reliability.ops.ChildJvm;
import dev.reliability.ops.browser.Browser;
import dev.reliability.ops.cli.Told;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole outage with real parts (requirement N8): what a required dependency is gone for does not
 * wait in silence. A host with real processes, the command, Prometheus with the rules that ship,
 * and a browser. All times are 200 times as short as usual. With {@code -Doperations.rewrite=true}
 * what happened is written into docs/operations.md, with its pictures.
 */
@Tag("once")
@Timeout(180)
class OutageScenarioTest {
  private static final boolean REWRITES = Boolean.getBoolean("operations.rewrite");
  private static final Path DOCUMENTS = Path.of("..", "docs");

  /** Far longer than anything takes that works; no time that is promised. */
  private static final Duration LONG = Duration.ofSeconds(40);

  /** Within this it has to be told that a dependency is gone. */
  private static final Duration ALERT = Duration.ofMinutes(5);

  @TempDir private Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Transcript transcript = new Transcript();
  private Path settings = Path.of("");
  private Process host;
  private Writer orders;
  private Served served;
  private Prometheus prometheus;
  private Browser browser;

  @BeforeEach
  void begin() throws IOException {
    assumeTrue(Prometheus.isThere(), "no prometheus on the PATH");
    browser = Browser.open();
    settings = Files.writeString(directory.resolve("settings.yaml"), "model: large\n");
    Files.writeString(
        directory.resolve("reliability.json"),
        """
        {"dependencies": [{"name": "model-settings", "files": ["settings.yaml"], "timeout": "1s"}],
         "gate": {"required": ["build", "docs"], "spacing": "1s", "freshness": "5m"}}
        """);
    List<String> words =
        ChildJvm.command(OutageHost.class.getName(), "-Xmx128m", "-XX:TieredStopAtLevel=1");
    words.addAll(List.of(directory.toString(), settings.toString()));
    host = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    orders = host.outputWriter();
    BufferedReader out = host.inputReader();
    Thread reader =
        new Thread(
            () -> {
              try {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                  said.add(line);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    reader.setDaemon(true);
    reader.start();
    until("the host").until(() -> said.contains("ready"));
    served = Served.start(directory, "--every", "100ms");
    prometheus = Prometheus.start(directory.resolve("prometheus"), served.port(), OutageHost.SCALE);
    until("Prometheus").until(prometheus::scrapes);
  }

  @AfterEach
  void end() {
    for (AutoCloseable one : new AutoCloseable[] {browser, prometheus, served}) {
      try {
        if (one != null) {
          one.close();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    if (host != null) {
      host.destroyForcibly().onExit().join();
    }
  }

  private static ConditionFactory until(String what) {
    return await(what).atMost(LONG).pollInterval(Duration.ofMillis(50));
  }

  private void order(String line) throws IOException {
    orders.write(line + "\n");
    orders.flush();
  }

  /** A verb of the operator's; what it prints is in the transcript. */
  private String verb(int code, String... words) {
    Told result =
        Told.by(
            Stream.concat(Stream.of(words), Stream.of("--dir", directory.toString()))
                .toArray(String[]::new));
    assertThat(result.code())
        .as(String.join(" ", words) + "\n" + result.out() + result.err())
        .isEqualTo(code);
    transcript.typed(
        Stream.of(words)
            .map(word -> word.contains(" ") ? "'" + word + "'" : word)
            .reduce((a, b) -> a + " " + b)
            .orElse(""),
        result.out());
    return result.out();
  }

  private void picture(String name, String words) throws IOException {
    byte[] png = browser.screenshot();
    assertThat(png.length).isGreaterThan(5_000);
    if (REWRITES) {
      Files.write(DOCUMENTS.resolve("images").resolve(name), png);
    }
    transcript.shows(name, words);
  }

  @Test
  void whatARequiredDependencyIsGoneForIsKnownEndedToldAndClosed() throws IOException {
    transcript.begin();
    transcript.says("All is well: lane `docs` works on one page after the other.");
    order("probe");
    until("the probes").until(() -> said.contains("probed GO"));
    verb(0, "preflight");
    browser.size(1280, 1000);
    browser.go(served.open());
    until("the page").until(() -> browser.text("return document.title").equals("Reliability"));
    until("a lane").until(() -> browser.elements("#lanes tbody tr").count() >= 1);

    Files.delete(settings);
    Instant gone = Instant.now();
    transcript.says("The file of settings disappears, which lane `build` cannot start without.");
    assertThat(verb(1, "preflight")).contains("FAIL model-settings", "settings.yaml");

    long asked = System.nanoTime();
    for (String item : List.of("issue-1", "issue-2", "issue-3")) {
      order("submit build " + item);
    }
    order("submit review hangs-1");
    transcript.says(
        "Three items of lane `build` wait for their start, and a review hangs, deaf to SIGTERM.");
    until("the alert about what it depends on").until(() -> firing("DependencyFailingRepeatedly"));
    Duration late = Duration.between(gone, prometheus.since("DependencyFailingRepeatedly"));
    transcript.says(
        "Prometheus: "
            + alert("DependencyFailingRepeatedly")
            + ". That was "
            + seconds(late)
            + " s after the file went, which stands for "
            + late.multipliedBy(OutageHost.SCALE).toSeconds()
            + " s.");
    assertThat(wholeTimeUntilTheAlert()).isLessThan(ALERT);

    until("the start deadline")
        .until(() -> said.contains("outcome issue-3 start_deadline_exceeded"));
    assertThat(Duration.ofNanos(System.nanoTime() - asked))
        .isGreaterThanOrEqualTo(OutageHost.START_DEADLINE);
    transcript.says("The start deadline (10 minutes, here 3 s) ends what waits.");
    until("the pause")
        .until(() -> said.stream().anyMatch(line -> line.startsWith("remediate build ")));
    transcript.says("The third failure of the same kind pauses the lane.");
    verb(0, "lanes");
    until("the alert about the lane").until(() -> firing("LanePaused"));
    transcript.says("Prometheus: " + alert("LanePaused"));
    order("submit build issue-4");
    until("the refusal").until(() -> said.contains("outcome issue-4 refused"));
    transcript.says("What comes in for the lane is refused, and starts nothing.");

    verb(
        0,
        "incident",
        "open",
        "Lane build cannot start",
        "--fingerprint",
        "build:start_deadline_exceeded",
        "--evidence",
        "timeline",
        "--spacing",
        "1s",
        "--actor",
        "alice");
    until("the badge").until(() -> browser.elements("#lanes .badge.amber").count() == 1);
    until("the incident").until(() -> browser.elements("#incidents .badge.bad").count() == 1);
    picture("page-paused.png", "The page: lane build is paused, the gate fleet is NO_GO");
    browser.media("screen", "dark");
    picture("page-paused-dark.png", "The same, where the system is dark");
    browser.media("screen", "light");

    until("the run deadline").until(() -> said.contains("outcome hangs-1 run_deadline_exceeded"));
    transcript.says("The run deadline (an hour, here 18 s) ends the review; SIGKILL does it.");
    verb(0, "explain-zero", "--lane", "build", "--window-minutes", "1");
    verb(0, "hotspots", "--window-minutes", "5");

    Files.writeString(settings, "model: large\n");
    transcript.says("The file is put back.");
    verb(0, "preflight");
    resume();
    until("a run of the lane")
        .until(
            () -> {
              order("submit build issue-5");
              return said.contains("outcome issue-5 completed");
            });
    transcript.says("Lane `build` works again.");
    drawn();
    until("no alert about the lane").until(() -> !firing("LanePaused"));
    until("no alert about what it depends on").until(() -> !firing("DependencyFailingRepeatedly"));

    close();
    assertThat(browser.console()).isEmpty();
    if (REWRITES) {
      transcript.writeInto(DOCUMENTS.resolve("operations.md"), directory);
    }
  }

  /**
   * How long it takes where nothing is made shorter and the machine has nothing else to do: as many
   * checks as it took here, then a scrape and an evaluation.
   */
  private Duration wholeTimeUntilTheAlert() {
    try (JournalReader journal = JournalReader.open(directory, JournalFilter.ALL)) {
      int checks =
          Streams.stream(journal)
              .filter(
                  entry ->
                      entry instanceof JournalEntry.Read read
                          && read.event().data() instanceof DependencyEvent.Critical)
              .map(entry -> (DependencyEvent.Critical) ((JournalEntry.Read) entry).event().data())
              .findFirst()
              .orElseThrow()
              .failures();
      return OutageHost.CHECK_EVERY
          .multipliedBy(checks)
          .plus(Prometheus.EVERY.multipliedBy(2))
          .multipliedBy(OutageHost.SCALE);
    }
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f", time.toMillis() / 1_000.0);
  }

  private boolean firing(String name) {
    return prometheus.firing().stream().anyMatch(alert -> alert.startsWith(name + ":"));
  }

  private String alert(String name) {
    return prometheus.firing().stream()
        .filter(alert -> alert.startsWith(name + ":"))
        .findFirst()
        .orElseThrow();
  }

  private void resume() throws IOException {
    browser.element("#lanes button").click();
    browser.element("#actor").sendKeys("alice");
    browser.element("#reason").sendKeys("settings.yaml is back");
    picture("page-resume.png", "Who resumes it, and why");
    browser.element("#confirm").click();
    until("the lane").until(() -> browser.elements("#lanes .badge.amber").count() == 0);
    transcript.says("alice presses *Resume* on the page.");
    assertThat(verb(0, "trace", "--lane", "build", "--log-lines", "3"))
        .contains("lane.resumed build");
  }

  /** The timeline within the page, in a frame that may run its own script and reach nothing. */
  private void drawn() throws IOException {
    browser.element("#draw").click();
    until("the frame")
        .until(
            () ->
                browser
                    .text(
                        "return performance.getEntriesByType('resource')"
                            + ".filter((one) => one.name.includes('/timeline'))"
                            + ".map((one) => one.responseStatus).join()")
                    .equals("200"));
    browser.script("document.getElementById('timeline').scrollIntoView()");
    picture("page-timeline.png", "The timeline within the page");
  }

  /** The incident closes with its evidence, and not before. */
  private void close() throws IOException {
    verb(1, "incident", "resolve", "inc-1", "--actor", "alice", "--confirm", "it works again");
    verb(0, "incident", "fix", "inc-1", "settings.yaml was put back", "--actor", "alice");
    Path timeline = directory.resolve("timeline.html");
    verb(0, "timeline", "--html", timeline.toString(), "--window-minutes", "5");
    verb(0, "incident", "attach", "inc-1", "timeline", timeline.toString(), "--actor", "alice");
    order("probe");
    until("the probes").until(() -> said.stream().filter("probed GO"::equals).count() >= 2);
    until("two passes that are apart")
        .until(
            () ->
                Told.by("verify", "--dir", directory.toString()).code() == 0
                    && Told.by("gate", "--dir", directory.toString()).code() == 0);
    verb(0, "gate");
    assertThat(
            verb(
                0,
                "incident",
                "resolve",
                "inc-1",
                "--actor",
                "alice",
                "--confirm",
                "it works again"))
        .contains("resolved inc-1");
    browser.go(timeline);
    until("the timeline").until(() -> browser.number("return document.body.children.length") > 0);
    picture("timeline.png", "The timeline of the outage");
    assertThat(Files.readString(timeline, StandardCharsets.UTF_8)).contains("issue-1");
  }
}
