package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.util.Map;

/** Row a: the delay before the next attempt. */
final class DelayRow implements Row {
  private static final String LIMIT = "shift, multiply-high, cheap random number";
  private static final String ADDITIVE = "Backoff, additive jitter";
  private static final String FULL = "Backoff, full jitter";
  private static final String SPRING = "Spring ExponentialBackOff";
  private static final String SPRING_CAP = "Spring ExponentialBackOff, at its cap";
  private static final String RESILIENCE = "Resilience4j IntervalFunction";
  private static final String FAILSAFE = "Failsafe, whole failed attempt";

  @Override
  public String what() {
    return "the next delay: exponential, capped, jittered";
  }

  @Override
  public void measure(Report report) throws Exception {
    Jmh jmh = new Jmh(DelayBenchmark.class);
    String[] methods = {
      "limit", "additive", "full", "spring", "springAtCap", "resilience4j", "failsafe"
    };
    Map<String, Jmh.Measured> one = jmh.run(1, methods);
    Map<String, Jmh.Measured> two = jmh.run(2, methods);
    Table alone = table("1 thread", one);
    Table both = table("2 threads, each one's cost", two);
    report.table(alone);
    report.table(both);
    for (String ours : new String[] {ADDITIVE, FULL}) {
      report.atMost(ours + " / limit", alone.toLimit(ours), 3);
      double spring = Math.min(alone.median(SPRING), alone.median(SPRING_CAP));
      report.atLeast("Spring / " + ours, spring / alone.median(ours), 2);
      report.atLeast("Resilience4j / " + ours, alone.ratio(RESILIENCE, ours), 7);
      report.atMost(ours + ", 2 threads / 1", both.median(ours) / alone.median(ours), 1.3);
    }
    report.atMost("bytes per delay, additive", one.get("additive").bytesPerOp(), 0);
    report.atMost("bytes per delay, full", one.get("full").bytesPerOp(), 0);
    report.note(
        "The limit itself, 2 threads / 1: "
            + Table.number(both.median(LIMIT) / alone.median(LIMIT))
            + " (what the machine costs the second thread)\n");
  }

  @Override
  public void growth(Report report) throws Exception {
    long[] sizes = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};
    Map<String, String> subjects =
        Map.of("limit", LIMIT, "additive", ADDITIVE, "full", FULL, "resilience4j", RESILIENCE);
    Map<String, double[]> values = new java.util.TreeMap<>();
    subjects.keySet().forEach(name -> values.put(name, new double[sizes.length]));
    for (int i = 0; i < sizes.length; i++) {
      Map<String, Jmh.Measured> at =
          new Jmh(DelayBenchmark.class)
              .rounds(1)
              .param("from", sizes[i])
              .run(1, values.keySet().toArray(String[]::new));
      for (String name : values.keySet()) {
        values.get(name)[i] = at.get(name).score().median();
      }
    }
    report.note("Cost of a delay by the number of the attempt");
    values.forEach((name, costs) -> report.growth(subjects.get(name), "ns", sizes, costs));
    for (String ours : new String[] {"additive", "full"}) {
      double[] costs = values.get(ours);
      report.atMost(
          subjects.get(ours) + ", attempt 1,000,000 / attempt 1",
          costs[costs.length - 1] / costs[0],
          1.5);
    }
  }

  private static Table table(String threads, Map<String, Jmh.Measured> measured) {
    Table table = new Table(threads, "ns");
    table.add(Role.LIMIT, LIMIT, measured.get("limit"));
    table.add(Role.PEER, SPRING, measured.get("spring"));
    table.add(Role.PEER, SPRING_CAP, measured.get("springAtCap"));
    table.add(Role.PEER, RESILIENCE, measured.get("resilience4j"));
    table.add(Role.PEER, FAILSAFE, measured.get("failsafe"));
    table.add(Role.OURS, ADDITIVE, measured.get("additive"));
    table.add(Role.OURS, FULL, measured.get("full"));
    return table;
  }
}
