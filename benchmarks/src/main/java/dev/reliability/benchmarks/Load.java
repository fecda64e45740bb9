package dev.reliability.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.reliability.benchmarks.Table.Role;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Lets several threads do one thing over and over for a while, for each of several subjects in
 * turns; every other round goes through them backwards. For work that waits for a server or a disk,
 * where what the other processes take is a part of the cost.
 */
final class Load {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final int threads;
  private final Map<String, Subject> subjects = new LinkedHashMap<>();
  private final Map<String, Role> roles = new LinkedHashMap<>();
  private final Map<String, Double> longest = new LinkedHashMap<>();

  /** What is measured. */
  @FunctionalInterface
  interface Subject {
    /** What thread number {@code thread} does over and over. */
    Task task(int thread) throws Exception;
  }

  /** One go. */
  @FunctionalInterface
  interface Task {
    /** Takes it, and tells how many operations it was. */
    int once() throws Exception;
  }

  private record Turn(double micros, double jvm, double others, double longestMillis) {}

  Load(int threads) {
    this.threads = threads;
  }

  /** Adds a subject. */
  Load add(Role role, String name, Subject subject) {
    subjects.put(name, subject);
    roles.put(name, role);
    return this;
  }

  /** Measures all, and tells the wall time per operation of all threads together. */
  Table run(String title) throws Exception {
    int warmMillis = Settings.pick(2_000, 300);
    int millis = Settings.pick(3_000, 500);
    Map<String, List<Turn>> turns = new LinkedHashMap<>();
    for (String name : subjects.keySet()) {
      turns.put(name, new ArrayList<>());
      turn(subjects.get(name), warmMillis);
    }
    for (int round = 0; round < Settings.ROUNDS; round++) {
      List<String> order = new ArrayList<>(subjects.keySet());
      if (round % 2 == 1) {
        Collections.reverse(order);
      }
      for (String name : order) {
        Turn turn = turn(subjects.get(name), millis);
        turns.get(name).add(turn);
        System.err.printf(
            Locale.ROOT,
            "  round %d/%d, %d threads: %s %s/s%n",
            round + 1,
            Settings.ROUNDS,
            threads,
            name,
            Table.number(1e6 / turn.micros));
      }
    }
    Table table = new Table(title + ", " + threads + (threads == 1 ? " thread" : " threads"), "us");
    turns.forEach((name, all) -> add(table, name, all));
    return table;
  }

  /** The longest single go of a subject, in milliseconds, over all rounds that were run. */
  double longestMillis(String name) {
    return longest.getOrDefault(name, Double.NaN);
  }

  private void add(Table table, String name, List<Turn> turns) {
    Samples micros = Samples.of(turns.stream().map(Turn::micros).toList());
    Map<String, String> more = new LinkedHashMap<>();
    more.put("a second", Table.number(1e6 / micros.median()));
    more.put("CPU us, JVM", median(turns.stream().map(Turn::jvm).toList()));
    more.put("others", median(turns.stream().map(Turn::others).toList()));
    longest.put(name, turns.stream().mapToDouble(Turn::longestMillis).max().orElse(0));
    more.put("longest ms", Table.number(longestMillis(name)));
    table.add(roles.get(name), name, micros, more);
  }

  private static String median(List<Double> values) {
    return Table.number(Samples.of(values).median());
  }

  private Turn turn(Subject subject, int millis) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Task> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        tasks.add(subject.task(i));
      }
      double[] before = new double[3];
      long[] end = new long[1];
      CyclicBarrier start =
          new CyclicBarrier(
              threads,
              () -> {
                before[0] = SYSTEM.getProcessCpuTime() / 1e9;
                before[1] = Quiet.foreignSeconds();
                before[2] = System.nanoTime();
                end[0] = System.nanoTime() + millis * 1_000_000L;
              });
      List<Callable<long[]>> loops = new ArrayList<>();
      for (Task task : tasks) {
        loops.add(() -> loop(task, start, end));
      }
      long done = 0;
      long longest = 0;
      for (Future<long[]> loop : pool.invokeAll(loops)) {
        done += loop.get()[0];
        longest = Math.max(longest, loop.get()[1]);
      }
      double seconds = (System.nanoTime() - before[2]) / 1e9;
      double jvm = SYSTEM.getProcessCpuTime() / 1e9 - before[0];
      double others = Quiet.foreignSeconds() - before[1];
      double each = 1e6 / Math.max(1, done);
      return new Turn(seconds * each, jvm * each, others * each, longest / 1e6);
    } finally {
      pool.shutdownNow();
    }
  }

  private static long[] loop(Task task, CyclicBarrier start, long[] end) throws Exception {
    start.await();
    long done = 0;
    long longest = 0;
    long now = System.nanoTime();
    while (now < end[0]) {
      done += task.once();
      long after = System.nanoTime();
      longest = Math.max(longest, after - now);
      now = after;
    }
    return new long[] {done, longest};
  }
}
