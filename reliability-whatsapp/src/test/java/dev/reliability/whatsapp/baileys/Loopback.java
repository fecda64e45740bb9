package dev.reliability.whatsapp.baileys;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reliability.whatsapp.wire.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A WhatsApp server on the loopback interface that the real client library accepts: a Node process,
 * commanded and heard in lines of JSON, as {@code loopback.mjs} says. It ends when it is closed,
 * and when this JVM does.
 */
final class Loopback implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final List<ObjectNode> told = new CopyOnWriteArrayList<>();
  private final AtomicInteger commands = new AtomicInteger();

  private Loopback(Process process) {
    this.process = process;
  }

  /** A server on a port of its choice. */
  static Loopback start() {
    return start(List.of());
  }

  /** A server with more arguments. */
  static Loopback start(List<String> arguments) {
    try {
      Path script =
          Path.of(
              Objects.requireNonNull(Loopback.class.getResource("loopback/loopback.mjs")).toURI());
      List<String> command =
          new ArrayList<>(
              List.of("node", script.toString(), "--baileys", WithBaileys.PACKAGE.toString()));
      command.addAll(arguments);
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      Loopback loopback = new Loopback(process);
      Thread reader = new Thread(loopback::read, "loopback");
      reader.setDaemon(true);
      reader.start();
      loopback.until("listening");
      return loopback;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        told.add(Json.requireObject("a line of the loopback server", line));
      }
    } catch (IOException e) {
      // it was killed
    }
  }

  URI url() {
    return URI.create(all("listening").get(0).get("url").asText());
  }

  int port() {
    return all("listening").get(0).get("port").asInt();
  }

  /** What it told of a kind. */
  List<ObjectNode> all(String type) {
    return told.stream().filter(line -> type.equals(Json.text(line, "type"))).toList();
  }

  /** Waits for something to be told. */
  void until(String type) {
    await("the server to tell " + type)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !all(type).isEmpty() || !process.isAlive());
    if (all(type).isEmpty()) {
      throw new IllegalStateException("the loopback server ended");
    }
  }

  /** Has it do something, and waits until it did. */
  void command(String type, ObjectNode fields) {
    String ref = "ref-" + commands.incrementAndGet();
    ObjectNode line = fields.put("type", type).put("ref", ref);
    synchronized (process) {
      try {
        OutputStream out = process.getOutputStream();
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("the loopback server is gone", e);
      }
    }
    await("the server to do " + line)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> answer("did", ref) || answer("error", ref));
    if (answer("error", ref)) {
      throw new IllegalStateException("the server could not do " + line + ": " + all("error"));
    }
  }

  private boolean answer(String type, String ref) {
    return all(type).stream().anyMatch(line -> ref.equals(Json.text(line, "ref")));
  }

  void command(String type) {
    command(type, Json.object());
  }

  /** Changes one thing of how it behaves. */
  void mode(String name, String value) {
    command("mode", Json.object().put(name, value));
  }

  void mode(ObjectNode modes) {
    command("mode", modes);
  }

  /** Puts the credentials of a newly paired device into a directory. */
  void device(Path directory) {
    command("device", Json.object().put("dir", directory.toAbsolutePath().toString()));
  }

  /** The texts of the messages it got. */
  List<String> got() {
    return all("got").stream().map(line -> Json.text(line, "text", "?")).toList();
  }

  long pid() {
    return process.pid();
  }

  /** Kills it, as by {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
    await("the server to be gone").atMost(PATIENCE).until(() -> !process.isAlive());
  }

  @Override
  public void close() {
    kill();
  }
}
