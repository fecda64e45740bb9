package dev.reliability.ops.outage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reliability.micrometer.AlertRules;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A real Prometheus on loopback that scrapes one server, with the rules that ship. */
final class Prometheus implements AutoCloseable {
  private static final Pattern TIMES = Pattern.compile("(?<=for: )(\\d+)m|(?<=> )(600|3600)\\b");

  /** How often it scrapes, and how often it looks at its rules. */
  static final Duration EVERY = Duration.ofMillis(100);

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();
  private final Process process;
  private final int port;

  private Prometheus(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Whether there is one on this machine. */
  static boolean isThere() {
    for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(directory, "prometheus"))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Starts one.
   *
   * @param scale how many times as short the rules' times are
   */
  static Prometheus start(Path directory, int target, int scale) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("rules.yml"), scaled(AlertRules.yaml(), scale));
    Files.writeString(
        directory.resolve("prometheus.yml"),
        """
        global: {scrape_interval: %1$dms, scrape_timeout: %1$dms, evaluation_interval: %1$dms}
        rule_files: [rules.yml]
        scrape_configs:
          - job_name: fleet
            static_configs: [{targets: ["127.0.0.1:%2$d"]}]
        """
            .formatted(EVERY.toMillis(), target));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + directory.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    return new Prometheus(process, port);
  }

  private static String scaled(String rules, int scale) {
    return TIMES
        .matcher(rules)
        .replaceAll(
            found ->
                found.group(1) != null
                    ? Integer.parseInt(found.group(1)) * 60_000 / scale + "ms"
                    : String.valueOf(seconds(found) / scale));
  }

  private static int seconds(MatchResult found) {
    return Integer.parseInt(found.group(2));
  }

  /** Whether it has seen the target well. */
  boolean scrapes() {
    JsonNode targets = ask("/api/v1/targets").at("/data/activeTargets");
    return targets.size() == 1 && targets.get(0).get("health").asText().equals("up");
  }

  /** The alerts that fire, each with its summary. */
  List<String> firing() {
    List<String> firing = new ArrayList<>();
    for (JsonNode alert : ask("/api/v1/alerts").at("/data/alerts")) {
      if (alert.get("state").asText().equals("firing")) {
        firing.add(
            alert.at("/labels/alertname").asText()
                + ": "
                + alert.at("/annotations/summary").asText());
      }
    }
    return firing;
  }

  /** Since when the rule of an alert holds. */
  Instant since(String name) {
    for (JsonNode alert : ask("/api/v1/alerts").at("/data/alerts")) {
      if (alert.at("/labels/alertname").asText().equals(name)) {
        return Instant.parse(alert.get("activeAt").asText());
      }
    }
    throw new IllegalStateException("there is no alert " + name);
  }

  private JsonNode ask(String path) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(Duration.ofSeconds(5))
              .build();
      return mapper.readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      return mapper.createObjectNode(); // it does not listen yet
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
