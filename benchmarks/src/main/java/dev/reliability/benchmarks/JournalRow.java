package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Row n: what it takes to ask a journal of ten million events. */
final class JournalRow implements Row {
  private static final String SCAN = "scan for line ends, nothing else";
  private static final String JQ = "jq, failed runs by reason";
  private static final List<String> OURS = List.of("hotspots", "correlate", "trace");
  private static final List<String> NO_OPTIONS = List.of();
  private static final List<String> SMALL = List.of("-Xmx64m");

  @Override
  public String what() {
    return "a journal of 10 M events read by hotspots, correlate and trace, as whole processes";
  }

  @Override
  public void measure(Report report) throws Exception {
    long events = Settings.pick(10_000_000, 300_000);
    Path directory = Files.createTempDirectory("journal");
    Path tenth = Files.createTempDirectory("journal");
    try {
      JournalMaker.make(directory, events);
      JournalMaker.make(tenth, events / 10);
      measure(report, directory, tenth, events);
    } finally {
      delete(directory);
      delete(tenth);
    }
  }

  private static void measure(Report report, Path directory, Path tenth, long events)
      throws Exception {
    boolean hasJq = hasJq();
    Map<String, Runs> all = new LinkedHashMap<>();
    for (int round = 0; round < Settings.ROUNDS; round++) {
      List<String> order = new ArrayList<>(OURS);
      order.add(SCAN);
      if (hasJq) {
        order.add(JQ);
      }
      if (round % 2 == 1) {
        Collections.reverse(order);
      }
      for (String name : order) {
        boolean isJq = name.equals(JQ);
        Runs runs = all.computeIfAbsent(name, key -> new Runs());
        Once once =
            Quiet.measure(name, () -> run(name, NO_OPTIONS, isJq ? tenth : directory, window()));
        runs.add(once, isJq ? events / 10 : events);
        System.err.printf(
            Locale.ROOT, "  round %d/%d: %s %s%n", round + 1, Settings.ROUNDS, name, once);
      }
    }
    Table table =
        new Table(String.format(Locale.ROOT, "%,d events, each process as a whole", events), "ns");
    for (String name : List.of(SCAN, JQ, "hotspots", "correlate", "trace")) {
      Runs runs = all.get(name);
      if (runs != null) {
        table.add(role(name), name, runs.nanos(), runs.more());
      }
    }
    report.table(table);
    if (hasJq) {
      report.note(
          "jq reads a journal a tenth as long: its cost of an event does not depend on it.");
      for (String name : OURS) {
        report.atLeast("jq / " + name, table.ratio(JQ, name), 20);
      }
    } else {
      report.note("jq was skipped: there is no program jq here that says its version.");
    }
    memory(report, directory, tenth);
    window(report, directory);
  }

  private static void memory(Report report, Path directory, Path tenth) throws Exception {
    Table table = new Table("Peak resident memory with -Xmx64m", "MB");
    for (String name : OURS) {
      double small = run(name, SMALL, tenth, window()).rss();
      double large = run(name, SMALL, directory, window()).rss();
      table.add(Role.NOTE, name + ", a tenth", Samples.of(small));
      table.add(Role.OURS, name, Samples.of(large));
      report.atMost(name + " with -Xmx64m: memory / with a tenth", large / small, 1.2);
    }
    report.table(table);
  }

  /** How many bytes it takes to look at a hundredth of the time. */
  private static void window(Report report, Path directory) throws Exception {
    double size = 0;
    for (Path file : ReadSubjects.files(directory)) {
      size += Files.size(file);
    }
    Table table = new Table("Read of " + Table.number(size / 1e6) + " MB for a part of it", "MB");
    Instant before = JournalMaker.START.minus(Duration.ofDays(2));
    List<String> never = during(before, before.plusSeconds(1));
    double start = run("hotspots", NO_OPTIONS, directory, never).read();
    for (int percent : new int[] {3, 50, 97}) {
      Instant since =
          JournalMaker.START.plus(JournalMaker.LENGTH.multipliedBy(percent).dividedBy(100));
      List<String> part = during(since, since.plus(JournalMaker.LENGTH.dividedBy(100)));
      double read = run("hotspots", NO_OPTIONS, directory, part).read() - start;
      table.add(Role.NOTE, "1 % of the time, from " + percent + " % on", Samples.of(read / 1e6));
      report.atMost("bytes read for 1 % from " + percent + " % on / all", read / size, 0.03);
    }
    report.table(table);
  }

