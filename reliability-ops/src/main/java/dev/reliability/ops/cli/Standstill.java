package dev.reliability.ops.cli;

import dev.reliability.core.runtime.Randomness;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.runtime.TimeSource;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * A runtime whose wall clock stands still, for a report that is to come out the same again. Its
 * timers run.
 */
record Standstill(ReliabilityRuntime inner, Instant wall) implements ReliabilityRuntime {
  @Override
  public TimeSource time() {
    TimeSource time = inner.time();
    return new TimeSource() {
      @Override
      public Instant wall() {
        return wall;
      }

      @Override
      public long nanos() {
        return time.nanos();
      }
    };
  }

  @Override
  public Scheduler scheduler() {
    return inner.scheduler();
  }

  @Override
  public Randomness randomness() {
    return inner.randomness();
  }

  @Override
  public String node() {
    return inner.node();
  }

  @Override
  public Strand strand(Strand.Kind kind, String label) {
    return inner.strand(kind, label);
  }

  @Override
  public <T> T await(CompletionStage<T> stage) {
    return inner.await(stage);
  }

  @Override
  public boolean isClosed() {
    return inner.isClosed();
  }

  @Override
  public void close() {
    inner.close();
  }
}
