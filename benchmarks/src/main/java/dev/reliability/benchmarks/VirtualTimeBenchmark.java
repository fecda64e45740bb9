package dev.reliability.benchmarks;

import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Strand;
import dev.reliability.testkit.world.World;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.schedulers.TestScheduler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Periodic tasks in virtual time, once a minute each, until 2,880,000 have run: a thousand tasks
 * for 48 hours. In phase they are all due at the same instants; spread they are due one after the
 * other, evenly over the minute. Making the world and its tasks is part of the measurement.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class VirtualTimeBenchmark {
  static final long EVENTS = 2_880_000;
  private static final long PERIOD = TimeUnit.MINUTES.toNanos(1);

  /** How many tasks. */
  @Param("1000")
  public int tasks;

  /** {@code phase} or {@code spread}. */
  @Param("phase")
  public String pattern;

  private boolean spread;
  private long end;
  private long ran;
  private final Runnable task = () -> ran++;

  /** Works out how long it takes until all events have been. */
  @Setup
  public void setUp() {
    spread = pattern.equals("spread");
    end = EVENTS / tasks * PERIOD;
  }

  private long first(int number) {
    return spread ? PERIOD / tasks * (number + 1) : PERIOD;
  }

  private long done() {
    long count = ran;
    ran = 0;
    if (count != EVENTS) {
      throw new IllegalStateException("expected " + EVENTS + " events, got " + count);
    }
    return count;
  }

  /** The limit, as a heap. */
  @Benchmark
  public long heap() {
    LimitClocks.Heap heap = new LimitClocks.Heap(PERIOD, tasks);
    for (int i = 0; i < tasks; i++) {
      heap.add(first(i), task);
    }
    heap.runTo(end);
    return done();
  }

  /** The limit, as buckets. */
  @Benchmark
  public long buckets() {
    LimitClocks.Buckets buckets = new LimitClocks.Buckets(PERIOD);
    for (int i = 0; i < tasks; i++) {
      buckets.add(first(i), task);
    }
    buckets.runTo(end);
    return done();
  }

  /** Ours: a strand for each task, ties broken by the seed. */
  @Benchmark
  public long world() {
    World world = World.create(42);
    Duration period = Duration.ofNanos(PERIOD);
    for (int i = 0; i < tasks; i++) {
      Strand strand = world.strand(Strand.Kind.CONTROL, "task " + i);
      if (spread) {
        world
            .scheduler()
            .schedule(
                strand,
                first(i),
                () -> {
                  task.run();
                  Periodic.start(world, strand, period, task);
                });
      } else {
        Periodic.start(world, strand, period, task);
      }
    }
    world.advance(Duration.ofNanos(end));
    world.close();
    return done();
  }

  /** RxJava. */
  @Benchmark
  public long rxJava() {
    TestScheduler scheduler = new TestScheduler();
    for (int i = 0; i < tasks; i++) {
      Scheduler.Worker worker = scheduler.createWorker();
      worker.schedulePeriodically(task, first(i), PERIOD, TimeUnit.NANOSECONDS);
    }
    scheduler.advanceTimeBy(end, TimeUnit.NANOSECONDS);
    scheduler.shutdown();
    return done();
  }

  /** Reactor. */
  @Benchmark
  public long reactor() {
    VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    for (int i = 0; i < tasks; i++) {
      reactor.core.scheduler.Scheduler.Worker worker = scheduler.createWorker();
      worker.schedulePeriodically(task, first(i), PERIOD, TimeUnit.NANOSECONDS);
    }
    scheduler.advanceTimeBy(Duration.ofNanos(end));
    scheduler.dispose();
    return done();
  }
}
