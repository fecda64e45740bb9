package dev.reliability.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.LongAdder;

/** The meters of one dependency whose failures are counted. Thread-safe. */
final class DependencyMeters implements MeterBinder {
  private final String name;
  private final LongAdder failures = new LongAdder();
  private volatile long inRow;
  private volatile boolean critical;

  DependencyMeters(String name) {
    this.name = name;
  }

  void observed(boolean failed, long failuresInRow) {
    if (failed) {
      failures.increment();
    }
    inRow = Math.max(0, failuresInRow);
  }

  void critical(long failuresInRow) {
    critical = true;
    inRow = Math.max(inRow, failuresInRow);
  }

  void recovered() {
    critical = false;
    inRow = 0;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    new Meters(registry, "dependency", name)
        .counter("dependency.failures", "Failures of the dependency", failures)
        .gauge(
            "dependency.consecutive.failures",
            "How often in a row the dependency failed",
            () -> inRow)
        .flag("dependency.critical", "Whether somebody was woken because of it", () -> critical);
  }
}
