package dev.reliability.core.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The real outside world: the system's clocks, a thread for timers, and threads for strands. All
 * threads are daemons.
 *
 * <p>Control and monitor strands share two to four threads of their own, which run nothing of the
 * host's. Delivery strands and I/O strands each have threads that grow in number with what hangs
 * and go away after 30 idle seconds, unless the host supplies an executor, virtual threads
 * included. The thread for timers only hands tasks to strands. So no callback that hangs, no slow
 * store and no full executor makes a timer or a control strand late.
 *
 * <p>Timers are never early; on a machine that is not overloaded they are a millisecond or two
 * late. They stand still while the machine is suspended.
 *
 * <p>After {@link #close} no timer is accepted or handed over (one that is on its way may get
 * through), but strands go on: what is given to them runs, on threads that end at once when they
 * have nothing to do. A supplied executor is never closed. Thread-safe.
 */
public final class SystemRuntime implements ReliabilityRuntime {
  private static final long AFTER_CLOSE_MS = 1_000;
  private static final long IDLE_SECONDS = 30;

  private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
  private final String node;
  private final TimeSource time = new SystemTime();
  private final Randomness randomness = new SystemRandomness();
  private final Warnings warnings = new Warnings(time);
  private final List<ThreadPoolExecutor> pools = new ArrayList<>();
  private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
  private final SystemScheduler scheduler;
  private final Carrier control;
  private final Carrier monitor;
  private final Carrier delivery;
  private final Carrier io;

  private SystemRuntime(Builder builder) {
    node = builder.node != null ? builder.node : hostName();
    scheduler = new SystemScheduler(time, task -> daemon(task, "reliability-timer"), warnings);
    ThreadPoolExecutor controlThreads = fixed(controlThreads(), "reliability-control");
    control = Carrier.own(Strand.Kind.CONTROL, controlThreads, scheduler, warnings);
    monitor = Carrier.own(Strand.Kind.MONITOR, controlThreads, scheduler, warnings);
    Strand upkeep = new SystemStrand(control, "upkeep");
    delivery = carrier(Strand.Kind.DELIVERY, builder.hostExecutor, "reliability-delivery", upkeep);
    io = carrier(Strand.Kind.IO, builder.ioExecutor, "reliability-io", upkeep);
    // Now, because a kill must not depend on whether there will be memory for a thread.
    controlThreads.prestartAllCoreThreads();
    scheduler.start();
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public String node() {
    return node;
  }

  @Override
  public Strand strand(Strand.Kind kind, String label) {
    Carrier carrier =
        switch (kind) {
          case CONTROL -> control;
          case MONITOR -> monitor;
          case DELIVERY -> delivery;
          case IO -> io;
        };
    return new SystemStrand(carrier, Objects.requireNonNull(label, "label"));
  }

  @Override
  public <T> T await(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    try {
      CompletableFuture.anyOf(future, closed).handle((any, error) -> any).join();
      return future.isDone() ? future.join() : afterClose(future);
    } catch (CancellationException e) {
      throw new CompletionException(e);
    }
  }

  /** No timer fires any more: what is not done soon never will be. */
  private static <T> T afterClose(CompletableFuture<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get(AFTER_CLOSE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // whoever waits here cannot be interrupted, before a close or after
        } catch (ExecutionException e) {
          throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
          throw new IllegalStateException("the runtime was closed before this was done");
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isClosed() {
    return scheduler.isClosed();
  }

  /**
   * Ends the thread for timers and lets the others end when they have nothing to do. Does not wait.
   * Calling it again does nothing.
   */
  @Override
  public void close() {
    scheduler.close();
    closed.complete(null);
    for (ThreadPoolExecutor pool : pools) {
      pool.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
      pool.allowCoreThreadTimeOut(true);
    }
  }

  private Carrier carrier(
      Strand.Kind kind, @Nullable Executor supplied, String name, Strand upkeep) {
    if (supplied == null) {
      return Carrier.own(kind, growing(name), scheduler, warnings);
    }
    ThreadPoolExecutor spokesman = fixed(1, name + "-handover");
    spokesman.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    spokesman.allowCoreThreadTimeOut(true);
    return Carrier.host(kind, supplied, spokesman, scheduler, upkeep, warnings);
  }

  private ThreadPoolExecutor fixed(int threads, String name) {
    return pool(
        new ThreadPoolExecutor(
            threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons(name)));
  }

  private ThreadPoolExecutor growing(String name) {
    return pool(
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons(name)));
  }

  private ThreadPoolExecutor pool(ThreadPoolExecutor pool) {
    pools.add(pool);
    return pool;
  }

  private static int controlThreads() {
    return Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
  }

  private ThreadFactory daemons(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> daemon(task, name + "-" + number.incrementAndGet());
  }

  private Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(loader); // not that of whoever happened to need a new thread
    return thread;
  }

  /** What the system calls itself; no name service is asked, because that may hang. */
  private static String hostName() {
    String name = System.getenv("HOSTNAME");
    if (name == null || name.isBlank()) {
      name = System.getenv("COMPUTERNAME");
    }
    if (name == null || name.isBlank()) {
      try {
        name = Files.readString(Path.of("/proc/sys/kernel/hostname"));
      } catch (IOException | SecurityException e) {
        name = "";
      }
    }
    return name.isBlank() ? "localhost" : name.strip();
  }

  private static final class SystemTime implements TimeSource {
    @Override
    public Instant wall() {
      return Instant.now();
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }
  }

  /** Collects the settings of a runtime. Not thread-safe. */
  public static final class Builder {
    private @Nullable String node;
    private @Nullable Executor hostExecutor;
    private @Nullable Executor ioExecutor;

    private Builder() {}

    /**
     * A name for this process or machine that stays the same over restarts; the host name by
     * default ({@code HOSTNAME}, what the kernel says, or else {@code localhost}).
     *
     * @throws IllegalArgumentException if it is blank or has control characters
     * @throws IllegalStateException if it was set before
     */
    public Builder node(String name) {
      unset("node", node);
      if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "node: expected a name without control characters, got \"" + name + "\"");
      }
      node = name;
      return this;
    }

    /**
     * Where delivery strands run, and so the host's callbacks; daemon threads as needed by default.
     * It may be small, full or slow, may run tasks in the caller and may have virtual threads, but
     * what it accepts it must run some time. While it refuses (it is full or shut down), callbacks
     * wait in their order and are offered again. Never closed here.
     *
     * @throws IllegalStateException if it was set before
     */
    public Builder hostExecutor(Executor executor) {
      unset("hostExecutor", hostExecutor);
      hostExecutor = Objects.requireNonNull(executor, "hostExecutor");
      return this;
    }

    /**
     * Where stores and sinks are called; daemon threads as needed by default. The same holds as for
     * {@link #hostExecutor}.
     *
     * @throws IllegalStateException if it was set before
     */
    public Builder ioExecutor(Executor executor) {
      unset("ioExecutor", ioExecutor);
      ioExecutor = Objects.requireNonNull(executor, "ioExecutor");
      return this;
    }

    /** Starts a runtime. The caller closes it. */
    public SystemRuntime build() {
      return new SystemRuntime(this);
    }

    private static void unset(String name, @Nullable Object value) {
      if (value != null) {
        throw new IllegalStateException(name + " was already set, to " + value);
      }
    }
  }
}
