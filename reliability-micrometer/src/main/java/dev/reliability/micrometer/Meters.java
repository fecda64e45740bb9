package dev.reliability.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** How meters are registered: all under one prefix, and none is lost to the garbage collector. */
final class Meters {
  private static final String PREFIX = "reliability.";

  private final MeterRegistry registry;
  private final Tags tags;

  Meters(MeterRegistry registry, String... tags) {
    this.registry = registry;
    this.tags = Tags.of(tags);
  }

  static String named(String name) {
    return PREFIX + name;
  }

  Meters counter(String name, String description, LongAdder count) {
    FunctionCounter.builder(named(name), count, any -> count.sum()) // holds the adder for ever
        .description(description)
        .tags(tags)
        .register(registry);
    return this;
  }

  Meters gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(named(name), value)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
    return this;
  }

  /** A gauge that says yes, 1, or no, 0. */
  Meters flag(String name, String description, Supplier<Boolean> value) {
    return gauge(name, description, () -> value.get() ? 1 : 0);
  }

  /** A gauge of a point in time, given in milliseconds since 1970 and shown in seconds. */
  Meters timestamp(String name, String description, Supplier<Long> millis) {
    Gauge.builder(named(name) + ".timestamp", () -> millis.get() / 1000.0)
        .description(description)
        .baseUnit("seconds")
        .tags(tags)
        .strongReference(true)
        .register(registry);
    return this;
  }
}
