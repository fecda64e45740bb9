package dev.reliability.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code java [-Dquick] -jar benchmarks/target/benchmarks.jar <row> [growth]}: measures one row of
 * the performance table. {@code jmh ...} hands the rest of the arguments to JMH.
 */
public final class Main {
  private static final Map<String, Row> ROWS = new LinkedHashMap<>();

  static {
    ROWS.put("a", new DelayRow());
    ROWS.put("b", new GateRow());
    ROWS.put("c", new ClaimRow());
    ROWS.put("d1", new TimerRow());
    ROWS.put("d2", new TouchRow());
    ROWS.put("e", new VirtualTimeRow());
    ROWS.put("f", new OutputRow());
    ROWS.put("g", new SpawnRow());
    ROWS.put("h", new ExitRow());
    ROWS.put("i", new LiveRow());
    ROWS.put("j", new LockRow());
    ROWS.put("k", new RefusalRow());
    ROWS.put("l", new QueueRow());
    ROWS.put("m", new SqliteRow());
    ROWS.put("n", new JournalRow());
    ROWS.put("o", new EmitRow());
    ROWS.put("p", new StartRow());
    ROWS.put("q", new PageRow());
  }

  private Main() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("jmh")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    Row row = args.length == 0 ? null : ROWS.get(args[0]);
    boolean growth = args.length == 2 && args[1].equals("growth");
    if (row == null || args.length > 2 || args.length == 2 && !growth) {
      System.err.println("usage: java [-Dquick] -jar benchmarks.jar <row> [growth]");
      ROWS.forEach((name, each) -> System.err.printf("  %-3s %s%n", name, each.what()));
      System.exit(2);
      return;
    }
    Report report = new Report(System.out);
    report.begin(args[0] + (growth ? " growth" : ""), row.what());
    if (growth) {
      row.growth(report);
    } else {
      row.measure(report);
    }
    report.end();
    System.exit(0); // some peers leave threads behind that are not daemons
  }
}
