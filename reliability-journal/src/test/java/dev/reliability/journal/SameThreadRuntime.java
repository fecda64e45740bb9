package dev.reliability.journal;

import dev.reliability.core.runtime.Randomness;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.runtime.TimeSource;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * A runtime for one thread: strands run when somebody awaits, timers never fire, time stands until
 * it is moved.
 */
final class SameThreadRuntime implements ReliabilityRuntime {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final long seed;
  private Instant wall = EventSamples.START;
  private long nanos;
  private long timers;

  SameThreadRuntime(long seed) {
    this.seed = seed;
  }

  /** Moves both clocks. */
  void pass(long millis) {
    wall = wall.plusMillis(millis);
    nanos += millis * 1_000_000;
  }

  /** Runs what strands have to do. */
  void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  public TimeSource time() {
    return new TimeSource() {
      @Override
      public Instant wall() {
        return wall;
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
        return ++timers;
      }

      @Override
      public boolean cancel(long timer) {
        return true;
      }
    };
  }

  @Override
  public Randomness randomness() {
    return new Randomness() {
      @Override
      public RandomGenerator stream(String label, String key) {
        return new Random(seed);
      }

      @Override
      public String nonce(String label, String key) {
        return "00112233445566778899aabbccddeeff";
      }
    };
  }

  @Override
  public String node() {
    return "worker-1";
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
        tasks.add(task);
      }
    };
  }

  @Override
  public <T> T await(CompletionStage<T> stage) {
    runAll();
    return stage.toCompletableFuture().join();
  }

  @Override
  public boolean isClosed() {
    return false;
  }

  @Override
  public void close() {
    tasks.clear();
  }
}