  @Override
  public void growth(Report report) throws Exception {
    long[] sizes = {100_000, 1_000_000, Settings.pick(10_000_000, 1_000_000)};
    Map<String, double[]> costs = new LinkedHashMap<>();
    Map<String, double[]> memories = new LinkedHashMap<>();
    for (int i = 0; i < sizes.length; i++) {
      Path directory = Files.createTempDirectory("journal");
      try {
        JournalMaker.make(directory, sizes[i]);
        for (String name : OURS) {
          Once once = Quiet.measure(name, () -> run(name, NO_OPTIONS, directory, window()));
          costs.computeIfAbsent(name, any -> new double[sizes.length])[i] =
              once.wall() * 1e9 / sizes[i];
          memories.computeIfAbsent(name, any -> new double[sizes.length])[i] =
              run(name, SMALL, directory, window()).rss();
        }
      } finally {
        delete(directory);
      }
    }
    report.note("Per event, the start of the JVM included");
    costs.forEach((name, values) -> report.growth(name, "ns", sizes, values));
    report.note("Peak resident memory with -Xmx64m");
    memories.forEach((name, values) -> report.growth(name, "MB", sizes, values));
    for (String name : OURS) {
      report.atMost(name + ": per event, 10 x", costs.get(name)[2] / costs.get(name)[1], 1.2);
    }
  }

  // ---- one process ----

  /** All of it. */
  private static List<String> window() {
    return during(JournalMaker.START, JournalMaker.START.plus(JournalMaker.LENGTH).plusSeconds(1));
  }

  private static List<String> during(Instant since, Instant until) {
    return List.of("--since", since.toString(), "--until", until.toString());
  }

  private static Role role(String name) {
    return name.equals(SCAN) ? Role.LIMIT : name.equals(JQ) ? Role.PEER : Role.OURS;
  }

  private static boolean hasJq() {
    try {
      Process process = new ProcessBuilder("jq", "--version").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Once run(String name, List<String> options, Path directory, List<String> window)
      throws Exception {
    double cpu = Quiet.childSeconds();
    long start = System.nanoTime();
    Map<String, Double> said;
    if (name.equals(JQ)) {
      said = Map.of();
      jq(directory);
    } else if (name.equals(SCAN)) {
      said = Fork.run(ReadSubjects.class, options, List.of("scan", directory.toString()));
    } else {
      List<String> args = new ArrayList<>(List.of("command", name, "--dir", directory.toString()));
      args.addAll(window);
      said = Fork.run(ReadSubjects.class, options, args);
    }
    double wall = (System.nanoTime() - start) / 1e9;
    return new Once(
        wall,
        Quiet.childSeconds() - cpu,
        said.getOrDefault("rss", Double.NaN),
        said.getOrDefault("read", Double.NaN));
  }

  private static void jq(Path directory) throws Exception {
    List<String> command = new ArrayList<>();
    command.add("jq");
    command.add("-n");
    command.add(
        "reduce (inputs | select(.type == \"run.ended\" and .attrs.state == \"failed\")) as $e"
            + " ({}; .[$e.attrs.reason] += 1)");
    ReadSubjects.files(directory).forEach(file -> command.add(file.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getInputStream().readAllBytes();
    if (process.waitFor() != 0) {
      throw new IOException("exit " + process.exitValue() + " of " + command);
    }
  }

  /** What one process took: seconds, seconds of processors, megabytes, bytes. */
  private record Once(double wall, double cpu, double rss, double read) {}

  private static final class Runs {
    private final List<Once> runs = new ArrayList<>();
    private long events;

    void add(Once once, long ofEvents) {
      runs.add(once);
      events = ofEvents;
    }

    Samples nanos() {
      return Samples.of(runs.stream().map(once -> once.wall() * 1e9 / events).toList());
    }

    Map<String, String> more() {
      Map<String, String> more = new LinkedHashMap<>();
      Samples cpu = Samples.of(runs.stream().map(once -> once.cpu() * 1e9 / events).toList());
      Samples rss = Samples.of(runs.stream().map(Once::rss).toList());
      more.put("M events/s", Table.number(1e3 / nanos().median()));
      more.put("CPU ns", Table.number(cpu.median()));
      more.put("peak MB", Double.isNaN(rss.median()) ? "-" : Table.number(rss.median()));
      return more;
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
