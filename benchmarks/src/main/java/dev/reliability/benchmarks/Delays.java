package dev.reliability.benchmarks;

import java.util.concurrent.TimeUnit;

/** Delays of the timers that stay pending: 10 to 70 minutes, the same ones for every subject. */
final class Delays {
  /** A tick of the wheels is 2 to this many nanoseconds. */
  static final int TICK_BITS = 20;

  private Delays() {}

  static long mix(long n) {
    long z = (n + 1) * 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 32) * 0xd6e8feb86659fd93L;
    return z ^ z >>> 32;
  }

  static long of(long n) {
    return TimeUnit.MINUTES.toNanos(10) + (mix(n) >>> 1) % TimeUnit.MINUTES.toNanos(60);
  }
}
