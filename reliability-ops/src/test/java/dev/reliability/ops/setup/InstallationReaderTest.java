package dev.reliability.ops.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.RunState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is declared is taken as it stands, or everything that is wrong with it is named. */
class InstallationReaderTest {
  @TempDir private Path directory;

  private Installation read(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("reliability.json"), text);
    return InstallationReader.read(file, Set.of("alerts"));
  }

  @Test
  void everyPartIsRead() throws IOException {
    Installation read =
        read(
            """
            {
              "ledger": "state/ledger",
              "engines": [{"engine": "podman", "owner": "bots", "program": ["podman", "--x"]}],
              "dependencies": [
                {"name": "f", "files": ["a", "b/c"]},
                {"name": "c", "command": ["podman", "info"], "timeout": "20s", "required": false},
                {"name": "h", "http": "https://host/x?y=1", "expect": [200, 401]},
                {"name": "j", "jdbc": "jdbc:postgresql://h/d", "user": "u", "passwordFrom": "PW"}
              ],
              "gate": {"required": ["w-1", "w-2"], "onDemand": ["w-3"], "freshness": "90m",
                       "passes": 3, "spacing": "PT1H", "success": ["done"], "othersLive": true},
              "doctor": {"without": ["alerts"], "checkedWithin": "5m", "selfTestWithin": "1h",
                         "longestRun": "4h", "longestStart": "2m", "diskFree": "512MiB",
                         "alerts": ["h"]}
            }
            """);
    assertThat(read.ledger()).isEqualTo(directory.resolve("state/ledger"));
    assertThat(read.engines())
        .containsExactly(new Installation.Containers("podman", "bots", List.of("podman", "--x")));
    assertThat(read.dependencies())
        .containsExactly(
            new Dependency(
                "f",
                new Dependency.Files(
                    Map.of("a", directory.resolve("a"), "b/c", directory.resolve("b/c"))),
                Duration.ofSeconds(10),
                true),
            new Dependency(
                "c",
                new Dependency.Command(List.of("podman", "info"), List.of(0)),
                Duration.ofSeconds(20),
                false),
            new Dependency(
                "h",
                new Dependency.Http(URI.create("https://host/x?y=1"), List.of(200, 401)),
                Duration.ofSeconds(10),
                true),
            new Dependency(
                "j",
                new Dependency.Jdbc("jdbc:postgresql://h/d", "u", "PW", null),
                Duration.ofSeconds(10),
                true));
    assertThat(read.gate())
        .isEqualTo(
            new Installation.Gate(
                List.of("w-1", "w-2"),
                List.of("w-3"),
                Duration.ofMinutes(90),
                3,
                Duration.ofHours(1),
                Set.of(RunState.DONE),
                true));
    assertThat(read.doctor())
        .isEqualTo(
            new Installation.Doctor(
                List.of("alerts"),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                Duration.ofHours(4),
                Duration.ofMinutes(2),
                512L << 20,
                List.of("h")));
  }

  @Test
  void whatIsNotSaidIsAsByDefaultAndBlanksDoNotMatter() throws IOException {
    Installation read = read("{ \"gate\" : { } }");
    assertThat(read.gate()).isEqualTo(Installation.Gate.DEFAULT);
    assertThat(read.gate().freshness()).isEqualTo(Duration.ofMinutes(60));
    assertThat(read.gate().passes()).isEqualTo(2);
    assertThat(read.gate().spacing()).isEqualTo(Duration.ofMinutes(30));
    assertThat(read.doctor()).isEqualTo(Installation.Doctor.DEFAULT);
    assertThat(read.content()).isEqualTo(read("{\"gate\":{}}\n").content());
  }

  @Test
  void everythingThatIsWrongIsInTheOneError() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    {
                      "ledger": 7,
                      "dependencys": [],
                      "engines": [{"engine": "rkt"}, {"engine": "podman", "owner": "a"},
                                  {"engine": "podman", "owner": "b"}],
                      "dependencies": [
                        {"name": "a", "files": []},
                        {"name": "a", "command": ["x"], "http": "http://h"},
                        {"command": [], "timeout": "soon"},
                        {"name": "b", "http": "ftp://h", "expect": [99, "x"]},
                        {"name": "c", "jdbc": "postgres://u:hunter2@h", "timeout": "0s",
                         "required": "no", "passwordFrom": "a b"},
                        "d",
                        {"name": "stores", "files": ["x"]}
                      ],
                      "gate": {"required": ["w", "w", ""], "onDemand": ["w"], "passes": 0,
                               "success": ["running", "well"], "freshness": 60},
                      "doctor": {"without": ["luck"], "diskFree": "much", "alerts": ["nobody"]}
                    }
                    """))
        .isInstanceOf(InstallationException.class)
        .hasMessageContainingAll(
            "reliability.json cannot be used:",
            "ledger: expected a text, got 7",
            "dependencys: expected one of [ledger, engines, dependencies, gate, doctor], got this",
            "engines[0].engine: expected one of [docker, nerdctl, podman], got \"rkt\"",
            "engines[0].owner: expected a text, got nothing",
            "engines[2].engine: expected each engine once, got \"podman\" twice",
            "dependencies[0].files: expected at least one file, got none",
            "dependencies[1].name: expected each name once, got \"a\" twice",
            "dependencies[1]: expected one of [files, command, http, jdbc], got [command, http]",
            "dependencies[2].name: expected a text, got nothing",
            "dependencies[2].command: expected a program and its arguments, got none",
            "dependencies[2].timeout: expected a duration such as 90s, 30m or PT1H, got \"soon\"",
            "dependencies[3].http: expected an address such as",
            "dependencies[3].expect[0]: expected a whole number from 100 to 599, got 99",
            "dependencies[3].expect[1]: expected a whole number from 100 to 599, got \"x\"",
            "dependencies[4].jdbc: expected jdbc:...",
            "dependencies[4].timeout: expected a duration longer than zero, got \"0s\"",
            "dependencies[4].required: expected true or false, got \"no\"",
            "dependencies[4].passwordFrom: expected the name of a variable",
            "dependencies[5]: expected an object, got \"d\"",
            "dependencies[6].name: expected none of [settings, detector, journal, stores]",
            "gate.required: expected each name once, got \"w\" twice",
            "gate.required[2]: lane",
            "gate.onDemand: expected no lane that is required, got \"w\"",
            "gate.passes: expected a whole number from 1 to 64, got 0",
            "gate.success[0]: expected a state in which a run has ended, got \"running\"",
            "gate.success[1]: ",
            "gate.freshness: expected a text, got 60",
            "doctor.without[0]: expected one of [alerts], got \"luck\"",
            "doctor.diskFree: expected a size such as 512MiB or 1GiB, got \"much\"",
            "doctor.alerts[0]: expected one of [a, b, c], got \"nobody\"")
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void whatIsNoJsonIsSaidWithItsLine() {
    assertThatThrownBy(() -> read("{\n\"gate\": {},\n\"gate\": {}}"))
        .hasMessageContainingAll("line 3: expected JSON", "gate");
    assertThatThrownBy(() -> read("{} {}")).hasMessageContaining("expected JSON");
    assertThatThrownBy(() -> read("")).hasMessageContaining("expected an object, got nothing");
    assertThatThrownBy(() -> read("[]")).hasMessageContaining("expected an object, got []");
    assertThatThrownBy(() -> read("[".repeat(100_000))).hasMessageContaining("expected JSON");
    assertThatThrownBy(() -> read("\"" + "x".repeat(1 << 20)))
        .hasMessageContaining("expected at most 1048576 bytes");
    assertThatThrownBy(() -> InstallationReader.read(directory.resolve("no"), Set.of()))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void theExampleOfTheGuideIsReadAndSaysTheDefaults() throws IOException {
    String guide = Files.readString(Path.of("../docs/guide.md"));
    int begin = guide.indexOf("```json\n") + "```json\n".length();
    Path file =
        Files.writeString(
            directory.resolve("reliability.json"),
            guide.substring(begin, guide.indexOf("\n```", begin)));
    Installation read = InstallationReader.read(file, Set.of("effect_budget"));
    assertThat(read.dependencies()).hasSize(5);
    assertThat(read.gate())
        .isEqualTo(
            new Installation.Gate(
                List.of("jarvis-worker-1", "jarvis-worker-2"),
                List.of("jarvis-worker-3"),
                Installation.Gate.DEFAULT.freshness(),
                Installation.Gate.DEFAULT.passes(),
                Installation.Gate.DEFAULT.spacing(),
                Installation.Gate.DEFAULT.success(),
                Installation.Gate.DEFAULT.othersLive()));
    Installation.Doctor usual = Installation.Doctor.DEFAULT;
    assertThat(read.doctor())
        .isEqualTo(
            new Installation.Doctor(
                List.of("effect_budget"),
                usual.checkedWithin(),
                usual.selfTestWithin(),
                usual.longestRun(),
                usual.longestStart(),
                usual.diskFree(),
                List.of("alertmanager")));
  }

  @Test
  void sizesAndDurationsAreWrittenAsPeopleWriteThem() {
    assertThat(Spans.bytes("1 GiB")).isEqualTo(1L << 30);
    assertThat(Spans.size(1536)).isEqualTo("1.5 KiB");
    assertThat(Spans.size(12)).isEqualTo("12 B");
    assertThat(Spans.size(Long.MAX_VALUE)).isEqualTo("8388607.9 TiB");
    assertThat(Spans.duration("7d")).isEqualTo(Duration.ofDays(7));
    assertThatThrownBy(() -> Spans.duration("-PT1H")).hasMessageContaining("\"-PT1H\"");
    assertThatThrownBy(() -> Spans.bytes("12")).hasMessageContaining("\"12\"");
  }
}
