package dev.reliability.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Keeps what other programs do out of the figures, as far as that goes on a shared machine: waits a
 * while for a quiet moment, measures, sees how much processor time others took meanwhile, and
 * measures again if it was too much. What is kept is the quietest measurement. On a system without
 * {@code /proc} it just measures.
 */
final class Quiet {
  private static final int TRIES = Integer.getInteger("tries", Settings.pick(4, 1));
  private static final double ENOUGH = 0.10; // of one processor
  private static final long LONGEST_WAIT_NANOS = 20_000_000_000L;
  private static final double TICKS_A_SECOND = 100;

  private static double worst = Double.NaN;

  private Quiet() {}

  /** Calls {@code measurement}, several times if need be, and returns the quietest result. */
  static <T> T measure(String name, Callable<T> measurement) throws Exception {
    T best = null;
    double least = Double.MAX_VALUE;
    for (int attempt = 1; attempt <= TRIES && least > ENOUGH; attempt++) {
      if (TRIES > 1) {
        await();
      }
      long start = System.nanoTime();
      double before = foreignSeconds();
      T result = measurement.call();
      double others = (foreignSeconds() - before) / ((System.nanoTime() - start) / 1e9);
      if (others < least) {
        least = others;
        best = result;
      }
      if (others > ENOUGH && attempt < TRIES) {
        System.err.printf(
            Locale.ROOT,
            "  others took %.0f %% of a processor during %s: again%n",
            others * 100,
            name);
      }
    }
    worst = Double.isNaN(worst) ? least : Math.max(worst, least);
    return best;
  }

  /**
   * How much of one processor others took, in the worst of the measurements that were kept; NaN if
   * there were none.
   */
  static double worst() {
    return worst;
  }

  private static void await() throws InterruptedException {
    long end = System.nanoTime() + LONGEST_WAIT_NANOS;
    while (System.nanoTime() < end) {
      double before = foreignSeconds();
      Thread.sleep(500);
      if ((foreignSeconds() - before) / 0.5 <= ENOUGH) {
        return;
      }
    }
  }

  /** Processor seconds of those children of this process that have ended. */
  static double childSeconds() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] mine = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Long.parseLong(mine[13]) + Long.parseLong(mine[14])) / TICKS_A_SECOND;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  /** Processor seconds of everybody but this process and those of its children that have ended. */
  static double foreignSeconds() {
    try {
      String[] all = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+");
      long busy = 0;
      for (int i = 1; i <= 8; i++) {
        if (i != 4 && i != 5) { // idle, and waiting for a disk
          busy += Long.parseLong(all[i]);
        }
      }
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] mine = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      for (int i = 11; i <= 14; i++) { // user and system time, its own and its children's
        busy -= Long.parseLong(mine[i]);
      }
      return busy / TICKS_A_SECOND;
    } catch (IOException e) {
      return 0;
    }
  }
}
