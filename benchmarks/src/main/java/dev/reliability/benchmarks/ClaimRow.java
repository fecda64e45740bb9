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
      table.add(Role.LIMIT, LIMIT, measured.get("limit"));
      table.add(Role.PEER, CAFFEINE, measured.get("caffeine"));
      table.add(Role.PEER, GUAVA, measured.get("guava"));
      table.add(Role.OURS, OURS, measured.get("ours"));
      report.table(table);
      report.atMost(title + ", " + threads + " threads: ours / limit", table.toLimit(OURS), 1.25);
      report.atMost(
          title + ", " + threads + " threads: bytes per claim",
          measured.get("ours").bytesPerOp(),
          48);
    }
  }

  @Override
  public void growth(Report report) throws Exception {
    long[] sizes = {10_000, 100_000, 1_000_000};
    double[] limit = new double[sizes.length];
    double[] ours = new double[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      Map<String, Jmh.Measured> measured =
          new Jmh(ClaimBenchmark.class).param("keys", sizes[i]).rounds(1).run(1, "limit", "ours");
      limit[i] = measured.get("limit").score().median();
      ours[i] = measured.get("ours").score().median();
    }
    report.note("Claim + release by how many keys there are");
    report.growth(LIMIT, "ns", sizes, limit);
    report.growth(OURS, "ns", sizes, ours);
    report.atMost(
        "ours, 1,000,000 keys / 10,000, by the limit's own growth",
        ours[2] / ours[0] / (limit[2] / limit[0]),
        2);
  }
}
