package dev.reliability.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs methods of a JMH class in turns: each round gives every method one fresh JVM, and every
 * other round goes through them backwards, so that what else the machine does hits all alike.
 */
final class Jmh {
  private static final String ALLOCATION = "gc.alloc.rate.norm";

  private final Class<?> benchmarks;
  private int rounds = Settings.ROUNDS;
  private int warmups = Settings.pick(4, 2);
  private int iterations = Settings.pick(5, 2);
  private TimeValue time = TimeValue.milliseconds(Settings.pick(500, 100));
  private final Map<String, String> params = new LinkedHashMap<>();

  /**
   * What came of one method.
   *
   * @param score the score of each iteration, or with {@code -Dby=cpu} its processor time
   * @param cpu processor time of the whole JVM per operation, in nanoseconds
   * @param bytes bytes allocated per operation
   */
  record Measured(Samples score, Samples cpu, Samples bytes) {

    /** Processor time and allocation, as further columns. */
    Map<String, String> columns() {
      Map<String, String> columns = new LinkedHashMap<>();
      columns.put("CPU ns/op", Table.number(cpu.median()));
      columns.put("B/op", Table.number(bytesPerOp()));
      return columns;
    }

    /** Bytes per operation; what is left of the harness's own counts as nothing. */
    double bytesPerOp() {
      return bytes.median() < 0.05 ? 0 : bytes.median();
    }
  }

  Jmh(Class<?> benchmarks) {
    this.benchmarks = benchmarks;
  }

  /** Sets a parameter of the benchmark class. */
  Jmh param(String name, Object value) {
    params.put(name, String.valueOf(value));
    return this;
  }

  /** Sets how often each method is measured. */
  Jmh rounds(int value) {
    rounds = value;
    return this;
  }

  /** Sets warm-ups and iterations, for methods that take long or are run once per iteration. */
  Jmh iterations(int warm, int measured) {
    warmups = warm;
    iterations = measured;
    return this;
  }

  /** Runs {@code methods} with so many threads each. */
  Map<String, Measured> run(int threads, String... methods) throws Exception {
    Map<String, List<Double>> scores = new LinkedHashMap<>();
    Map<String, List<Double>> cpu = new LinkedHashMap<>();
    Map<String, List<Double>> bytes = new LinkedHashMap<>();
    for (String method : methods) {
      scores.put(method, new ArrayList<>());
      cpu.put(method, new ArrayList<>());
      bytes.put(method, new ArrayList<>());
    }
    String unit = "";
    for (int round = 0; round < rounds; round++) {
      List<String> order = new ArrayList<>(List.of(methods));
      if (round % 2 == 1) {
        Collections.reverse(order);
      }
      for (String method : order) {
        BenchmarkResult result = Quiet.measure(method, () -> once(threads, method));
        List<Double> scored = scores.get(method);
        for (IterationResult iteration : result.getIterationResults()) {
          scored.add(iteration.getPrimaryResult().getScore());
          unit = iteration.getScoreUnit();
          for (Map.Entry<String, ? extends Result> second :
              iteration.getSecondaryResults().entrySet()) {
            if (second.getKey().endsWith(ALLOCATION)) {
              bytes.get(method).add(second.getValue().getScore());
            } else if (second.getKey().endsWith(CpuTime.NAME)) {
              cpu.get(method).add(second.getValue().getScore());
            }
          }
        }
        System.err.printf(
            Locale.ROOT,
            "  round %d/%d, %d thread%s: %s %s %s%n",
            round + 1,
            rounds,
            threads,
            threads == 1 ? "" : "s",
            method,
            Table.number(result.getPrimaryResult().getScore()),
            params.isEmpty() ? "" : params);
      }
    }
    Map<String, Measured> measured = new LinkedHashMap<>();
    double scale = unit.startsWith("ms") ? 1e-6 : 1;
    scores.forEach(
        (method, values) -> {
          Samples time = Samples.of(cpu.get(method));
          Samples score = Settings.BY_CPU ? time.times(scale) : Samples.of(values);
          measured.put(method, new Measured(score, time, Samples.of(bytes.get(method))));
        });
    return measured;
  }

  private BenchmarkResult once(int threads, String method) throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    options
        .include("^" + Pattern.quote(benchmarks.getName() + "." + method) + "$")
        .threads(threads)
        .forks(1)
        .warmupIterations(warmups)
        .measurementIterations(iterations)
        .warmupTime(time)
        .measurementTime(time)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .addProfiler(GCProfiler.class)
        .addProfiler(CpuTime.class);
    params.forEach(options::param);
    Collection<RunResult> results = new Runner(options.build()).run();
    if (results.size() != 1) {
      throw new IllegalStateException(
          "expected one result for " + benchmarks.getName() + "." + method + ", got " + results);
    }
    RunResult result = results.iterator().next();
    BenchmarkParams ran = result.getParams();
    if (ran.getThreads() != threads) {
      throw new IllegalStateException("expected " + threads + " threads, got " + ran.getThreads());
    }
    return result.getAggregatedResult();
  }
}
