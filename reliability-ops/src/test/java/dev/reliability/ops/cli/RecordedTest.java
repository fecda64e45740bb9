package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every verb that looks, on journals and stores of real runs: the main job, the main job killed in
 * the middle, and the bot on a server that throws it out, killed once. What they print is kept
 * beside them; {@code -Drecorded.rewrite=true} writes it anew, to be looked at before it is
 * committed.
 */
class RecordedTest {
  private static final Path KEPT = Path.of("src", "test", "resources", "recorded");
  private static final String NOW = "2026-11-22T06:00:00Z";

  @TempDir private Path directory;

  /** The verbs, each with a name for its files. */
  private static final List<String> VERBS =
      List.of(
          "trace",
          "trace-lane: trace --lane jarvis-worker-1 --log-lines 10",
          "trace-nothing: trace --until 2026-11-22T00:00:00Z",
          "timeline",
          "timeline-lane: timeline --lane jarvis-worker-1 --lines 2",
          "timeline-nothing: timeline --until 2026-11-22T00:00:00Z",
          "reliability",
          "hotspots",
          "hotspots-nothing: hotspots --window-hours 24 --until 2026-11-21T00:00:00Z",
          "fingerprints",
          "explain-zero",
          "explain-zero-nothing: explain-zero --until 2026-11-22T05:00:00Z",
          "correlate",
          "unclassified",
          "status: status --window-minutes 1440",
          "locks",
          "lanes",
          "incident-list: incident list",
          "gate",
          "verify: verify --lane jarvis-worker-1 --lane bot",
          "reconcile",
          "doctor",
          "soak: soak --since 2026-11-22T05:00:00Z",
          "churn: churn --since 2026-11-22T05:00:00Z");

  static Stream<String> recordings() {
    return Stream.of("main", "killed", "bot");
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void everyVerbPrintsWhatItPrintedBefore(String recording) throws IOException {
    copy(KEPT.resolve(recording));
    List<String> before = contents(directory);
    for (String verb : VERBS) {
      String name = verb.replaceAll(":.*", "");
      List<String> words = List.of(verb.replaceAll(".*: ", "").split(" "));
      Path kept = KEPT.resolve(recording).resolve("printed");
      compare(kept.resolve(name + ".txt"), printed(words, "--now", NOW));
      compare(kept.resolve(name + ".json"), printed(words, "--now", NOW, "--json"));
    }
    assertThat(contents(directory)).as("looking writes nothing").isEqualTo(before);
  }

  private static void compare(Path kept, String printed) throws IOException {
    if (Boolean.getBoolean("recorded.rewrite")) {
      Files.writeString(kept, printed);
    }
    assertThat(printed).as(kept.toString()).isEqualTo(Files.readString(kept));
  }

  /** What it prints, twice the same. */
  private String printed(List<String> words, String... more) {
    String first = once(words, more);
    assertThat(once(words, more)).as(words.toString()).isEqualTo(first);
    return first;
  }

  private String once(List<String> words, String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("--dir", directory.toString()));
    all.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    assertThat(err.toString()).as(all.toString()).isEmpty();
    assertThat(code).as(all.toString()).isNotIn(2, 4);
    return out.toString().replace(directory.toString(), "DIR");
  }

  private void copy(Path from) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file :
          files
              .filter(one -> one.toString().endsWith(".jsonl") || one.toString().endsWith(".db"))
              .toList()) {
        Files.copy(file, directory.resolve(Objects.requireNonNull(file.getFileName()).toString()));
      }
    }
  }

  /** Every file with what is in it, but for what SQLite keeps beside its file while it is open. */
  private static List<String> contents(Path directory) throws IOException {
    List<String> contents = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .filter(
                  file -> !file.toString().endsWith("-shm") && !file.toString().endsWith("-wal"))
              .sorted()
              .toList()) {
        contents.add(
            directory.relativize(file)
                + " "
                + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }
}
