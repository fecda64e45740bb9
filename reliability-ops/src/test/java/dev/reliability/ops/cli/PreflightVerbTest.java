package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that is needed is there, or every part that is not is named. */
class PreflightVerbTest {
  @TempDir private Path directory;
  private Calls calls;

  @BeforeEach
  void begin() {
    calls = new Calls(directory);
  }

  @DisplayName("preflight: every failure at once, each with its last output")
  @Test
  void everyFailureIsListedWithTheLastThatWasPutOutAndWithoutSecrets() {
    calls.write("here.md", "here");
    calls.write("empty.md", "");
    calls.write(
        "reliability.json",
        """
        {"dependencies": [
          {"name": "templates", "files": ["here.md", "empty.md", "gone.md"]},
          {"name": "engine", "command": ["sh", "-c", "echo token=hunter2hunter2 >&2; echo down >&2; exit 3"]},
          {"name": "gateway", "http": "http://127.0.0.1:1/health"},
          {"name": "database", "jdbc": "jdbc:sqlite:%s/no.db"},
          {"name": "mirror", "command": ["false"], "required": false},
          {"name": "shell", "command": ["sh", "-c", "exit 7"], "expect": [0, 7]}
        ]}
        """
            .formatted(directory));
    Told result = calls.verb("preflight");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out())
        .contains("PASS settings: all settings can be used", "PASS detector: ")
        .containsPattern("FAIL templates: empty.md \\(.*\\) is empty; gone.md \\(.*is not there")
        .contains("FAIL engine: ", "exit code 3", "; last output: token=[masked]\\ndown")
        .contains("FAIL gateway: GET http://127.0.0.1:1/health: no answer")
        .contains("FAIL database: " + directory + "/no.db is not there")
        .contains("WARN mirror: ", "PASS shell: ")
        .contains("stores not checked: there are none yet")
        .endsWith("FAIL preflight: 4 of 9 checks failed, 1 that are optional\n")
        .doesNotContain("hunter2");
    assertThat(Files.exists(directory.resolve("no.db"))).isFalse();
    JsonNode json = calls.verb("preflight", "--json").json();
    assertThat(json.get("verdict").asText()).isEqualTo("FAIL");
    assertThat(json.get("summary").get("failed"))
        .extracting(JsonNode::asText)
        .containsExactly("templates", "engine", "gateway", "database");
    assertThat(json.get("checks").get(4).get("attempts").asInt()).isEqualTo(3);
  }

  @Test
  void everythingIsThereAndNothingIsWritten() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/health",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      calls.store(store -> {});
      calls.write(
          "reliability.json",
          """
          {"dependencies": [
            {"name": "gateway", "http": "http://127.0.0.1:%d/health", "timeout": "5s"},
            {"name": "database", "jdbc": "jdbc:sqlite:%s/reliability.db", "query": "SELECT 1"}]}
          """
              .formatted(server.getAddress().getPort(), directory));
      Map<String, String> before = calls.files();
      Told result = calls.verb("preflight");
      assertThat(result.out())
          .contains("PASS journal: ", "PASS stores: it keeps, refuses and forgets")
          .contains("PASS gateway: ", "PASS database: the database answers")
          .endsWith("PASS preflight: 0 of 6 checks failed\n");
      assertThat(result.code()).isZero();
      assertThat(calls.verb("preflight").out()).isEqualTo(result.out());
      assertThat(calls.files()).isEqualTo(before);
      calls.store(store -> assertThat(store.states().names("")).isEmpty());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aBuildValidatesTheFileAndTheSettingsWithoutTouchingTheOutside() {
    Path gone = directory.resolve("gone");
    Path config =
        calls.write(
            "deployed.json", "{\"dependencies\": [{\"name\": \"e\", \"command\": [\"false\"]}]}");
    Path env =
        calls.write("deployed.env", "# all of it\n\nIDLE_TIMEOUT=300000\nexport OTHER='x y'\n");
    String[] words = {
      "preflight", "--config-only", "--config", config.toString(), "--env", env.toString()
    };
    Told result = Told.by(with(words, "--dir", gone.toString()));
    assertThat(result.code()).isZero();
    assertThat(result.lines())
        .containsExactly(
            "declared in " + config,
            "PASS settings: all settings can be used",
            "PASS detector: it finds what it should",
            "PASS preflight: 0 of 2 checks failed");
    assertThat(Files.exists(gone)).isFalse();
    calls.write("deployed.env", "IDLE_TIMEOUT=soon\nCONTAINER_TIMEOUT=-1\n");
    result = Told.by(with(words, "--dir", gone.toString()));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out())
        .contains("FAIL settings: ", "IDLE_TIMEOUT", "soon", "CONTAINER_TIMEOUT", "-1");
  }

  private static String[] with(String[] words, String... more) {
    return java.util.stream.Stream.of(words, more)
        .flatMap(java.util.Arrays::stream)
        .toArray(String[]::new);
  }

  @Test
  void badInputIsNamedAndExitsWithTwo() {
    assertThat(calls.verb("preflight", "--config", directory + "/no.json"))
        .satisfies(
            result -> {
              assertThat(result.code()).isEqualTo(2);
              assertThat(result.err()).contains("there is no " + directory + "/no.json");
            });
    calls.write("reliability.json", "{\"dependencies\": [{\"name\": \"x\"}], \"gates\": 1}");
    assertThat(calls.verb("preflight"))
        .satisfies(
            result -> {
              assertThat(result.code()).isEqualTo(2);
              assertThat(result.err())
                  .contains("dependencies[0]: expected one of [files, command, http, jdbc]")
                  .contains("gates: expected one of [ledger, engines, dependencies, gate, doctor]");
              assertThat(result.out()).isEmpty();
            });
    calls.write("reliability.json", "{}");
    calls.write("bad.env", "IDLE_TIMEOUT\nA=1\nA=2\n");
    assertThat(calls.verb("preflight", "--env", directory + "/bad.env"))
        .satisfies(
            result -> {
              assertThat(result.code()).isEqualTo(2);
              assertThat(result.err())
                  .contains("line 1: expected NAME=VALUE", "line 3: expected each name once, got A")
                  .doesNotContain("IDLE");
            });
    assertThat(calls.verb("preflight", "--env", directory + "/no.env").code()).isEqualTo(2);
    assertThat(calls.verb("preflight", "--config", directory.toString()).code()).isEqualTo(2);
  }

  @Test
  void aStoreThatCannotBeUsedIsAFailureOfItsOwn() {
    calls.write("reliability.db", "no database at all");
    Told result = calls.verb("preflight");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("FAIL stores: the store ", "reliability.db cannot be used");
  }
}
