package dev.reliability.micrometer;

import dev.reliability.core.health.GateVerdict;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** The last verdict of one gate, as a gauge for each verdict there is. Thread-safe. */
final class GateMeters implements MeterBinder {
  private final String name;
  private volatile String verdict = "";

  GateMeters(String name) {
    this.name = name;
  }

  void judged(String now) {
    verdict = now;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (GateVerdict each : GateVerdict.values()) {
      new Meters(registry, "gate", name, "verdict", each.wireName())
          .flag(
              "gate.verdict",
              "1 for the last verdict of the gate, 0 for the others",
              () -> each.wireName().equals(verdict));
    }
  }
}
