package dev.reliability.core.runtime;

/**
 * The timer wheel inside the library's scheduler, with the time handed in: what is left of a timer
 * without the clock read. Thread-safe.
 */
public final class Wheel {
  private static final Strand STRAND =
      new Strand() {
        @Override
        public String label() {
          return "benchmark";
        }

        @Override
        public Kind kind() {
          return Kind.CONTROL;
        }

        @Override
        public void execute(Runnable task) {
          task.run();
        }
      };

  private final TimerWheel wheel;

  /** An empty wheel at time zero, cut into stripes as the scheduler does it. */
  public Wheel() {
    wheel = new TimerWheel(0, 4 * Runtime.getRuntime().availableProcessors(), tick -> {});
  }

  /** Adds a timer. */
  public long schedule(long nowNanos, long delayNanos, Runnable task) {
    return wheel.schedule(STRAND, nowNanos, delayNanos, task);
  }

  /** Removes a timer. */
  public boolean cancel(long timer) {
    return wheel.cancel(timer);
  }
}
