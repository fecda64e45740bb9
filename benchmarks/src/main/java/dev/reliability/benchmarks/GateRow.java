package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.util.Map;

/** Row b: the gate on a hot path. */
final class GateRow implements Row {
  private static final String ATOMIC = "one atomic count";
  private static final String STRIPED = "one striped count";
  private static final String CLOCK_LIMIT = "clock read + one striped count";
  private static final String FAILSAFE = "Failsafe, count breaker";
  private static final String RESILIENCE = "Resilience4j, count window";
  private static final String OURS = "LaneGate, without a clock";
  private static final String CLOCK = "LaneGate, with the clock";

  @Override
  public String what() {
    return "may this lane run? + count a success";
  }

  @Override
  public void measure(Report report) throws Exception {
    double alone = 0;
    for (int threads = 1; threads <= 2; threads++) {
      Map<String, Jmh.Measured> measured =
          new Jmh(GateBenchmark.class)
              .run(
                  threads,
                  "limitAtomic",
                  "limitStriped",
                  "limitClock",
                  "failsafeBreaker",
                  "resilience4j",
                  "ours",
                  "oursWithClock");
      Table table = new Table(threads == 1 ? "1 thread" : "2 threads, each one's cost", "ns");
      table.add(Role.LIMIT, ATOMIC, measured.get("limitAtomic"));
      table.add(Role.LIMIT, STRIPED, measured.get("limitStriped"));
      table.add(Role.NOTE, CLOCK_LIMIT, measured.get("limitClock"));
      table.add(Role.PEER, FAILSAFE, measured.get("failsafeBreaker"));
      table.add(Role.PEER, RESILIENCE, measured.get("resilience4j"));
      table.add(Role.OURS, OURS, measured.get("ours"));
      table.add(Role.OURS, CLOCK, measured.get("oursWithClock"));
      report.table(table);
      String at = threads + (threads == 1 ? " thread" : " threads");
      // 10 and 20 ns beside a limit of 5.0 and 4.7 ns; 35 beside 21.5 for the clock and 5.0.
      report.atMost(OURS + " / limit, " + at, table.toLimit(OURS), threads == 1 ? 2 : 4.3);
      report.atMost(CLOCK + " / its limit, " + at, table.ratio(CLOCK, CLOCK_LIMIT), 1.32);
      report.atMost("bytes, " + at, measured.get("ours").bytesPerOp(), 0);
      report.atMost("bytes with the clock, " + at, measured.get("oursWithClock").bytesPerOp(), 0);
      if (threads == 1) {
        alone = table.median(OURS);
      } else {
        report.atLeast("two threads together / one", 2 * alone / table.median(OURS), 1);
      }
    }
  }
}
