package dev.reliability.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a row prints: where and when it was measured, its tables, and each bar with PASS or MISS.
 * Not thread-safe.
 */
final class Report {
  private static final int BAR_WIDTH = 40;

  private final PrintStream out;
  private final List<String> bars = new ArrayList<>();
  private boolean missed;

  Report(PrintStream out) {
    this.out = out;
  }

  /** Prints what is measured, where and when. */
  void begin(String row, String what) {
    out.println("Row " + row + ": " + what);
    out.println(
        Instant.now().truncatedTo(ChronoUnit.MINUTES)
            + ", JDK "
            + Runtime.version()
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " x "
            + processor()
            + ", load "
            + load()
            + (Settings.BY_CPU ? ", compared by processor time" : "")
            + (Settings.QUICK ? ", QUICK: only good for seeing whether it runs" : ""));
    out.println();
  }

  /** Prints a table. */
  void table(Table table) {
    out.println(table);
  }

  /** Prints a line of words. */
  void note(String words) {
    out.println(words);
  }

  /** A bar that is held if {@code value} is at most {@code most}. */
  void atMost(String what, double value, double most) {
    bar(value <= most, what, value, "<=", most);
  }

  /** A bar that is held if {@code value} is at least {@code least}. */
  void atLeast(String what, double value, double least) {
    bar(value >= least, what, value, ">=", least);
  }

  /**
   * Prints how cost grows with size, one bar per size on a logarithmic scale.
   *
   * @param unit of the values
   */
  void growth(String name, String unit, long[] sizes, double[] values) {
    double most = 0;
    double least = Double.MAX_VALUE;
    for (double value : values) {
      most = Math.max(most, value);
      least = Math.min(least, value);
    }
    double floor = least / 2;
    double span = Math.max(Math.log(most / floor), Math.log(4));
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      int width = (int) Math.round(BAR_WIDTH * Math.log(values[i] / floor) / span);
      String bar = "#".repeat(Math.max(1, width)) + " ".repeat(BAR_WIDTH - Math.max(1, width));
      rows.add(
          List.of(
              i == 0 ? name : "",
              String.format(Locale.ROOT, "%,d", sizes[i]),
              Table.number(values[i]) + " " + unit,
              "x " + Table.number(values[i] / values[0]),
              bar));
    }
    out.println(Table.align(rows));
  }

  /** Prints the bars. */
  void end() {
    bars.forEach(out::println);
    if (!bars.isEmpty()) {
      out.println(missed ? "Verdict: MISS" : "Verdict: PASS");
    }
    String others =
        Double.isNaN(Quiet.worst())
            ? "what other programs took was not told apart from the servers"
            : String.format(
                Locale.ROOT,
                "other programs took up to %.0f %% of one processor meanwhile",
                Quiet.worst() * 100);
    out.println("(load at the end " + load() + "; " + others + ")");
    out.flush();
  }

  private void bar(boolean held, String what, double value, String sign, double bound) {
    missed |= !held;
    bars.add(
        (held ? "PASS  " : "MISS  ")
            + what
            + ": "
            + Table.number(value)
            + " (bar "
            + sign
            + " "
            + Table.number(bound)
            + ")");
  }

  private static String processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  private static String load() {
    try {
      return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    } catch (IOException e) {
      return "unknown";
    }
  }
}
