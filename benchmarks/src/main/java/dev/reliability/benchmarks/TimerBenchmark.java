package dev.reliability.benchmarks;

import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.runtime.Wheel;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Timers while a million others are pending (due in 10 to 70 minutes, so none fires). Methods named
 * after a subject schedule one that is due in five minutes and cancel it; methods named {@code
 * ...Churn} cancel one of the million, anywhere, and schedule another in its place.
 *
 * <p>The wheels and the limit are told the time; everything else reads the clock itself, as its
 * users would.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TimerBenchmark {
  static final Runnable NOTHING = () -> {};
  private static final TimerTask NETTY_NOTHING = timeout -> {};

  /** Timers that are pending all the while, of all threads together. */
  @Param("1000000")
  public int pending;

  // ---- the limit: each thread has a wheel of its own ----

  /** A wheel of the least code. */
  @State(Scope.Thread)
  public static class Limit {
    private final LimitWheel wheel = new LimitWheel();
    private long[] ids;

    /** Fills this thread's part. */
    @Setup
    public void setUp(TimerBenchmark all, ThreadParams threads) {
      ids = new long[all.pending / threads.getThreadCount()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = wheel.schedule(Delays.of(i), NOTHING);
      }
    }
  }

  /** The limit for one thread. */
  @Benchmark
  public boolean limitUnlocked(Limit limit, TimerTurn turn) {
    return limit.wheel.cancel(limit.wheel.schedule(turn.now() + turn.delay(), NOTHING));
  }

  /** The limit where another thread may come at any time. */
  @Benchmark
  public boolean limit(Limit limit, TimerTurn turn) {
    return limit.wheel.cancelLocked(limit.wheel.scheduleLocked(turn.now() + turn.delay(), NOTHING));
  }

  /** The limit, anywhere in its memory. */
  @Benchmark
  public boolean limitChurn(Limit limit, TimerTurn turn) {
    int i = turn.any(limit.ids.length);
    boolean done = limit.wheel.cancelLocked(limit.ids[i]);
    limit.ids[i] = limit.wheel.scheduleLocked(turn.now() + Delays.of(i), NOTHING);
    return done;
  }

  /** What reading the clock alone costs. */
  @Benchmark
  public long clock() {
    return System.nanoTime();
  }

  // ---- ours, without the clock ----

  /** The wheel that all threads share. */
  @State(Scope.Benchmark)
  public static class OurWheel {
    private final Wheel wheel = new Wheel();
  }

  /** One thread's pending timers in it. */
  @State(Scope.Thread)
  public static class OurWheelPart {
    private long[] ids;

    /** Fills it. */
    @Setup
    public void setUp(TimerBenchmark all, OurWheel shared, ThreadParams threads) {
      ids = new long[all.pending / threads.getThreadCount()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = shared.wheel.schedule(0, Delays.of(i), NOTHING);
      }
    }
  }

  /** Ours, without the clock. */
  @Benchmark
  public boolean wheel(OurWheel our, OurWheelPart part, TimerTurn turn) {
    return our.wheel.cancel(our.wheel.schedule(turn.now(), turn.delay(), NOTHING));
  }

  /** Ours, without the clock, anywhere in its memory. */
  @Benchmark
  public boolean wheelChurn(OurWheel our, OurWheelPart part, TimerTurn turn) {
    int i = turn.any(part.ids.length);
    boolean done = our.wheel.cancel(part.ids[i]);
    part.ids[i] = our.wheel.schedule(turn.now(), Delays.of(i), NOTHING);
    return done;
  }

  // ---- ours, as its users call it ----

  /** The scheduler that all threads share. */
  @State(Scope.Benchmark)
  public static class Ours {
    private ReliabilityRuntime runtime;
    private Scheduler scheduler;
    private Strand strand;

    /** Starts it. */
    @Setup
    public void setUp() {
      runtime = ReliabilityRuntime.system();
      scheduler = runtime.scheduler();
      strand = runtime.strand(Strand.Kind.CONTROL, "benchmark");
    }

    /** Ends it. */
    @TearDown
    public void tearDown() {
      runtime.close();
    }
  }

  /** One thread's pending timers in it. */
  @State(Scope.Thread)
  public static class OurPart {
    private long[] ids;

    /** Fills it. */
    @Setup
    public void setUp(TimerBenchmark all, Ours shared, ThreadParams threads) {
      ids = new long[all.pending / threads.getThreadCount()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = shared.scheduler.schedule(shared.strand, Delays.of(i), NOTHING);
      }
    }
  }

  /** Ours. */
  @Benchmark
  public boolean scheduler(Ours our, OurPart part, TimerTurn turn) {
    return our.scheduler.cancel(our.scheduler.schedule(our.strand, turn.delay(), NOTHING));
  }

  /** Ours, anywhere in its memory. */
  @Benchmark
  public boolean schedulerChurn(Ours our, OurPart part, TimerTurn turn) {
    int i = turn.any(part.ids.length);
    boolean done = our.scheduler.cancel(part.ids[i]);
    part.ids[i] = our.scheduler.schedule(our.strand, Delays.of(i), NOTHING);
    return done;
  }

  // ---- Netty ----

  /**
   * Netty's wheel, with ticks as fine as ours: at its default of 100 ms its worker cannot take new
   * timers over as fast as this makes them.
   */
  @State(Scope.Benchmark)
  public static class Netty {
    private HashedWheelTimer timer;

    /** Starts it. */
    @Setup
    public void setUp() {
      timer = new HashedWheelTimer(1, TimeUnit.MILLISECONDS, 1 << 16);
    }

    /** Ends it. */
    @TearDown
    public void tearDown() {
      timer.stop();
    }
  }

  /** One thread's pending timers in it. */
  @State(Scope.Thread)
  public static class NettyPart {
    private Timeout[] timeouts;

    /** Fills it and lets the worker put them into the wheel. */
    @Setup
    public void setUp(TimerBenchmark all, Netty shared, ThreadParams threads)
        throws InterruptedException {
      timeouts = new Timeout[all.pending / threads.getThreadCount()];
      for (int i = 0; i < timeouts.length; i++) {
        timeouts[i] = shared.timer.newTimeout(NETTY_NOTHING, Delays.of(i), TimeUnit.NANOSECONDS);
      }
      Thread.sleep(500);
    }
  }

  /** Netty. */
  @Benchmark
  public boolean netty(Netty netty, NettyPart part, TimerTurn turn) {
    return netty.timer.newTimeout(NETTY_NOTHING, turn.delay(), TimeUnit.NANOSECONDS).cancel();
  }

  /** Netty, anywhere in its memory. */
  @Benchmark
  public boolean nettyChurn(Netty netty, NettyPart part, TimerTurn turn) {
    int i = turn.any(part.timeouts.length);
    boolean done = part.timeouts[i].cancel();
    part.timeouts[i] = netty.timer.newTimeout(NETTY_NOTHING, Delays.of(i), TimeUnit.NANOSECONDS);
    return done;
  }

  // ---- the JDK's executor ----

  /** The JDK's executor, told to forget what is cancelled. */
  @State(Scope.Benchmark)
  public static class Executor {
    private ScheduledThreadPoolExecutor executor;

    /** Starts it. */
    @Setup
    public void setUp() {
      executor = new ScheduledThreadPoolExecutor(1);
      executor.setRemoveOnCancelPolicy(true);
    }

    /** Ends it. */
    @TearDown
    public void tearDown() {
      executor.shutdownNow();
    }
  }

  /** One thread's pending timers in it. */
  @State(Scope.Thread)
  public static class ExecutorPart {
    private ScheduledFuture<?>[] futures;

    /** Fills it. */
    @Setup
    public void setUp(TimerBenchmark all, Executor shared, ThreadParams threads) {
      futures = new ScheduledFuture<?>[all.pending / threads.getThreadCount()];
      for (int i = 0; i < futures.length; i++) {
        futures[i] = shared.executor.schedule(NOTHING, Delays.of(i), TimeUnit.NANOSECONDS);
      }
    }
  }

  /** The JDK's executor. */
  @Benchmark
  public boolean executor(Executor jdk, ExecutorPart part, TimerTurn turn) {
    return jdk.executor.schedule(NOTHING, turn.delay(), TimeUnit.NANOSECONDS).cancel(false);
  }

  /** The JDK's executor, anywhere in its memory. */
  @Benchmark
  public boolean executorChurn(Executor jdk, ExecutorPart part, TimerTurn turn) {
    int i = turn.any(part.futures.length);
    boolean done = part.futures[i].cancel(false);
    part.futures[i] = jdk.executor.schedule(NOTHING, Delays.of(i), TimeUnit.NANOSECONDS);
    return done;
  }

  // ---- Agrona ----

  /** Agrona's wheel, which belongs to one thread and is told deadlines. */
  @State(Scope.Thread)
  public static class Agrona {
    private DeadlineTimerWheel wheel;
    private long[] ids;

    /** Fills it. */
    @Setup
    public void setUp(TimerBenchmark all) {
      wheel =
          new DeadlineTimerWheel(
              TimeUnit.NANOSECONDS, System.nanoTime(), 1 << Delays.TICK_BITS, 1 << 16);
      ids = new long[all.pending];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = wheel.scheduleTimer(System.nanoTime() + Delays.of(i));
      }
    }
  }

  /** Agrona. */
  @Benchmark
  public boolean agrona(Agrona agrona, TimerTurn turn) {
    return agrona.wheel.cancelTimer(agrona.wheel.scheduleTimer(System.nanoTime() + turn.delay()));
  }

  /** Agrona, anywhere in its memory. */
  @Benchmark
  public boolean agronaChurn(Agrona agrona, TimerTurn turn) {
    int i = turn.any(agrona.ids.length);
    boolean done = agrona.wheel.cancelTimer(agrona.ids[i]);
    agrona.ids[i] = agrona.wheel.scheduleTimer(System.nanoTime() + Delays.of(i));
    return done;
  }

  // ---- java.util.Timer ----

  /**
   * The JDK's oldest, which forgets cancelled timers only when it is told to: between iterations.
   */
  @State(Scope.Benchmark)
  public static class JavaTimer {
    private java.util.Timer timer;

    /** Fills it. */
    @Setup
    public void setUp(TimerBenchmark all) {
      timer = new java.util.Timer(true);
      for (int i = 0; i < all.pending; i++) {
        timer.schedule(new JavaTask(), TimeUnit.NANOSECONDS.toMillis(Delays.of(i)));
      }
    }

    /** Forgets what was cancelled. */
    @Setup(Level.Iteration)
    public void purge() {
      timer.purge();
    }

    /** Ends it. */
    @TearDown
    public void tearDown() {
      timer.cancel();
    }
  }

  /** A task that does nothing; each may be scheduled only once. */
  static final class JavaTask extends java.util.TimerTask {
    @Override
    public void run() {}
  }

  /** The JDK's oldest. */
  @Benchmark
  public boolean javaTimer(JavaTimer java, TimerTurn turn) {
    JavaTask task = new JavaTask();
    java.timer.schedule(task, TimeUnit.NANOSECONDS.toMillis(turn.delay()));
    return task.cancel();
  }
}
