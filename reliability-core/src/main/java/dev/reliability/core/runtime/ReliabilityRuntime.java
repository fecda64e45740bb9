package dev.reliability.core.runtime;

import java.util.concurrent.CompletionStage;

/**
 * Everything the library needs from the outside world: two clocks, timers, random numbers and
 * serial queues.
 *
 * <p>Production code uses {@link #system()}; tests use the simulated world of the test kit. All
 * methods are safe for use by many threads.
 */
public interface ReliabilityRuntime extends AutoCloseable {

  /** The wall and the monotonic clock. */
  TimeSource time();

  /** Timers. */
  Scheduler scheduler();

  /** Random numbers. */
  Randomness randomness();

  /**
   * A name for this process or machine that stays the same over restarts; the host name by default.
   */
  String node();

  /** A new strand. Strands cost a few dozen bytes and need no closing. */
  Strand strand(Strand.Kind kind, String label);

  /**
   * Waits until {@code stage} is done and returns its value. A simulated runtime moves its time
   * forward meanwhile. There is no time limit here: whoever made the stage bounded it with a timer.
   *
   * @throws java.util.concurrent.CompletionException if the stage failed
   * @throws IllegalStateException if the runtime was closed and the stage is not done a second
   *     later: no timer fires any more that could end it
   */
  <T> T await(CompletionStage<T> stage);

  /** Whether it was closed, so that no timer will fire any more. */
  boolean isClosed();

  /**
   * Releases the threads. Timers that are still pending never fire; tasks already on a strand may
   * still run.
   */
  @Override
  void close();

  /**
   * A runtime on the real clock with its own daemon threads and default settings. The caller closes
   * it.
   */
  static ReliabilityRuntime system() {
    return SystemRuntime.builder().build();
  }
}
