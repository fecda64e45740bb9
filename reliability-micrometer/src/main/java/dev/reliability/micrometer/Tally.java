package dev.reliability.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * A counter for each value of one label. All values are known beforehand, and shown from the
 * beginning; whatever else comes is counted under {@code other}. Thread-safe.
 */
final class Tally implements MeterBinder {
  /** The label's value for what is none of the others. */
  static final String OTHER = "other";

  private final String name;
  private final String label;
  private final String description;
  private final Map<String, LongAdder> counts = new LinkedHashMap<>(); // never changed later
  private final LongAdder other;

  Tally(String name, String label, Collection<String> values, String description) {
    this.name = name;
    this.label = label;
    this.description = description;
    values.forEach(value -> counts.put(value, new LongAdder()));
    other = counts.computeIfAbsent(OTHER, any -> new LongAdder());
  }

  void add(String value) {
    add(value, 1);
  }

  void add(String value, long times) {
    counts.getOrDefault(value, other).add(Count.countable(times));
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    counts.forEach(
        (value, count) -> new Meters(registry, label, value).counter(name, description, count));
  }
}
