package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Row d1: schedule and cancel timers while a million are pending. */
final class TimerRow implements Row {
  private static final String UNLOCKED = "slab wheel";
  private static final String LIMIT = "slab wheel, locked";
  private static final String WHEEL = "TimerWheel (told the time)";
  private static final String OURS = "Scheduler (reads the clock)";
  private static final String NETTY = "Netty HashedWheelTimer";
  private static final String EXECUTOR = "ScheduledThreadPoolExecutor";
  private static final String AGRONA = "Agrona DeadlineTimerWheel";
  private static final String JAVA_TIMER = "java.util.Timer";
  private static final String CLOCK = "System.nanoTime alone";

  private static final Map<String, String> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put("limitUnlocked", UNLOCKED);
    NAMES.put("limit", LIMIT);
    NAMES.put("netty", NETTY);
    NAMES.put("executor", EXECUTOR);
    NAMES.put("agrona", AGRONA);
    NAMES.put("javaTimer", JAVA_TIMER);
    NAMES.put("wheel", WHEEL);
    NAMES.put("scheduler", OURS);
    NAMES.put("clock", CLOCK);
  }

  @Override
  public String what() {
    return "timers: schedule + cancel while 1,000,000 are pending; heap per pending timer";
  }

  @Override
  public void measure(Report report) throws Exception {
    Jmh jmh = new Jmh(TimerBenchmark.class);
    Table one =
        table("Schedule + cancel, 1 thread", jmh.run(1, NAMES.keySet().toArray(String[]::new)), "");
    Table two =
        table(
            "Schedule + cancel, 2 threads, each one's cost",
            jmh.run(2, "limit", "netty", "executor", "javaTimer", "wheel", "scheduler", "clock"),
            "");
    Table churn =
        table(
            "Cancel any of the million + schedule another, 1 thread",
            new Jmh(TimerBenchmark.class)
                .rounds(Settings.pick(2, 1))
                .run(
                    1,
                    "limitChurn",
                    "nettyChurn",
                    "executorChurn",
                    "agronaChurn",
                    "wheelChurn",
                    "schedulerChurn"),
            "Churn");
    Table heap = heap();
    report.table(one);
    report.table(two);
    report.table(churn);
    report.table(heap);
    report.note(earliness() + "\n");
    report.atMost(WHEEL + " / " + LIMIT + ", 1 thread", one.ratio(WHEEL, LIMIT), 2);
    report.atMost(WHEEL + " / " + LIMIT + ", 2 threads", two.ratio(WHEEL, LIMIT), 2);
    report.atLeast(NETTY + " / " + WHEEL + ", 1 thread", one.ratio(NETTY, WHEEL), 3);
    report.atLeast(NETTY + " / " + WHEEL + ", 2 threads", two.ratio(NETTY, WHEEL), 3);
    report.atLeast(NETTY + " / " + OURS + ", 1 thread", one.ratio(NETTY, OURS), 3);
    report.atLeast(NETTY + " / " + OURS + ", 2 threads", two.ratio(NETTY, OURS), 3);
    report.atMost("bytes per pending timer, ours", heap.median(OURS), 40);
    report.atMost("timers that fired early", early, 0);
  }

  @Override
  public void growth(Report report) throws Exception {
    long[] sizes = {10_000, 100_000, 1_000_000};
    String[] methods = {
      "limit", "limitChurn", "nettyChurn", "executorChurn", "scheduler", "schedulerChurn"
    };
    Map<String, double[]> values = new LinkedHashMap<>();
    for (String method : methods) {
      values.put(method, new double[sizes.length]);
    }
    for (int i = 0; i < sizes.length; i++) {
      Map<String, Jmh.Measured> at =
          new Jmh(TimerBenchmark.class).rounds(1).param("pending", sizes[i]).run(1, methods);
      for (String method : methods) {
        values.get(method)[i] = at.get(method).score().median();
      }
    }
    report.note(
        "Cost by how many are pending (anywhere: cancel any + schedule another; the growth is that"
            + " of cache misses)");
    values.forEach(
        (method, costs) -> {
          boolean anywhere = method.endsWith("Churn");
          String subject = anywhere ? method.substring(0, method.length() - 5) : method;
          report.growth(NAMES.get(subject) + (anywhere ? ", anywhere" : ""), "ns", sizes, costs);
        });
    double[] ours = values.get("scheduler");
    report.atMost("Scheduler, 1,000,000 pending / 10,000", ours[2] / ours[0], 1.5);
    double[] churn = values.get("schedulerChurn");
    double[] limit = values.get("limitChurn");
    report.atMost(
        "Scheduler, anywhere, 1,000,000 / 10,000, by the limit's own growth",
        churn[2] / churn[0] / (limit[2] / limit[0]),
        1.5);
  }

  private static Table table(String title, Map<String, Jmh.Measured> measured, String suffix) {
    Table table = new Table(title, "ns");
    NAMES.forEach(
        (method, name) -> {
          Jmh.Measured result = measured.get(method + suffix);
          if (result != null) {
            table.add(roleOf(method), name, result.score(), result.columns());
          }
        });
    return table;
  }

  private static Role roleOf(String method) {
    return switch (method) {
      case "limit" -> Role.LIMIT;
      case "wheel", "scheduler" -> Role.OURS;
      case "limitUnlocked", "clock" -> Role.NOTE;
      default -> Role.PEER;
    };
  }

  private static Table heap() throws Exception {
    Table table = new Table("Heap per pending timer, 1,000,000 pending", "bytes");
    for (String subject : List.of("limit", "netty", "executor", "agrona", "javaTimer", "ours")) {
      Map<String, Double> said =
          Fork.run(
              TimerHeap.class,
              List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g"),
              List.of(subject, "1000000"));
      boolean ours = subject.equals("ours");
      table.add(
          ours ? Role.OURS : roleOf(subject),
          ours ? OURS : NAMES.get(subject),
          Samples.of(said.get("bytes")));
    }
    return table;
  }

  private long early;

  /** Lets a few thousand timers fire and compares each with its deadline. */
  private String earliness() throws InterruptedException {
    int count = Settings.pick(20_000, 2_000);
    AtomicLong tooEarly = new AtomicLong();
    long[] late = new long[count];
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system()) {
      Strand strand = runtime.strand(Strand.Kind.CONTROL, "early");
      CountDownLatch fired = new CountDownLatch(count);
      for (int i = 0; i < count; i++) {
        int number = i;
        long delay = (Delays.mix(i) >>> 1) % TimeUnit.SECONDS.toNanos(2);
        long due = System.nanoTime() + delay;
        runtime
            .scheduler()
            .schedule(
                strand,
                delay,
                () -> {
                  late[number] = System.nanoTime() - due;
                  if (late[number] < 0) {
                    tooEarly.incrementAndGet();
                  }
                  fired.countDown();
                });
      }
      fired.await();
    }
    early = tooEarly.get();
    double[] millis = new double[count];
    for (int i = 0; i < count; i++) {
      millis[i] = late[i] / 1e6;
    }
    Samples lateness = Samples.of(millis);
    return count
        + " timers within 2 s: "
        + early
        + " early; late by "
        + Table.number(lateness.median())
        + " ms (median), "
        + Table.number(lateness.quantile(0.99))
        + " ms (99 %)";
  }
}
