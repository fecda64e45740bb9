package dev.reliability.benchmarks;

import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import io.netty.util.HashedWheelTimer;
import io.netty.util.TimerTask;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;

/** Says how many bytes of heap one pending timer of one subject takes. Runs in a JVM of its own. */
final class TimerHeap {
  private TimerHeap() {}

  /** The subject, then how many timers. */
  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[1]);
    long before = used();
    Subject subject = subject(args[0]);
    for (int i = 0; i < count; i++) {
      subject.schedule(Delays.of(i));
    }
    Thread.sleep(500); // Netty's worker takes them over
    long after = used();
    Reference.reachabilityFence(subject);
    Fork.say("bytes", (after - before) / (double) count);
    System.exit(0);
  }

  /** Something that holds timers. */
  private interface Subject {
    void schedule(long delayNanos);
  }

  private static Subject subject(String name) {
    switch (name) {
      case "limit":
        LimitWheel limit = new LimitWheel();
        return delay -> limit.schedule(delay, TimerBenchmark.NOTHING);
      case "ours":
        ReliabilityRuntime runtime = ReliabilityRuntime.system();
        Strand strand = runtime.strand(Strand.Kind.CONTROL, "heap");
        return delay -> runtime.scheduler().schedule(strand, delay, TimerBenchmark.NOTHING);
      case "netty":
        HashedWheelTimer netty = new HashedWheelTimer(1, TimeUnit.MILLISECONDS, 1 << 16);
        netty.start();
        TimerTask task = timeout -> {};
        return delay -> netty.newTimeout(task, delay, TimeUnit.NANOSECONDS);
      case "executor":
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
        return delay -> executor.schedule(TimerBenchmark.NOTHING, delay, TimeUnit.NANOSECONDS);
      case "agrona":
        DeadlineTimerWheel agrona =
            new DeadlineTimerWheel(TimeUnit.NANOSECONDS, 0, 1 << 20, 1 << 16);
        return agrona::scheduleTimer;
      case "javaTimer":
        java.util.Timer timer = new java.util.Timer(true);
        return delay ->
            timer.schedule(new TimerBenchmark.JavaTask(), TimeUnit.NANOSECONDS.toMillis(delay));
      default:
        throw new IllegalArgumentException("no subject " + name);
    }
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
