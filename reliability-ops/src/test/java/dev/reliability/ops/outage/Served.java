package dev.reliability.ops.outage;

import static org.awaitility.Awaitility.await;

import dev.reliability.ops.ChildJvm;
import dev.reliability.ops.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The command's {@code serve} as a process of its own.
 *
 * @param url where it serves
 * @param open the address that it says to open, with the token
 */
public record Served(Process process, URI url, URI open) implements AutoCloseable {

  /** What starts it, but for its options. */
  static List<String> command() {
    List<String> words =
        ChildJvm.command(Main.class.getName(), "-Xmx128m", "-XX:TieredStopAtLevel=1");
    words.add("serve");
    return words;
  }

  /** Starts it. */
  public static Served start(Path directory, String... more) throws IOException {
    List<String> words = command();
    words.addAll(List.of("--port", "0", "--dir", directory.toString()));
    words.addAll(List.of(more));
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out = process.inputReader();
    String first = String.valueOf(out.readLine());
    String second = String.valueOf(out.readLine());
    if (!first.startsWith("serving ") || !second.startsWith("open ")) {
      throw new IOException("expected the address, got " + first + " and " + second);
    }
    return new Served(
        process, URI.create(first.split(" ")[1]), URI.create(second.substring("open ".length())));
  }

  int port() {
    return url.getPort();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      await("serve to end").atMost(Duration.ofSeconds(20)).until(() -> !process.isAlive());
    } finally {
      process.destroyForcibly();
    }
  }
}
