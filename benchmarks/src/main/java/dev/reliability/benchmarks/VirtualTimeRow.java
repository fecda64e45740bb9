package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.util.LinkedHashMap;
import java.util.Map;

/** Row e: virtual time. */
final class VirtualTimeRow implements Row {
  private static final String HEAP = "heap, top replaced";
  private static final String BUCKETS = "buckets of instants";
  private static final String RXJAVA = "RxJava TestScheduler";
  private static final String REACTOR = "Reactor VirtualTimeScheduler";
  private static final String OURS = "World, strands and seeded ties";

  @Override
  public String what() {
    return "virtual time: 1,000 periodic tasks, 48 h, once a minute = 2,880,000 events";
  }

  @Override
  public void measure(Report report) throws Exception {
    for (String pattern : new String[] {"phase", "spread"}) {
      Map<String, Jmh.Measured> measured = run(pattern, 1_000, Settings.ROUNDS);
      String title = pattern.equals("phase") ? "All in phase" : "Spread over the minute";
      Table table = new Table(title, "ms");
      add(table, Role.LIMIT, HEAP, measured.get("heap"));
      add(table, Role.LIMIT, BUCKETS, measured.get("buckets"));
      add(table, Role.PEER, RXJAVA, measured.get("rxJava"));
      add(table, Role.PEER, REACTOR, measured.get("reactor"));
      add(table, Role.OURS, OURS, measured.get("world"));
      report.table(table);
      report.atLeast(title + ": RxJava / ours", table.ratio(RXJAVA, OURS), 1.5);
      // 15 M events a second beside a heap that needs 159 ms in phase and 126 ms spread.
      report.atMost(
          title + ": ours / heap", table.ratio(OURS, HEAP), pattern.equals("phase") ? 1.21 : 1.52);
      report.atMost(
          title + ": bytes per event",
          measured.get("world").bytesPerOp() / VirtualTimeBenchmark.EVENTS,
          32);
    }
  }

  @Override
  public void growth(Report report) throws Exception {
    long[] sizes = {100, 1_000, 10_000};
    for (String pattern : new String[] {"phase", "spread"}) {
      Map<String, double[]> values = new LinkedHashMap<>();
      for (int i = 0; i < sizes.length; i++) {
        Map<String, Jmh.Measured> measured = run(pattern, sizes[i], 1);
        for (Map.Entry<String, Jmh.Measured> one : measured.entrySet()) {
          double nanos = one.getValue().score().median() * 1e6 / VirtualTimeBenchmark.EVENTS;
          values.computeIfAbsent(one.getKey(), any -> new double[sizes.length])[i] = nanos;
        }
      }
      report.note(
          "Cost of an event by the number of tasks, "
              + (pattern.equals("phase") ? "all in phase" : "spread over the minute"));
      values.forEach((name, costs) -> report.growth(nameOf(name), "ns", sizes, costs));
      double[] ours = values.get("world");
      double[] heap = values.get("heap");
      report.atMost(
          pattern + ": ours, 10,000 tasks / 100, by the heap's own growth",
          ours[2] / ours[0] / (heap[2] / heap[0]),
          2);
    }
  }

  private static Map<String, Jmh.Measured> run(String pattern, long tasks, int rounds)
      throws Exception {
    return new Jmh(VirtualTimeBenchmark.class)
        .rounds(rounds)
        .iterations(Settings.pick(5, 2), Settings.pick(7, 2))
        .param("pattern", pattern)
        .param("tasks", tasks)
        .run(1, "heap", "buckets", "rxJava", "reactor", "world");
  }

  private static String nameOf(String method) {
    return switch (method) {
      case "heap" -> HEAP;
      case "buckets" -> BUCKETS;
      case "rxJava" -> RXJAVA;
      case "reactor" -> REACTOR;
      default -> OURS;
    };
  }

  private static void add(Table table, Role role, String name, Jmh.Measured measured) {
    double bytes = measured.bytesPerOp() / VirtualTimeBenchmark.EVENTS;
    double rate = VirtualTimeBenchmark.EVENTS / measured.score().median() / 1_000;
    Map<String, String> more = new LinkedHashMap<>();
    more.put("M events/s", Table.number(rate));
    more.put("B/event", Table.number(bytes));
    table.add(role, name, measured.score(), more);
  }
}
