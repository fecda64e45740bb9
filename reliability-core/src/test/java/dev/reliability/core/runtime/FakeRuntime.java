package dev.reliability.core.runtime;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * The least of a runtime on a clock that the test moves: exact, on one thread, tasks that throw are
 * noted and passed over. Not thread-safe.
 */
final class FakeRuntime implements ReliabilityRuntime {
  private record Timer(Strand strand, Runnable task) {}

  private record Due(long nanos, long id) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return nanos != other.nanos ? Long.compare(nanos, other.nanos) : Long.compare(id, other.id);
    }
  }

  private final TreeMap<Due, Timer> timers = new TreeMap<>();
  private final Queue<Runnable> ready = new ArrayDeque<>();
  private final SystemRandomness randomness = new SystemRandomness(1, 2);
  private long nanos;
  private long lastId;
  private boolean closed;
  int thrown;

  /** Moves time on and runs what becomes due; what is due at one instant is handed over first. */
  void advance(long by) {
    long end = nanos + by;
    runReady();
    while (!timers.isEmpty() && timers.firstKey().nanos <= end) {
      nanos = Math.max(nanos, timers.firstKey().nanos);
      while (!timers.isEmpty() && timers.firstKey().nanos <= nanos) {
        Timer timer = timers.pollFirstEntry().getValue();
        timer.strand.execute(timer.task);
      }
      runReady();
    }
    nanos = end;
  }

  /** Moves time on without running anything, as when the process is stopped. */
  void pause(long by) {
    nanos += by;
  }

  int pending() {
    return timers.size();
  }

  private void runReady() {
    for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
      try {
        task.run();
      } catch (RuntimeException e) {
        thrown++;
      }
    }
  }

  @Override
  public TimeSource time() {
    return new TimeSource() {
      @Override
      public Instant wall() {
        return Instant.EPOCH.plusNanos(nanos);
      }

      @Override
      public long nanos() {
        return nanos;
      }
    };
  }

  @Override
  public Scheduler scheduler() {
    return new Scheduler() {
      @Override
      public long schedule(Strand strand, long delayNanos, Runnable task) {
        if (closed) {
          throw new RejectedExecutionException("closed");
        }
        timers.put(
            new Due(Durations.saturatedAdd(nanos, Math.max(0, delayNanos)), ++lastId),
            new Timer(strand, task));
        return lastId;
      }

      @Override
      public boolean cancel(long timer) {
        return timers.keySet().removeIf(due -> due.id == timer);
      }
    };
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public String node() {
    return "fake";
  }

  @Override
  public Strand strand(Strand.Kind kind, String label) {
    return new Strand() {
      @Override
      public String label() {
        return label;
      }

      @Override
      public Kind kind() {
        return kind;
      }

      @Override
      public void execute(Runnable task) {
        ready.add(task);
      }
    };
  }

  @Override
  public <T> T await(CompletionStage<T> stage) {
    while (!stage.toCompletableFuture().isDone() && !timers.isEmpty()) {
      advance(Math.max(0, timers.firstKey().nanos - nanos));
    }
    return stage.toCompletableFuture().join();
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    timers.clear();
  }
}
