package dev.reliability.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.LongAdder;

/** One counter. Thread-safe. */
final class Count implements MeterBinder {
  private final String name;
  private final String description;
  private final LongAdder count = new LongAdder();

  Count(String name, String description) {
    this.name = name;
    this.description = description;
  }

  void add(long times) {
    count.add(times);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    new Meters(registry).counter(name, description, count);
  }
}
