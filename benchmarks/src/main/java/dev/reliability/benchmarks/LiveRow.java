package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Row i: many live children that each print a line a second. */
final class LiveRow implements Row {
  private static final String OURS = "RunSupervisor on ProcessRuntime";
  private static final String PUMPS = "ProcessBuilder, two pumps each";

  @Override
  public String what() {
    return "500 and 1,000 live children, a line a second each";
  }

  @Override
  public void measure(Report report) throws Exception {
    measure(report, Settings.pick(500, 20), Settings.ROUNDS, names());
    measure(report, Settings.pick(1_000, 40), 1, new ArrayList<>(List.of("pumps", "ours")));
  }

  private static List<String> names() {
    return List.of("pumps", "commons", "zt", "nu", "ours");
  }

  private static void measure(Report report, int children, int rounds, List<String> names)
      throws Exception {
    Map<String, List<Map<String, Double>>> all = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (String name : names) {
        List<String> args =
            List.of(name, String.valueOf(children), String.valueOf(Settings.pick(20, 3)));
        Map<String, Double> said =
            Quiet.measure(name, () -> Fork.run(LiveSubjects.class, Fork.NO_LOGGER, args));
        all.computeIfAbsent(name, any -> new ArrayList<>()).add(said);
        System.err.println("  " + name + " " + said);
      }
    }
    Table rss = new Table(children + " children: resident memory of the JVM", "MB");
    all.forEach(
        (name, said) -> {
          Map<String, String> more = new LinkedHashMap<>();
          more.put("threads", Table.number(median(said, "threads")));
          more.put("% of a CPU", Table.number(median(said, "cpu")));
          more.put("lines/s", Table.number(median(said, "lines")));
          more.put("median ms", Table.number(median(said, "median")));
          more.put("99 %", Table.number(median(said, "p99")));
          Samples samples = Samples.of(said.stream().map(one -> one.get("rss")).toList());
          rss.add(name.equals("ours") ? Role.OURS : Role.PEER, title(name), samples, more);
        });
    report.table(rss);
    List<Map<String, Double>> ours = all.get("ours");
    List<Map<String, Double>> pumps = all.get("pumps");
    String at = " at " + children;
    report.atMost("memory / two pumps'" + at, rss.ratio(OURS, PUMPS), 1);
    report.atMost(
        "threads / two pumps'" + at, median(ours, "threads") / median(pumps, "threads"), 1);
    report.atMost("CPU / two pumps'" + at, median(ours, "cpu") / median(pumps, "cpu"), 1);
    report.atMost("99 % of lines within, ms" + at, median(ours, "p99"), 5);
  }

  private static double median(List<Map<String, Double>> said, String what) {
    return Samples.of(said.stream().map(one -> one.get(what)).toList()).median();
  }

  private static String title(String name) {
    return switch (name) {
      case "pumps" -> PUMPS;
      case "commons" -> "commons-exec, lines";
      case "zt" -> "zt-exec, lines";
      case "nu" -> "NuProcess, bytes";
      default -> OURS;
    };
  }
}
