package dev.reliability.benchmarks;

import dev.failsafe.Execution;
import dev.failsafe.RetryPolicy;
import dev.reliability.core.retry.Backoff;
import dev.reliability.core.runtime.ReliabilityRuntime;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The next delay of a sequence of sixteen attempts, over and over: 1 s doubling up to 5 min, with
 * jitter. What threads share (the policy) is shared; what each has (the attempt, the random
 * numbers) is its own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DelayBenchmark {
  private static final int LAST = 15;
  private static final Duration BASE = Duration.ofSeconds(1);
  private static final Duration CAP = Duration.ofMinutes(5);

  /** The attempt at which the sequence begins. */
  @Param("0")
  public int from;

  private final long base = BASE.toNanos();
  private final long cap = CAP.toNanos();
  private final int maxShift = Long.numberOfLeadingZeros(base) - 1;

  private final Backoff additive = Backoff.exponential(BASE, CAP).withAdditiveJitter(BASE);
  private final Backoff full = Backoff.exponential(BASE, CAP).withFullJitter();
  private final IntervalFunction resilience4j =
      IntervalFunction.ofExponentialRandomBackoff(BASE, 2.0, 0.5, CAP);
  private final RetryPolicy<Object> failsafe =
      RetryPolicy.builder()
          .withBackoff(1, 300, ChronoUnit.SECONDS)
          .withJitter(0.5)
          .withMaxRetries(-1)
          .build();
  private final Exception failure = new Exception("failed");
  private final ExponentialBackOff spring = new ExponentialBackOff(1_000, 2.0);

  {
    spring.setJitter(1_000);
    spring.setMaxInterval(300_000);
  }

  /** What each thread has of its own. */
  @State(Scope.Thread)
  public static class Mine {
    private int attempt;
    private long state;
    private RandomGenerator random;
    private BackOffExecution springExecution;
    private Execution<Object> failsafeExecution;
    private ReliabilityRuntime runtime;

    /** Takes a stream of random numbers from the library's own runtime. */
    @Setup
    public void setUp(DelayBenchmark all, ThreadParams thread) {
      runtime = ReliabilityRuntime.system();
      random = runtime.randomness().stream("benchmark", "thread " + thread.getThreadIndex());
      state = random.nextLong();
      springExecution = all.spring.start();
      failsafeExecution = Execution.of(all.failsafe);
    }

    /** Closes the runtime. */
    @TearDown
    public void tearDown() {
      runtime.close();
    }

    private int next() {
      int now = attempt;
      attempt = now + 1 & LAST;
      return now;
    }
  }

  /** The least: shift, cap, and the upper half of a product with a cheap random number. */
  @Benchmark
  public long limit(Mine my) {
    long delay = Math.min(base << Math.min(from + my.next(), maxShift), cap);
    my.state = my.state * 0x5851f42d4c957f2dL + 0x14057b7ef767814fL;
    return delay + Math.multiplyHigh(my.state >>> 1, base << 1);
  }

  /** Ours, jitter added after the cap. */
  @Benchmark
  public long additive(Mine my) {
    return additive.delayNanos(from + my.next(), 0, my.random);
  }

  /** Ours, anything between zero and the delay. */
  @Benchmark
  public long full(Mine my) {
    return full.delayNanos(from + my.next(), 0, my.random);
  }

  /** Spring, a new execution for each sequence. */
  @Benchmark
  public long spring(Mine my) {
    if (my.next() == 0) {
      my.springExecution = spring.start();
    }
    return my.springExecution.nextBackOff();
  }

  /** Spring, one execution that has reached its cap long ago. */
  @Benchmark
  public long springAtCap(Mine my) {
    return my.springExecution.nextBackOff();
  }

  /** Resilience4j. */
  @Benchmark
  public long resilience4j(Mine my) {
    return resilience4j.apply(from + my.next() + 1);
  }

  /** Failsafe computes its delay only as part of an attempt that failed. */
  @Benchmark
  public long failsafe(Mine my) {
    if (my.next() == 0) {
      my.failsafeExecution = Execution.of(failsafe);
    }
    my.failsafeExecution.recordException(failure);
    return my.failsafeExecution.getDelay().toNanos();
  }
}
