package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators call in their scripts, on the journal of a bot that was thrown out and killed. */
class OperatorScriptsTest {
  private static final Path RECORDED = Path.of("src", "test", "resources", "recorded", "bot");

  @TempDir private Path directory;

  @BeforeEach
  void copy() throws IOException {
    try (Stream<Path> files = Files.list(RECORDED)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, directory.resolve(RECORDED.relativize(file)));
      }
    }
  }

  private Told call(String words) {
    return Told.by((words + " --dir " + directory).split(" "));
  }

  @Test
  @DisplayName("trace --lane --since --until --json returns new metrics and correlation fields")
  void aTraceOfALaneHasTheNumbersThatOperatorsKnow() throws IOException {
    Path file = directory.resolve("trace.json");
    Told told =
        call(
            "trace --lane bot --since 2026-11-22T05:00:00Z --until 2026-11-22T05:18:45+00:00"
                + " --log-lines 20000 --json --json-out "
                + file);
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.out()).isEqualTo(Files.readString(file));
    JsonNode summary = told.json().get("summary");
    for (String name :
        new String[] {
          "dispatch_payload_messages",
          "valid_dispatch_payload_messages",
          "dispatch_enqueued_runs",
          "no_output_events_with_wa_close_within_120s"
        }) {
      assertThat(summary.get(name).isIntegralNumber()).as(name).isTrue();
    }
    assertThat(summary.get("dispatch_suppressed_reasons").isObject()).isTrue();
    assertThat(summary.has("correlation_ratio")).isTrue();
    assertThat(summary.at("/correlation/verdict").asText()).isEqualTo("inconclusive");
    assertThat(summary.at("/correlation/chance").isNumber()).isTrue();
    summary
        .get("timeline")
        .forEach(
            event ->
                assertThat(event.get("ts").asText())
                    .isBetween("2026-11-22T05:00:00", "2026-11-22T05:18:45"));
    assertThat(summary.get("timeline")).isNotEmpty();
  }

  @Test
  @DisplayName("hotspots --window-hours 24 no crash on empty windows")
  void hotspotsOfNothingAreNone() {
    Told empty = call("hotspots --window-hours 24 --now 2026-01-01T00:00:00Z --json");
    assertThat(empty.code()).as(empty.err()).isZero();
    assertThat(empty.json().at("/summary/failedRuns/count").asInt()).isZero();
    assertThat(empty.json().at("/summary/fingerprints")).isEmpty();
    Told told = call("hotspots --window-hours 24 --now 2026-11-22T06:00:00Z");
    assertThat(told.out()).contains("reason exit_nonzero 3");
  }

  @Test
  @DisplayName("reliability repeated runs are stable on healthy runtime")
  void asOftenAsItIsAskedForItSaysTheSame() {
    String words = "reliability --now 2026-11-22T06:00:00Z";
    Told first = call(words);
    for (int i = 0; i < 10; i++) {
      assertThat(call(words)).isEqualTo(first);
    }
  }
}
