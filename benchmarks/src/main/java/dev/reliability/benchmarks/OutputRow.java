package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Row f: what reading a worker's output costs. */
final class OutputRow implements Row {
  private static final int FILE_BYTES = 8 << 20;
  private static final int LINE_BYTES = 100;
  private static final long GIB = 1L << 30;

  private static final String RAW = "read of 64 KiB, nothing else";
  private static final String SCAN = "the same + look at each byte for line ends";
  private static final String MARKERS = "ProcessRuntime, sentinels";
  private static final String LINES = "ProcessRuntime, lines to the host";
  private static final String TEXTS = "ProcessRuntime, lines to the host as text";

  @Override
  public String what() {
    return "output of a process: 2 and 10 GiB of 100-byte lines; 1 GiB without a line end";
  }

  @Override
  public void measure(Report report) throws Exception {
    long bytes = Settings.pick(2048, 128) * (1L << 20);
    Content lines = Content.make(true);
    Content zeros = Content.make(false);
    try {
      Map<String, Runs> lined = measure(subjects(), Settings.ROUNDS, lines, bytes);
      Map<String, Runs> flat =
          measure(List.of("raw", "markers", "lines"), Settings.ROUNDS, zeros, bytes / 2);
      Map<String, Runs> much = measure(List.of("raw", "markers"), 1, lines, 5 * bytes);
      Table cpu = new Table(size(bytes) + " of 100-byte lines: CPU of the JVM", "s");
      lined.forEach((name, runs) -> cpu.add(role(name), title(name), runs.cpu(), runs.more()));
      Table rss = new Table(size(bytes) + " of 100-byte lines: peak resident memory", "MB");
      lined.forEach((name, runs) -> rss.add(role(name), title(name), runs.rss()));
      Table endless = new Table(size(bytes / 2) + " without a line end: CPU of the JVM", "s");
      flat.forEach((name, runs) -> endless.add(role(name), title(name), runs.cpu(), runs.more()));
      Table endlessRss =
          new Table(size(bytes / 2) + " without a line end: peak resident memory", "MB");
      flat.forEach((name, runs) -> endlessRss.add(role(name), title(name), runs.rss()));
      report.table(cpu);
      report.table(rss);
      report.table(endless);
      report.table(endlessRss);
      Table muchCpu = new Table(size(5 * bytes) + " through one run: CPU of the JVM", "s");
      much.forEach((name, runs) -> muchCpu.add(role(name), title(name), runs.cpu(), runs.more()));
      Table muchRss = new Table(size(5 * bytes) + " through one run: peak resident memory", "MB");
      much.forEach((name, runs) -> muchRss.add(role(name), title(name), runs.rss()));
      report.table(muchCpu);
      report.table(muchRss);
      report.atMost("sentinels: CPU / raw", cpu.ratio(MARKERS, RAW), 1.4);
      report.atMost("lines to the host: CPU / raw", cpu.ratio(LINES, RAW), 3);
      report.atMost("lines to the host as text: CPU / raw", cpu.ratio(TEXTS, RAW), 3);
      report.atMost("sentinels: RSS in MB", rss.median(MARKERS), 60);
      report.atMost("lines to the host: RSS in MB", rss.median(LINES), 60);
      report.atMost(
          "sentinels, no line end: RSS / with lines",
          endlessRss.median(MARKERS) / rss.median(MARKERS),
          1.1);
      report.atMost(
          "lines, no line end: RSS / with lines",
          endlessRss.median(LINES) / rss.median(LINES),
          1.1);
      report.atMost(
          "sentinels, " + size(5 * bytes) + ": CPU / raw", muchCpu.ratio(MARKERS, RAW), 2);
      report.atMost(
          "sentinels: RSS with " + size(5 * bytes) + " / with " + size(bytes),
          muchRss.median(MARKERS) / rss.median(MARKERS),
          1.1);
    } finally {
      lines.delete();
      zeros.delete();
    }
  }

  @Override
  public void growth(Report report) throws Exception {
    long[] sizes = {24, 240, 2_400};
    Content lines = Content.make(true);
    try {
      List<String> subjects = List.of("raw", "markers", "lines", "readLine");
      Map<String, double[]> cpu = new LinkedHashMap<>();
      Map<String, double[]> rss = new LinkedHashMap<>();
      for (int i = 0; i < sizes.length; i++) {
        Map<String, Runs> at = measure(subjects, 1, lines, sizes[i] << 20);
        for (String subject : subjects) {
          Runs runs = at.get(subject);
          cpu.computeIfAbsent(subject, any -> new double[sizes.length])[i] =
              runs.cpu().median() * 1e9 / (sizes[i] << 10);
          rss.computeIfAbsent(subject, any -> new double[sizes.length])[i] = runs.rss().median();
        }
      }
      report.note("CPU per KiB by MiB of output");
      cpu.forEach((name, costs) -> report.growth(title(name), "ns", sizes, costs));
      report.note("Peak resident memory by MiB of output");
      rss.forEach((name, costs) -> report.growth(title(name), "MB", sizes, costs));
      for (String ours : List.of("markers", "lines")) {
        report.atMost(
            title(ours) + ": RSS, 2,400 MiB / 24", rss.get(ours)[2] / rss.get(ours)[0], 1.5);
        report.atMost(
            title(ours) + ": CPU per KiB, 2,400 MiB / 24",
            cpu.get(ours)[2] / cpu.get(ours)[0],
            1.5);
      }
    } finally {
      lines.delete();
    }
  }

