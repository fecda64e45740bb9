package dev.reliability.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A timer with few buckets for each value of one label. It is the registry's own, so what is timed
 * before the registry is bound is not in it. Thread-safe.
 */
final class Timing implements MeterBinder {
  /** What is said to have taken longer is counted as this, so that no sum overflows. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private final String name;
  private final @Nullable String label;
  private final List<String> values;
  private final String description;
  private final Duration[] buckets;
  private final List<Map<String, Timer>> bound = new CopyOnWriteArrayList<>();

  private Timing(
      String name,
      @Nullable String label,
      List<String> values,
      String description,
      Duration... buckets) {
    this.name = name;
    this.label = label;
    this.values = values;
    this.description = description;
    this.buckets = buckets;
  }

  /** One timer. */
  Timing(String name, String description, Duration... buckets) {
    this(name, null, List.of(""), description, buckets);
  }

  /** A timer for each value of a label. */
  static Timing of(
      String name, String label, List<String> values, String description, Duration... buckets) {
    return new Timing(name, label, List.copyOf(values), description, buckets);
  }

  void record(Duration time) {
    record("", time);
  }

  /** Times one; passed over if its label's value is not known, or if it took less than nothing. */
  void record(String value, Duration time) {
    if (time.isNegative()) {
      return;
    }
    for (Map<String, Timer> timers : bound) {
      Timer timer = timers.get(value);
      if (timer != null) {
        timer.record(time.compareTo(LONGEST) < 0 ? time : LONGEST);
      }
    }
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bound.add(
        values.stream()
            .collect(Collectors.toMap(Function.identity(), value -> timer(registry, value))));
  }

  private Timer timer(MeterRegistry registry, String value) {
    Timer.Builder timer =
        Timer.builder(Meters.named(name)).description(description).serviceLevelObjectives(buckets);
    return (label == null ? timer : timer.tag(label, value)).register(registry);
  }
}
