package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every verb that makes a report has a schema, and keeps to it: so do all documents of the other
 * tests, since they are read through {@link Schemas#valid}.
 */
class SchemasTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void everyVerbThatMakesAReportHasASchemaThatTheCommandPrints() throws IOException {
    List<String> verbs = Told.by("schema").out().lines().toList();
    assertThat(verbs).contains("run", "trace", "incident list", "doctor").hasSizeGreaterThan(25);
    for (String verb : verbs) {
      Told told = Told.by(("schema " + verb).split(" "));
      assertThat(told.code()).as(verb + told.err()).isZero();
      assertThat(MAPPER.readTree(told.out()).at("/properties/schema/const").asText())
          .isEqualTo("reliability." + verb.replace(' ', '-') + ".v1");
    }
    assertThat(Told.by("schema", "nonsense").code()).isEqualTo(2);
    assertThat(Told.by("schema", "../../x").code()).isEqualTo(2);
  }

  @Test
  void recordedReportsAreWhatTheirSchemasSay() throws IOException {
    int documents = 0;
    try (Stream<Path> files = Files.walk(Path.of("src", "test", "resources", "recorded"))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".json")).toList()) {
        Schemas.valid(MAPPER.readTree(Files.readString(file)));
        documents++;
      }
    }
    assertThat(documents).isGreaterThan(40);
  }

  @Test
  void aSchemaRefusesWhatIsNoReport() throws IOException {
    JsonNode report =
        MAPPER.readTree(
            Files.readString(
                Path.of("src", "test", "resources", "recorded", "main", "printed", "trace.json")));
    for (String key : List.of("schema", "journal", "verdict", "summary", "checks", "next")) {
      ObjectNode without = report.deepCopy();
      without.remove(key);
      assertThat(refuses(without)).as("without " + key).isTrue();
    }
    ObjectNode other = report.deepCopy();
    other.withObject("/summary").put("dispatch_payload_messages", "many");
    assertThat(refuses(other)).isTrue();
    ObjectNode more = report.deepCopy();
    more.withObject("/summary").put("unheard_of", 1);
    assertThat(refuses(more)).isTrue();
  }

  private static boolean refuses(JsonNode document) {
    try {
      Schemas.valid(document);
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }

  /** The verbs that act, once each, so that their documents are looked at too. */
  @Test
  void verbsThatActKeepToTheirSchemas() throws IOException {
    act("run", "--lane", "lane", "--item", "one", "--", "true");
    act("pause", "lane", "--actor", "me", "--reason", "why");
    act("run", "--lane", "lane", "--item", "two", "--", "true");
    act("lanes");
    act("status");
    act("resume", "lane", "--actor", "me", "--reason", "mended");
    act("incident", "open", "it hangs", "--fingerprint", "lane:hangs", "--actor", "me");
    act("incident", "note", "inc-1", "looked into it", "--actor", "me");
    Path evidence = Files.writeString(directory.resolve("evidence.txt"), "seen");
    act("incident", "attach", "inc-1", "baseline", evidence.toString(), "--actor", "me");
    act("incident", "fix", "inc-1", "mended it", "--actor", "me");
    act("incident", "show", "inc-1");
    act("incident", "check", "inc-1");
    act("incident", "resolve", "inc-1", "--actor", "me", "--confirm", "it works again");
    act("incident", "list");
    act("bundle", "inc-1", "--out", directory.resolve("bundle").toString());
    act("bundle", "--verify", directory.resolve("bundle").toString());
    act("mark", "1.2.3", "--actor", "me");
    act("reconcile");
    act("reconcile", "--apply", "--actor", "me");
    act("preflight");
    act("verify", "--lane", "lane");
    act("gate");
    act("doctor");
    act("soak");
    act("churn", "--since", "2026-01-01T00:00:00Z");
    act("rules");
    act("rules", "--dashboard");
  }

  private void act(String... words) {
    int verb = words[0].equals("incident") ? 2 : 1;
    List<String> all = new ArrayList<>(List.of(words).subList(0, verb));
    all.addAll(List.of("--dir", directory.resolve("data").toString(), "--json"));
    all.addAll(List.of(words).subList(verb, words.length));
    Told told = Told.by(all.toArray(String[]::new));
    assertThat(told.out()).as(String.join(" ", words) + ": " + told.err()).isNotBlank();
    assertThat(told.json().get("tool").asText()).isEqualTo("reliability");
  }
}
