package dev.reliability.testkit.jqwik;

import dev.reliability.testkit.fault.Fault;
import dev.reliability.testkit.fault.FaultSchedule;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/**
 * Generators of {@linkplain Fault faults} and of schedules of them. A schedule shrinks by losing
 * faults, and what is left by shorter durations.
 */
public final class FaultArbitraries {
  private static final int FAULTS = 20;

  private FaultArbitraries() {}

  /**
   * Durations from nothing to three days: a few nanoseconds, or whole milliseconds, seconds,
   * minutes or hours.
   */
  public static Arbitrary<Duration> durations() {
    return Arbitraries.oneOf(
        Arbitraries.longs().between(0, 3).map(Duration::ofNanos),
        Arbitraries.longs().between(0, 5_000).map(Duration::ofMillis),
        Arbitraries.longs().between(0, 120).map(Duration::ofSeconds),
        Arbitraries.longs().between(0, 120).map(Duration::ofMinutes),
        Arbitraries.longs().between(0, 72).map(Duration::ofHours));
  }

  /** One fault, or (as often as all faults together) time passing. */
  public static Arbitrary<Fault> faults() {
    return Arbitraries.frequencyOf(
        Tuple.of(6, durations().map(Fault.Advance::new)),
        Tuple.of(2, stepWalls()),
        Tuple.of(1, durations().map(Fault.Suspend::new)),
        Tuple.of(1, durations().map(Fault.PauseProcess::new)),
        Tuple.of(1, Arbitraries.longs().between(-500, 500).map(Fault.Drift::new)),
        Tuple.of(1, Arbitraries.of(new Fault.FreezeWall(), new Fault.ThawWall())));
  }

  /** Schedules of up to twenty faults. */
  public static Arbitrary<FaultSchedule> schedules() {
    return schedules(FAULTS);
  }

  /**
   * Schedules of up to {@code maxFaults} faults.
   *
   * @throws IllegalArgumentException if {@code maxFaults} is negative
   */
  public static Arbitrary<FaultSchedule> schedules(int maxFaults) {
    if (maxFaults < 0) {
      throw new IllegalArgumentException("maxFaults: expected zero or more, got " + maxFaults);
    }
    return faults().list().ofMaxSize(maxFaults).map(FaultSchedule::new);
  }

  private static Arbitrary<Fault> stepWalls() {
    return durations().flatMap(by -> Arbitraries.of(by, by.negated())).map(Fault.StepWall::new);
  }
}
