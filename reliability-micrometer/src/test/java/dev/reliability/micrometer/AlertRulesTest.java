package dev.reliability.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.testkit.world.World;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules as Prometheus itself reads and plays them. */
@Tag("once")
@EnabledIf(value = "isThere", disabledReason = "needs promtool, which comes with Prometheus")
class AlertRulesTest {
  @TempDir private Path directory;

  static boolean isThere() {
    return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(":"))
        .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool")));
  }

  @BeforeEach
  void shipped() throws IOException {
    rules(AlertRules.yaml());
    try (InputStream in = AlertRulesTest.class.getResourceAsStream("rules.test.yml")) {
      Files.write(directory.resolve("rules.test.yml"), in.readAllBytes());
    }
  }

  private void rules(String yaml) throws IOException {
    Files.writeString(directory.resolve("reliability.rules.yml"), yaml);
  }

  private Path input() {
    return directory.resolve("input");
  }

  /** What promtool puts out, after its exit code. */
  private String promtool(String... words) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(Stream.of("promtool"), Stream.of(words)).toList())
            .directory(directory.toFile())
            .redirectErrorStream(true);
    if (Files.exists(input())) {
      builder.redirectInput(input().toFile());
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + "\n" + output;
  }

  @Test
  void theRulesAreOnesThatPrometheusTakes() throws Exception {
    assertThat(promtool("check", "rules", "reliability.rules.yml"))
        .startsWith("0\n")
        .contains("SUCCESS: 9 rules found");
  }

  @Test
  void eachFiresWhenItShouldAndFallsSilentWithItsProcess() throws Exception {
    assertThat(promtool("test", "rules", "rules.test.yml")).startsWith("0\n").contains("SUCCESS");
  }

  @Test
  void prometheusTakesWhatIsExposedWhateverTheNames() throws Exception {
    ReliabilityMeters meters = ReliabilityMeters.of(World.create(1).time());
    RandomEvents events = new RandomEvents(3);
    for (int i = 0; i < 5000; i++) {
      meters.accept(events.next());
    }
    Files.writeString(input(), Exposition.registry(meters).scrape());
    assertThat(promtool("check", "metrics")).as("no lint either").isEqualTo("0\n");
    Files.writeString(input(), "reliability_broken{lane=\"\n\"} 1\n");
    assertThat(promtool("check", "metrics")).startsWith("1\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ItemStartStalled            | > 600                                 | > 6000
          ItemStartStalled            | oldest_unstarted_timestamp_seconds > 0 | oldest_unstarted_timestamp_seconds >= 0
          AttemptHanging              | > 3600                                | > 36000
          AttemptHanging              | and reliability_lane_active > 0       | and reliability_lane_active >= 0
          DependencyFailingRepeatedly | > 5                                   | > 4
          LanePaused                  | (reliability_lane_paused) == 1        | (reliability_lane_paused) >= 0
          RunLockOverBudget           | over_budget) > 0                      | over_budget) > 2
          ReconnectBurst              | [10m]) > 10                           | [10m]) > 100
          ReconnectBurst              | and reliability_link_up >= 0          | and on () vector(1)
          ReliabilityEventsDropped    | and on (job, instance) reliability_up | and on () vector(1)
          ReliabilityProcessGone      | unless group by (job)                 | unless group by (job, instance)
          ReliabilityMetricsAbsent    | absent(reliability_up == 1)           | absent(reliability_up)
          """)
  void aRuleThatSaysSomethingElseIsNoticed(String alert, String words, String others)
      throws Exception {
    assertThat(AlertRules.yaml()).contains(words);
    rules(AlertRules.yaml().replace(words, others));
    assertThat(promtool("test", "rules", "rules.test.yml"))
        .startsWith("1\n")
        .contains("FAILED", alert);
  }
}
