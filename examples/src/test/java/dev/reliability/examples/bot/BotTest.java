package dev.reliability.examples.bot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bot as a user starts it, in a JVM of its own, with the real client library on a server of the
 * WhatsApp module's tests, which also install the library.
 */
@Tag("needs-node")
@EnabledIf(
    value = "isThere",
    disabledReason =
        "needs Node: the library that the tests of reliability-whatsapp install is not there")
class BotTest {
  private static final Path WHATSAPP = Path.of("..", "reliability-whatsapp").toAbsolutePath();
  private static final Path BAILEYS = WHATSAPP.resolve("target/node/node_modules/baileys");
  private static final Path SERVER =
      WHATSAPP.resolve("src/test/resources/dev/reliability/whatsapp/baileys/loopback/loopback.mjs");

  @TempDir private Path directory;
  private final List<Spoken> started = new ArrayList<>();

  static boolean isThere() {
    return Files.exists(BAILEYS.resolve("package.json"));
  }

  @AfterEach
  void endWhatIsLeft() {
    started.forEach(spoken -> spoken.process.destroyForcibly());
  }

  /** A process, and what it said. */
  private static final class Spoken {
    final Process process;
    final List<String> lines = new CopyOnWriteArrayList<>();

    Spoken(Process process) {
      this.process = process;
      Thread reader =
          new Thread(
              () -> {
                try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
                  in.lines().forEach(lines::add);
                } catch (IOException | UncheckedIOException e) {
                  // it was killed
                }
              });
      reader.setDaemon(true);
      reader.start();
    }

    void say(String line) throws IOException {
      OutputStream out = process.getOutputStream();
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    void until(String what) {
      await(what)
          .atMost(Duration.ofSeconds(40))
          .until(() -> lines.stream().anyMatch(line -> line.contains(what)));
    }

    long count(String what) {
      return lines.stream().filter(line -> line.contains(what)).count();
    }
  }

  private Spoken start(List<String> command) throws IOException {
    Spoken spoken =
        new Spoken(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    started.add(spoken);
    return spoken;
  }

  private Spoken bot(String url) throws IOException {
    return start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Bot.class.getName(),
            "--dir",
            directory.resolve("data").toString(),
            "--baileys",
            BAILEYS.toString(),
            "--url",
            url,
            "--",
            "sh",
            "-c",
            "sed 's/^/you said: /'"));
  }

  @Test
  void answersEachMessageOnceAlsoAfterItWasKilled() throws IOException, InterruptedException {
    Spoken server = start(List.of("node", SERVER.toString(), "--baileys", BAILEYS.toString()));
    server.until("\"listening\"");
    Matcher url = Pattern.compile("\"url\":\"([^\"]*)\"").matcher(server.lines.get(0));
    assertThat(url.find()).isTrue();
    server.say("{\"type\":\"device\",\"dir\":\"" + directory.resolve("data/whatsapp") + "\"}");
    server.until("\"did\"");

    Spoken first = bot(url.group(1));
    first.until("link open");
    server.say("{\"type\":\"say\",\"text\":\"hello\"}");
    server.until("you said: hello");
    first.until("delivered");
    Spoken another = bot(url.group(1));
    assertThat(another.process.waitFor()).isEqualTo(2);
    first.process.destroyForcibly().waitFor();

    server.say("{\"type\":\"say\",\"text\":\"are you there?\"}");
    Spoken second = bot(url.group(1));
    server.until("you said: are you there?");
    second.until("delivered");
    second.process.getOutputStream().close();
    assertThat(second.process.waitFor()).isZero();
    assertThat(server.count("you said: hello")).isEqualTo(1);
    assertThat(server.count("you said: are you there?")).isEqualTo(1);
    try (var files = Files.list(directory.resolve("data"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.startsWith("journal-"));
    }
  }
}
