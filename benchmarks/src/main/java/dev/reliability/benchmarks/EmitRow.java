package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.util.Map;

/** Row o, the ring alone: what the caller pays for an event. */
final class EmitRow implements Row {
  private static final String LIMIT = "one ring write";
  private static final String OURS = "EventBus.emit, ring only";
  private static final String PEER = "SLF4J + async appender + JSON";

  @Override
  public String what() {
    return "event emit, ring alone: the caller's cost";
  }

  @Override
  public void measure(Report report) throws Exception {
    Jmh jmh = new Jmh(EmitBenchmark.class);
    Map<String, Jmh.Measured> one = jmh.run(1, "ring", "logback", "bus");
    Map<String, Jmh.Measured> two = jmh.run(2, "ring", "logback", "bus");
    Map<String, Jmh.Measured> flood = jmh.run(1, "ringFlood", "busFlood");
    Map<String, Jmh.Measured> floods = jmh.run(2, "ringFlood", "busFlood");
    Table alone = table("Bursts of 64, 1 thread", one, "ring", "bus");
    Table both = table("Bursts of 64, 2 threads, each one's cost", two, "ring", "bus");
    Table flooded = table("Without a rest, 1 thread", flood, "ringFlood", "busFlood");
    Table contended =
        table("Without a rest, 2 threads, each one's cost", floods, "ringFlood", "busFlood");
    report.table(alone);
    report.table(both);
    report.table(flooded);
    report.table(contended);
    report.atMost("ns per event, 1 thread", alone.median(OURS), 1_000);
    report.atMost("ns per event, 2 threads", both.median(OURS), 1_000);
    report.atMost("ns per event without a rest, 2 threads", contended.median(OURS), 1_000);
    report.atMost("ours / async appender, 1 thread", alone.toBestPeer(OURS), 1);
    report.atMost("ours / async appender, 2 threads", both.toBestPeer(OURS), 1);
  }

  private static Table table(
      String title, Map<String, Jmh.Measured> measured, String limit, String ours) {
    Table table = new Table(title, "ns");
    table.add(Role.LIMIT, LIMIT, measured.get(limit));
    if (measured.containsKey("logback")) {
      table.add(Role.PEER, PEER, measured.get("logback"));
    }
    table.add(Role.OURS, OURS, measured.get(ours));
    return table;
  }
}
