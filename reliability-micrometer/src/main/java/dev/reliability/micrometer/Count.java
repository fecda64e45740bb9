package dev.reliability.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.LongAdder;

/** One counter. Thread-safe. */
final class Count implements MeterBinder {
  private static final long MOST = 1L << 40;

  private final String name;
  private final String description;
  private final LongAdder count = new LongAdder();

  Count(String name, String description) {
    this.name = name;
    this.description = description;
  }

  void add(long times) {
    count.add(countable(times));
  }

  /** What may be added to a counter: one that went below 0 would make registries throw. */
  static long countable(long times) {
    return Math.max(0, Math.min(times, MOST));
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    new Meters(registry).counter(name, description, count);
  }
}
