package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.util.Map;

/** Row d2: the idle timer is reset on each line of output. */
final class TouchRow implements Row {
  private static final String LIMIT = "clock read + release write";
  private static final String OURS = "WorkerListener.progress";
  private static final String PAIR = "WorkerListener.output + progress";
  private static final String NETTY = "Netty HashedWheelTimer";
  private static final String EXECUTOR = "ScheduledThreadPoolExecutor";
  private static final String AGRONA = "Agrona DeadlineTimerWheel";

  @Override
  public String what() {
    return "touch: the idle timer of a run is reset on each output line, 1,000 other runs live";
  }

  @Override
  public void measure(Report report) throws Exception {
    Jmh jmh = new Jmh(TouchBenchmark.class);
    Map<String, Jmh.Measured> alone =
        jmh.run(1, "limit", "netty", "executor", "agrona", "progress", "outputAndProgress");
    Map<String, Jmh.Measured> both =
        jmh.run(2, "limit", "netty", "executor", "progress", "outputAndProgress");
    Table one = table("1 thread", alone);
    Table two = table("2 threads, each with a run of its own", both);
    report.table(one);
    report.table(two);
    report.atMost(OURS + " / limit, 1 thread", one.toLimit(OURS), 1.2);
    report.atMost(OURS + " / limit, 2 threads", two.toLimit(OURS), 1.2);
    report.atMost("bytes per touch", alone.get("progress").bytesPerOp(), 0);
  }

  @Override
  public void growth(Report report) throws Exception {
    long[] sizes = {100, 1_000, 10_000};
    double[] costs = new double[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      costs[i] =
          new Jmh(TouchBenchmark.class)
              .rounds(1)
              .param("others", sizes[i])
              .run(1, "progress")
              .get("progress")
              .score()
              .median();
    }
    report.note("Cost of a touch by how many runs are live");
    report.growth(OURS, "ns", sizes, costs);
    report.atMost(OURS + ", 10,000 live runs / 100", costs[2] / costs[0], 1.5);
  }

  private static Table table(String title, Map<String, Jmh.Measured> measured) {
    Table table = new Table(title, "ns");
    table.add(Role.LIMIT, LIMIT, measured.get("limit"));
    table.add(Role.PEER, NETTY, measured.get("netty"));
    table.add(Role.PEER, EXECUTOR, measured.get("executor"));
    if (measured.containsKey("agrona")) {
      table.add(Role.PEER, AGRONA, measured.get("agrona"));
    }
    table.add(Role.OURS, OURS, measured.get("progress"));
    table.add(Role.NOTE, PAIR, measured.get("outputAndProgress"));
    return table;
  }
}
