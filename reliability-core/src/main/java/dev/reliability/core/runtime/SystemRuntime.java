package dev.reliability.core.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The real outside world: the system's clocks, one daemon thread for timers, and daemon threads for
 * strands. Thread-safe.
 *
 * <p>The timer thread only hands tasks to strands, so nothing that runs can make a timer late for
 * another. Control strands share a few threads of their own; host callbacks and I/O run on
 * executors that the host may supply, virtual threads included, and that are never closed here.
 * Default executors grow with what hangs and shrink again.
 */
public final class SystemRuntime implements ReliabilityRuntime {
  private final String node;
  private final TimeSource time = new SystemTime();
  private final Randomness randomness = new SystemRandomness();
  private final SystemScheduler scheduler;
  private final ExecutorService control;
  private final Executor host;
  private final Executor io;
  private final @Nullable ExecutorService ownHost;
  private final @Nullable ExecutorService ownIo;

  private SystemRuntime(Builder builder) {
    node = builder.node != null ? builder.node : hostName();
    control = Executors.newFixedThreadPool(controlThreads(), daemons("reliability-control-"));
    ownHost =
        builder.host == null ? Executors.newCachedThreadPool(daemons("reliability-host-")) : null;
    ownIo = builder.io == null ? Executors.newCachedThreadPool(daemons("reliability-io-")) : null;
    host = builder.host == null ? Objects.requireNonNull(ownHost) : builder.host;
    io = builder.io == null ? Objects.requireNonNull(ownIo) : builder.io;
    scheduler = new SystemScheduler(time);
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
    Executor executor =
        switch (kind) {
          case CONTROL, MONITOR -> control;
          case DELIVERY -> host;
          case IO -> io;
        };
    return new SystemStrand(kind, Objects.requireNonNull(label, "label"), executor);
  }

  @Override
  public <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  @Override
  public void close() {
    scheduler.close();
    control.shutdown();
    if (ownHost != null) {
      ownHost.shutdown();
    }
    if (ownIo != null) {
      ownIo.shutdown();
    }
  }

  private static int controlThreads() {
    return Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
  }

  private static ThreadFactory daemons(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(null, task, prefix + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** What the system calls itself; no name service is asked. */
  private static String hostName() {
    String name = System.getenv("HOSTNAME");
    if (name == null || name.isBlank()) {
      try {
        name = Files.readString(Path.of("/proc/sys/kernel/hostname"));
      } catch (IOException e) {
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
    private @Nullable Executor host;
    private @Nullable Executor io;

    private Builder() {}

    /**
     * A name for this process or machine that stays the same over restarts; the host name by
     * default.
     *
     * @throws IllegalArgumentException if it is blank
     * @throws IllegalStateException if it was set before
     */
    public Builder node(String name) {
      unset("node", node);
      if (name.isBlank()) {
        throw new IllegalArgumentException("node: expected a name, got \"" + name + "\"");
      }
      node = name;
      return this;
    }

    /**
     * Where the host's callbacks run; daemon threads as needed by default. Never closed here.
     *
     * @throws IllegalStateException if it was set before
     */
    public Builder hostExecutor(Executor executor) {
      unset("hostExecutor", host);
      host = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Where stores and sinks are called; daemon threads as needed by default. Never closed here.
     *
     * @throws IllegalStateException if it was set before
     */
    public Builder ioExecutor(Executor executor) {
      unset("ioExecutor", io);
      io = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /** Starts the threads. */
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
