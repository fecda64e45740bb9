package dev.reliability.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A fleet and the page of it: two processes beside this one, in a directory of their own. */
final class PageSite implements AutoCloseable {
  private static final double TICKS_A_SECOND = 100;

  private final Path directory;
  private final Process host;
  private final Process serve;
  private final BufferedReader answers;
  private final Writer orders;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();

  /** An answer of the page. */
  record Got(String text, double millis, double kb) {}

  /** What processes took of the processors so far, in seconds. */
  record Cpu(double serve, double others) {}

  /**
   * Starts both.
   *
   * @param command the operators' command, a jar
   */
  PageSite(Path command, int lanes) throws IOException {
    directory = Files.createTempDirectory("page");
    List<Process> started = new ArrayList<>();
    try {
      host =
          start(
              started,
              "-cp",
              System.getProperty("java.class.path"),
              Fork.NO_LOGGER.get(0),
              PageHost.class.getName(),
              directory.toString(),
              String.valueOf(lanes));
      answers = host.inputReader();
      orders = host.outputWriter();
      expect(answers, "ready");
      serve =
          start(
              started,
              "-jar",
              command.toString(),
              "serve",
              "--port",
              "0",
              "--dir",
              directory.toString());
      BufferedReader said = serve.inputReader();
      port = URI.create(expect(said, "serving ").split(" ")[1]).getPort();
      expect(said, "open ");
    } catch (IOException | RuntimeException e) {
      started.forEach(Process::destroyForcibly);
      throw e;
    }
  }

  private static Process start(List<Process> started, String... words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(process);
    return process;
  }

  private static String expect(BufferedReader from, String beginning) throws IOException {
    String line = from.readLine();
    if (line == null || !line.startsWith(beginning)) {
      throw new IOException("expected \"" + beginning + "\", got \"" + line + "\"");
    }
    return line;
  }

  int port() {
    return port;
  }

  /** Has the fleet do so many runs from now on, with even distances. */
  void work(int runs, int seconds) throws IOException {
    orders.write("work " + runs + " " + seconds + "\n");
    orders.flush();
  }

  /** Waits until they have ended; how many did. */
  long ended() throws IOException {
    return Long.parseLong(expect(answers, "done ").substring("done ".length()));
  }

  /** Asks the page. */
  Got get(String path) throws IOException, InterruptedException {
    long start = System.nanoTime();
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    double millis = (System.nanoTime() - start) / 1e6;
    if (answer.statusCode() != 200) {
      throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return new Got(answer.body(), millis, answer.body().length() / 1_000.0);
  }

  /** Serve's, and that of everybody but this process, serve and the fleet. */
  Cpu cpu() throws IOException {
    double served = seconds(serve);
    return new Cpu(served, Quiet.foreignSeconds() - served - seconds(host));
  }

  private static double seconds(Process process) throws IOException {
    String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
  }

  /** Resident memory of serve, in MB. */
  double residentMb() throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(serve.pid()), "status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        / 1_024.0;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (Process process : List.of(serve, host)) {
      process.destroy();
      process.waitFor();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
