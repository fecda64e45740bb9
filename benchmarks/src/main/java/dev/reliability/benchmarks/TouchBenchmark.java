package dev.reliability.benchmarks;

import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.run.WorkerListener;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The idle timer of a run is reset by a line of output, as its adapter does it: ours through the
 * listener that the supervisor handed to the worker, the peers by cancelling a timer of five
 * minutes and scheduling another. Each thread has a run of its own; others are live beside it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TouchBenchmark {
  private static final long IDLE = TimeUnit.MINUTES.toNanos(5);

  /** Live runs beside the one that is touched. */
  @Param("1000")
  public int others;

  /** What a touch cannot do without: one clock read and one write that others can see. */
  @State(Scope.Thread)
  public static class Limit {
    private static final VarHandle TOUCHED;

    static {
      try {
        TOUCHED = MethodHandles.lookup().findVarHandle(Limit.class, "touched", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    @SuppressWarnings("unused") // through TOUCHED
    private long touched;
  }

  /** The limit. */
  @Benchmark
  public void limit(Limit limit) {
    Limit.TOUCHED.setRelease(limit, System.nanoTime());
  }

  /** The supervisor that all threads share. */
  @State(Scope.Benchmark)
  public static class Ours {
    private RunSupervisor supervisor;

    /** Starts it, with as many live runs as there are to be. */
    @Setup
    public void setUp(TouchBenchmark all) throws InterruptedException {
      supervisor = RunSupervisor.builder().build();
      for (int i = 0; i < all.others; i++) {
        start(supervisor, "other-" + i);
      }
      awaitRunning(supervisor);
    }

    /** Ends its runs. */
    @TearDown
    public void tearDown() {
      supervisor.live().forEach(run -> supervisor.cancel(run.run(), "benchmark", "over"));
      supervisor.close();
    }
  }

  /** One thread's run. */
  @State(Scope.Thread)
  public static class OurRun {
    private WorkerListener listener;

    /** Starts it, and waits until it is running. */
    @Setup
    public void setUp(Ours ours) throws InterruptedException {
      listener = start(ours.supervisor, Thread.currentThread().getName());
      awaitRunning(ours.supervisor);
    }
  }

  /** Ours. */
  @Benchmark
  public void progress(OurRun our) {
    our.listener.progress();
  }

  /** Ours, with the count of bytes that a pump adds for each read. */
  @Benchmark
  public void outputAndProgress(OurRun our) {
    our.listener.output(100);
    our.listener.progress();
  }

  /** Starts a run whose worker does nothing until it is stopped. */
  static WorkerListener start(RunSupervisor supervisor, String item) {
    CompletableFuture<WorkerListener> listener = new CompletableFuture<>();
    supervisor
        .run(Work.of("lane", item), new Idle(listener))
        .thenAccept(end -> listener.completeExceptionally(new IllegalStateException("" + end)));
    return listener.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static void awaitRunning(RunSupervisor supervisor) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (supervisor.live().stream().anyMatch(run -> run.worker() == null)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("not all running: " + supervisor.live());
      }
      Thread.sleep(1);
    }
  }

  /** A worker that is up at once and ends when it is told to. */
  private record Idle(CompletableFuture<WorkerListener> started) implements Worker {
    @Override
    public WorkerHandle start(RunContext context, WorkerListener listener) {
      listener.spawned(context.run());
      started.complete(listener);
      return new WorkerHandle() {
        @Override
        public CompletionStage<StopReport> closeInput() {
          listener.eof();
          listener.exited(new dev.reliability.core.run.ExitStatus.Code(0));
          return CompletableFuture.completedFuture(StopReport.CLEAN);
        }

        @Override
        public CompletionStage<StopReport> terminate() {
          return CompletableFuture.completedFuture(StopReport.CLEAN);
        }

        @Override
        public CompletionStage<StopReport> kill() {
          return CompletableFuture.completedFuture(StopReport.CLEAN);
        }

        @Override
        public boolean isAlive() {
          return true;
        }
      };
    }
  }

  /** Netty's wheel; see {@link TimerBenchmark.Netty} for its ticks. */
  @State(Scope.Benchmark)
  public static class Netty {
    private final TimerTask task = timeout -> {};
    private HashedWheelTimer timer;

    /** Starts it. */
    @Setup
    public void setUp(TouchBenchmark all) {
      timer = new HashedWheelTimer(1, TimeUnit.MILLISECONDS, 1 << 16);
      for (int i = 0; i < all.others; i++) {
        timer.newTimeout(task, IDLE + i, TimeUnit.NANOSECONDS);
      }
    }

    /** Ends it. */
    @TearDown
    public void tearDown() {
      timer.stop();
    }
  }

  /** One thread's timer. */
  @State(Scope.Thread)
  public static class NettyTimer {
    private Timeout timeout;

    /** Schedules it. */
    @Setup
    public void setUp(Netty netty) {
      timeout = netty.timer.newTimeout(netty.task, IDLE, TimeUnit.NANOSECONDS);
    }
  }

  /** Netty. */
  @Benchmark
  public void netty(Netty netty, NettyTimer my) {
    my.timeout.cancel();
    my.timeout = netty.timer.newTimeout(netty.task, IDLE, TimeUnit.NANOSECONDS);
  }

  /** The JDK's executor. */
  @State(Scope.Benchmark)
  public static class Executor {
    private ScheduledThreadPoolExecutor executor;

    /** Starts it. */
    @Setup
    public void setUp(TouchBenchmark all) {
      executor = new ScheduledThreadPoolExecutor(1);
      executor.setRemoveOnCancelPolicy(true);
      for (int i = 0; i < all.others; i++) {
        executor.schedule(TimerBenchmark.NOTHING, IDLE + i, TimeUnit.NANOSECONDS);
      }
    }

    /** Ends it. */
    @TearDown
    public void tearDown() {
      executor.shutdownNow();
    }
  }

  /** One thread's timer. */
  @State(Scope.Thread)
  public static class ExecutorTimer {
    private ScheduledFuture<?> future;

    /** Schedules it. */
    @Setup
    public void setUp(Executor jdk) {
      future = jdk.executor.schedule(TimerBenchmark.NOTHING, IDLE, TimeUnit.NANOSECONDS);
    }
  }

  /** The JDK's executor. */
  @Benchmark
  public void executor(Executor jdk, ExecutorTimer my) {
    my.future.cancel(false);
    my.future = jdk.executor.schedule(TimerBenchmark.NOTHING, IDLE, TimeUnit.NANOSECONDS);
  }

  /** Agrona's wheel, which belongs to one thread. */
  @State(Scope.Thread)
  public static class Agrona {
    private DeadlineTimerWheel wheel;
    private long id;

    /** Fills it. */
    @Setup
    public void setUp(TouchBenchmark all) {
      wheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, System.nanoTime(), 1 << 20, 1 << 16);
      for (int i = 0; i < all.others; i++) {
        wheel.scheduleTimer(System.nanoTime() + IDLE);
      }
      id = wheel.scheduleTimer(System.nanoTime() + IDLE);
    }
  }

  /** Agrona. */
  @Benchmark
  public void agrona(Agrona agrona) {
    agrona.wheel.cancelTimer(agrona.id);
    agrona.id = agrona.wheel.scheduleTimer(System.nanoTime() + IDLE);
  }
}
