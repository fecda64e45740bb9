package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.util.Map;

/** Row c: a claim granted and given back, in memory. */
final class ClaimRow implements Row {
  private static final String LIMIT = "ConcurrentHashMap, put if absent + remove";
  private static final String CAFFEINE = "Caffeine, put if absent + remove";
  private static final String GUAVA = "Guava Cache, put if absent + remove";
  private static final String OURS = "InMemoryLeaseStore, claim + release";

  @Override
  public String what() {
    return "a claim granted and given back in memory: 1,000,000 keys in 64 lanes, and one hot key";
  }

  @Override
  public void measure(Report report) throws Exception {
    measure(report, "1,000,000 keys, uniform", 1_000_000);
    measure(report, "One hot key", 1);
  }

  private static void measure(Report report, String title, int keys) throws Exception {
    for (int threads = 1; threads <= 2; threads++) {
      Map<String, Jmh.Measured> measured =
          new Jmh(ClaimBenchmark.class)
              .param("keys", keys)
              .run(threads, "limit", "ours", "caffeine", "guava");
      Table table =
          new Table(title + (threads == 1 ? ", 1 thread" : ", 2 threads, each one's cost"), "ns");
      add(table, Role.LIMIT, LIMIT, measured.get("limit"));
      add(table, Role.PEER, CAFFEINE, measured.get("caffeine"));
      add(table, Role.PEER, GUAVA, measured.get("guava"));
      add(table, Role.OURS, OURS, measured.get("ours"));
      report.table(table);
      report.atMost(title + ", " + threads + " threads: ours / limit", table.toLimit(OURS), 1.25);
      report.atMost(
          title + ", " + threads + " threads: bytes per claim",
          measured.get("ours").bytesPerOp(),
          48);
    }
  }

  private static void add(Table table, Role role, String name, Jmh.Measured measured) {
    table.add(role, name, measured.score(), measured.columns());
  }
}
