package dev.reliability.testkit.fault;

import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What happens to a world, one fault after another. Immutable.
 *
 * <p>Tests generate schedules, not seeds: a failing schedule shrinks to the few faults that matter
 * and can be written down.
 *
 * @param faults in the order in which they happen
 */
public record FaultSchedule(List<Fault> faults) {
  /** Copies {@code faults}. */
  public FaultSchedule {
    faults = List.copyOf(faults);
  }

  /** A schedule of these faults. */
  public static FaultSchedule of(Fault... faults) {
    return new FaultSchedule(List.of(faults));
  }

  /** Makes them all happen; then runs what is still due at that instant. */
  public void applyTo(World world) {
    for (Fault fault : faults) {
      fault.applyTo(world);
    }
    world.advance(Duration.ZERO);
  }

  @Override
  public String toString() {
    return faults.stream().map(Fault::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
