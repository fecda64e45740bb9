package dev.reliability.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Delays and times for one thread of {@link TimerBenchmark}. */
@State(Scope.Thread)
public class TimerTurn {
  private long number;
  private long now;

  /** Five minutes and up to one second. */
  long delay() {
    return TimeUnit.MINUTES.toNanos(5) + ((number++ & 1023) << Delays.TICK_BITS);
  }

  /** A time that moves on a little with each call. */
  long now() {
    return now += 16;
  }

  int any(int size) {
    return (int) (Delays.mix(number++) >>> 33) % size;
  }
}
