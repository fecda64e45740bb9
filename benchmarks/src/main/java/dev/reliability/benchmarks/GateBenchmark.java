package dev.reliability.benchmarks;

import dev.failsafe.CircuitBreakerBuilder;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.lane.FingerprintBreaker;
import dev.reliability.core.lane.LaneGate;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryStateStore;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** May this go on? Then count that it went well. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GateBenchmark {
  private final AtomicLong atomic = new AtomicLong();
  private final LongAdder striped = new LongAdder();
  private final dev.failsafe.CircuitBreaker<Object> failsafe = failsafe();
  private final CircuitBreaker resilience = CircuitBreaker.of("lane", window());
  private ReliabilityRuntime runtime;
  private LaneGate gate;

  private static dev.failsafe.CircuitBreaker<Object> failsafe() {
    CircuitBreakerBuilder<Object> builder = dev.failsafe.CircuitBreaker.builder();
    return builder.withFailureThreshold(3, 100).build();
  }

  private static CircuitBreakerConfig window() {
    return CircuitBreakerConfig.custom()
        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
        .slidingWindowSize(100)
        .build();
  }

  /** Makes a gate that has seen its lane. */
  @Setup
  public void setUp() {
    runtime = ReliabilityRuntime.system();
    EventBus bus = EventBus.builder(runtime).build();
    LaneGuard guard =
        new LaneGuard(
            new InMemoryLeaseStore(runtime.time()),
            new InMemoryStateStore(),
            bus,
            FingerprintBreaker.ofDefaults(),
            (lane, episode, fingerprint) -> {});
    gate = guard.gate("lane", Duration.ofHours(1));
  }

  /** Closes the runtime. */
  @TearDown
  public void tearDown() {
    runtime.close();
  }

  /** The least: one atomic count. */
  @Benchmark
  public long limitAtomic() {
    return atomic.incrementAndGet();
  }

  /** The least that two threads can do at once: a count in stripes. */
  @Benchmark
  public void limitStriped() {
    striped.increment();
  }

  /** The least with the clock. */
  @Benchmark
  public long limitClock() {
    striped.increment();
    return System.nanoTime();
  }

  /** Failsafe. */
  @Benchmark
  public boolean failsafeBreaker() {
    boolean may = failsafe.tryAcquirePermit();
    failsafe.recordSuccess();
    return may;
  }

  /** Resilience4j. */
  @Benchmark
  public boolean resilience4j() {
    boolean may = resilience.tryAcquirePermission();
    resilience.onSuccess(1, TimeUnit.MILLISECONDS);
    return may;
  }

  /** Ours, without a clock. */
  @Benchmark
  public boolean ours() {
    boolean may = gate.wasOpen();
    gate.succeeded();
    return may;
  }

  /** Ours, which looks how old its knowledge is. */
  @Benchmark
  public boolean oursWithClock() {
    boolean may = gate.state() == LaneGate.State.OPEN;
    gate.succeeded();
    return may;
  }
}
