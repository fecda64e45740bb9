package dev.reliability.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lets several subjects do one thing in turns, each once a round, every other round backwards; for
 * what is told in milliseconds and done hundreds of times.
 */
final class InTurns {
  private InTurns() {}

  /** Does it once, and tells the milliseconds that count. */
  @FunctionalInterface
  interface Subject {
    double millis() throws Exception;
  }

  /** What is done once. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  /** A subject whose milliseconds are how long it takes. */
  static Subject timed(Action action) {
    return () -> {
      long start = System.nanoTime();
      action.run();
      return (System.nanoTime() - start) / 1e6;
    };
  }

  static Map<String, List<Double>> measure(Map<String, Subject> subjects, int warmUps, int rounds)
      throws Exception {
    Map<String, List<Double>> all = new LinkedHashMap<>();
    subjects.keySet().forEach(name -> all.put(name, new ArrayList<>()));
    for (int round = -warmUps; round < rounds; round++) {
      List<String> order = new ArrayList<>(subjects.keySet());
      if (round % 2 != 0) {
        Collections.reverse(order);
      }
      for (String name : order) {
        double millis = subjects.get(name).millis();
        if (round >= 0) {
          all.get(name).add(millis);
        }
      }
      if (round % 50 == 0) {
        System.err.printf(Locale.ROOT, "  round %d/%d%n", round, rounds);
      }
    }
    return all;
  }

  /** The 95 % quantile and the greatest value, as further columns. */
  static Map<String, String> tail(Samples samples) {
    Map<String, String> more = new LinkedHashMap<>();
    more.put("95 %", Table.number(samples.quantile(0.95)));
    more.put("max", Table.number(samples.max()));
    return more;
  }
}
