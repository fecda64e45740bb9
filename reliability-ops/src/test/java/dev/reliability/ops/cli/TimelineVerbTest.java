package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The picture, asked for on the command line. */
class TimelineVerbTest {
  private static final Path KEPT = Path.of("src", "test", "resources", "recorded");
  private static final String NOW = "2026-11-22T06:00:00Z";

  @TempDir private Path directory;

  @BeforeEach
  void journal() throws IOException {
    for (String recording : List.of("main", "bot")) {
      try (Stream<Path> files = Files.list(KEPT.resolve(recording))) {
        for (Path file : files.filter(one -> one.toString().endsWith(".jsonl")).toList()) {
          Files.copy(file, directory.resolve(String.valueOf(file.getFileName())));
        }
      }
    }
  }

  private Told timeline(String... more) {
    return Told.by(
        Stream.concat(
                Stream.of("timeline", "--dir", directory.toString(), "--now", NOW), Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void withoutAPageItIsAFewLines() {
    Told told = timeline();
    assertThat(told.code()).isZero();
    assertThat(told.lines().get(0)).isEqualTo("14 runs in 4 lanes, 10 marks");
    assertThat(told.out())
        .contains("lane andy-developer\n", "failed, no_output_timeout", "\nmarks\n", "link_closed");
  }

  @Test
  void theSameJournalAndTimeGiveTheSamePage() throws IOException {
    Path file = directory.resolve("page.html");
    Told told = timeline("--html", file.toString());
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.out()).isEqualTo("14 runs in 4 lanes, 10 marks: " + file + "\n");
    String page = Files.readString(file);
    assertThat(page).startsWith("<!doctype html>").endsWith("</html>\n");
    assertThat(page).contains("hangs-before-output", "no_output_timeout", "link_closed");
    assertThat(timeline("--html", "-").out()).isEqualTo(page);
    assertThat(timeline("--html", file.toString()).code()).as("it may be there before").isZero();
    assertThat(Files.readString(file)).isEqualTo(page);
  }

  @Test
  void aPageThatCannotBeWrittenLeavesWhatWasThere() throws IOException {
    Path file = Files.writeString(directory.resolve("page.html"), "before");
    Files.createDirectory(directory.resolve("page.html.part"));
    Told told = timeline("--html", file.toString());
    assertThat(told.code()).isEqualTo(3);
    assertThat(told.err()).contains("--html", file.toString(), "cannot be written");
    assertThat(Files.readString(file)).isEqualTo("before");
    assertThat(timeline("--html", directory + "/no/such/page.html").code()).isEqualTo(2);
  }

  @Test
  void aPageOnStandardOutputIsNothingElse() throws IOException {
    Files.writeString(directory.resolve("journal-x.jsonl"), "{\"v\":1,\"epoch\"");
    Told told = timeline("--html", "-");
    assertThat(told.code()).isZero();
    assertThat(told.out()).startsWith("<!doctype html>").endsWith("</html>\n");
    assertThat(told.out()).as("told in the page").contains("journal: ");
    assertThat(told.err()).as("and beside it").contains("note: journal: ");
    Told both = timeline("--html", "-", "--json");
    assertThat(both.code()).isEqualTo(2);
    assertThat(both.err()).contains("--html", "--json");
  }

  @Test
  void withAPageTheDocumentIsTheUsualOne() {
    Path file = directory.resolve("page.html");
    JsonNode document = timeline("--html", file.toString(), "--json").json();
    assertThat(document.at("/summary/runs")).hasSize(14);
    assertThat(document).isEqualTo(timeline("--json").json());
    assertThat(file).exists();
  }

  @Test
  void lanesAndTimesAreChosen() {
    JsonNode some =
        timeline("--lane", "andy-developer", "--lane", "bot", "--json").json().get("summary");
    assertThat(some.get("asked"))
        .extracting(JsonNode::asText)
        .containsExactly("andy-developer", "bot");
    assertThat(some.get("lanes")).hasSize(2);
    assertThat(timeline("--until", "2026-11-22T00:00:00Z").lines())
        .first()
        .isEqualTo("nothing happened");
    Told few = timeline("--lines", "3");
    assertThat(few.out()).contains("... and 11 runs before these", "... 7 marks before these");
    assertThat(timeline("--lines", "-1").code()).isEqualTo(2);
  }
}
