package dev.reliability.testkit.jqwik;

import dev.reliability.testkit.fault.Fault;
import dev.reliability.testkit.fault.FaultSchedule;
import dev.reliability.testkit.fault.NodeFault;
import dev.reliability.testkit.world.CallFault;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Generators of {@linkplain Fault faults} and of schedules of them. A schedule shrinks by losing
 * faults, and what is left by shorter durations.
 */
public final class FaultArbitraries {
  private static final int FAULTS = 20;
  private static final int MOST_SKIPPED = 10;

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
    return schedules(maxFaults, faults());
  }

  /**
   * One fault of one of {@code nodes}, or (about as often as all of them together) time passing.
   * What is said of {@link NodeFault.Call calls} is as likely to be a loss, of the request or of
   * the answer, as a hang or a crash.
   *
   * @param times how long things take: what passes, and what faults last
   * @throws IllegalArgumentException if {@code nodes} is empty
   */
  public static Arbitrary<Fault> nodeFaults(List<String> nodes, Arbitrary<Duration> times) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("nodes: expected at least one name, got none");
    }
    Arbitrary<String> node = Arbitraries.of(nodes);
    Arbitrary<Integer> skips = Arbitraries.integers().between(0, MOST_SKIPPED);
    Arbitrary<CallFault> calls =
        Arbitraries.frequencyOf(
            Tuple.of(2, Arbitraries.of(new CallFault.LostRequest(), new CallFault.LostAnswer())),
            Tuple.of(1, times.map(CallFault.Hang::new)),
            Tuple.of(
                1,
                Combinators.combine(Arbitraries.of(false, true), times).as(CallFault.Crash::new)));
    return Arbitraries.frequencyOf(
        Tuple.of(8, times.map(Fault.Advance::new)),
        Tuple.of(4, Combinators.combine(node, skips, calls).as(NodeFault.Call::new)),
        Tuple.of(1, Combinators.combine(node, times).as(NodeFault.Crash::new)),
        Tuple.of(1, Combinators.combine(node, times).as(NodeFault.Pause::new)),
        Tuple.of(1, Combinators.combine(node, times).as(NodeFault.Suspend::new)),
        Tuple.of(
            1,
            Combinators.combine(node, times, Arbitraries.of(false, true))
                .as((of, by, back) -> new NodeFault.StepWall(of, back ? by.negated() : by))));
  }

  /**
   * Schedules of up to {@code maxFaults} {@linkplain #nodeFaults faults of nodes}.
   *
   * @throws IllegalArgumentException if {@code maxFaults} is negative, or {@code nodes} is empty
   */
  public static Arbitrary<FaultSchedule> nodeSchedules(
      int maxFaults, List<String> nodes, Arbitrary<Duration> times) {
    return schedules(maxFaults, nodeFaults(nodes, times));
  }

  private static Arbitrary<FaultSchedule> schedules(int maxFaults, Arbitrary<Fault> faults) {
    if (maxFaults < 0) {
      throw new IllegalArgumentException("maxFaults: expected zero or more, got " + maxFaults);
    }
    return faults.list().ofMaxSize(maxFaults).map(FaultSchedule::new);
  }

  private static Arbitrary<Fault> stepWalls() {
    return durations().flatMap(by -> Arbitraries.of(by, by.negated())).map(Fault.StepWall::new);
  }
}