  private static List<String> subjects() {
    return List.of(
        "raw",
        "scan",
        "commons",
        "zt",
        "readLine",
        "nuBytes",
        "nuLines",
        "markers",
        "lines",
        "texts");
  }

  private static Map<String, Runs> measure(
      List<String> subjects, int rounds, Content content, long bytes) throws Exception {
    Map<String, Runs> measured = new LinkedHashMap<>();
    subjects.forEach(name -> measured.put(name, new Runs()));
    for (int round = 0; round < rounds; round++) {
      List<String> order = new ArrayList<>(subjects);
      if (round % 2 == 1) {
        Collections.reverse(order);
      }
      for (String subject : order) {
        List<String> args =
            List.of(subject, content.path.toString(), String.valueOf(bytes / FILE_BYTES));
        Map<String, Double> said =
            Quiet.measure(subject, () -> Fork.run(OutputSubjects.class, Fork.NO_LOGGER, args));
        if (said.get("bytes") != bytes) {
          throw new IllegalStateException(subject + " read " + said + ", expected " + bytes);
        }
        measured.get(subject).add(said, bytes);
        System.err.printf(Locale.ROOT, "  round %d/%d: %s %s%n", round + 1, rounds, subject, said);
      }
    }
    return measured;
  }

  private static Role role(String subject) {
    return switch (subject) {
      case "raw" -> Role.LIMIT;
      case "scan" -> Role.NOTE;
      case "markers", "lines", "texts" -> Role.OURS;
      default -> Role.PEER;
    };
  }

  private static String title(String subject) {
    return switch (subject) {
      case "raw" -> RAW;
      case "scan" -> SCAN;
      case "markers" -> MARKERS;
      case "lines" -> LINES;
      case "texts" -> TEXTS;
      case "commons" -> "commons-exec, lines";
      case "zt" -> "zt-exec, lines";
      case "readLine" -> "BufferedReader.readLine";
      case "nuBytes" -> "NuProcess, bytes";
      case "nuLines" -> "NuProcess, lines";
      default -> throw new IllegalArgumentException(subject);
    };
  }

  private static String size(long bytes) {
    return bytes >= GIB ? bytes / GIB + " GiB" : bytes / (1 << 20) + " MiB";
  }

  /** What several JVMs said of one subject. */
  private static final class Runs {
    private final List<Double> cpus = new ArrayList<>();
    private final List<Double> peaks = new ArrayList<>();
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> starts = new ArrayList<>();

    void add(Map<String, Double> said, long bytes) {
      cpus.add(said.get("cpu"));
      peaks.add(said.get("rss"));
      rates.add(bytes / 1e6 / said.get("wall"));
      starts.add(said.get("before"));
    }

    Samples cpu() {
      return Samples.of(cpus);
    }

    Samples rss() {
      return Samples.of(peaks);
    }

    Map<String, String> more() {
      Map<String, String> more = new LinkedHashMap<>();
      more.put("MB/s", Table.number(Samples.of(rates).median()));
      more.put("s before (start, warm-up)", Table.number(Samples.of(starts).median()));
      return more;
    }
  }

  /** What the producer copies: one file in the page cache, given to {@code cat} many times over. */
  private static final class Content {
    private final Path path;

    private Content(Path path) {
      this.path = path;
    }

    /** A file of lines, or of bytes without any line end. */
    static Content make(boolean lines) throws IOException {
      Path path = Files.createTempFile("output", ".bytes");
      byte[] line = new byte[LINE_BYTES];
      Arrays.fill(line, (byte) 'x');
      byte[] words = "{\"type\":\"assistant\",\"text\":\"".getBytes(StandardCharsets.UTF_8);
      System.arraycopy(words, 0, line, 0, words.length);
      if (lines) {
        line[LINE_BYTES - 1] = '\n';
      }
      try (OutputStream out = Files.newOutputStream(path)) {
        byte[] many = new byte[FILE_BYTES];
        for (int i = 0; i < FILE_BYTES; i++) {
          many[i] = line[i % LINE_BYTES];
        }
        if (lines) {
          many[FILE_BYTES - 1] = '\n';
        }
        out.write(many);
      }
      return new Content(path);
    }

    void delete() throws IOException {
      Files.delete(path);
    }
  }
}
