package dev.reliability.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which meters there are, and in which registries: each of the former is registered once in each of
 * the latter, whichever of the two came first. No lock is held while a registry is called.
 * Thread-safe.
 */
final class Bindings {
  private final ReentrantLock lock = new ReentrantLock();
  private final List<MeterBinder> meters = new ArrayList<>();
  private final List<MeterRegistry> registries = new ArrayList<>();

  void add(MeterBinder meter) {
    List<MeterRegistry> now;
    lock.lock();
    try {
      meters.add(meter);
      now = List.copyOf(registries);
    } finally {
      lock.unlock();
    }
    now.forEach(meter::bindTo);
  }

  /** Does nothing if the registry is bound already. */
  void bind(MeterRegistry registry) {
    List<MeterBinder> now;
    lock.lock();
    try {
      if (registries.stream().anyMatch(bound -> bound == registry)) {
        return;
      }
      registries.add(registry);
      now = List.copyOf(meters);
    } finally {
      lock.unlock();
    }
    now.forEach(meter -> meter.bindTo(registry));
  }
}
