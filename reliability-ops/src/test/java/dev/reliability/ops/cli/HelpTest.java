package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the command says of itself. */
class HelpTest {
  private static final Path WRITTEN =
      Path.of("src", "main", "resources", "dev", "reliability", "ops", "cli", "help.txt");

  /** {@code -Drecorded.rewrite=true} writes it anew. */
  @Test
  void theHelpThatIsWrittenDownIsWhatTheVerbsSay() throws IOException {
    Told told = Told.by("--help");
    assertThat(told.code()).isZero();
    if (Boolean.getBoolean("recorded.rewrite")) {
      Files.createDirectories(WRITTEN.getParent());
      Files.writeString(WRITTEN, told.out());
    }
    assertThat(Files.readString(WRITTEN)).isEqualTo(told.out());
    assertThat(new String(Main.help(), StandardCharsets.UTF_8)).isEqualTo(told.out());
  }

  @Test
  void everyVerbSaysWhatItTakes() {
    for (String verb : Told.by("schema").out().lines().toList()) {
      Told told = Told.by((verb + " --help").split(" "));
      assertThat(told.code()).as(verb).isZero();
      assertThat(told.out()).as(verb).startsWith("Usage: reliability " + verb).contains("--json");
    }
  }

  @Test
  void theHelpOfAVerbLeavesOutWhatItHasNoUseFor() {
    assertThat(Told.by("serve", "--help").out())
        .contains("--dir", "--journal")
        .doesNotContain("--events", "--now", "--json");
    assertThat(Told.by("rules", "--help").out())
        .contains("--dashboard", "--json-out")
        .doesNotContain("--dir", "--store", "--journal", "--events", "--now");
  }
}
