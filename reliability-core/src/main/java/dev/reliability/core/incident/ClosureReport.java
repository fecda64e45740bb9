package dev.reliability.core.incident;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.health.GateVerdict;
import java.util.List;

/**
 * What speaks for closing an incident, and what against it (requirement H6). Immutable.
 *
 * @param incident which incident
 * @param lines everything that was looked at, in the order of the requirements
 */
public record ClosureReport(String incident, List<GateLine> lines) {

  /** Copies {@code lines}. */
  public ClosureReport {
    lines = ImmutableList.copyOf(lines);
  }

  /** Whether nothing is missing. */
  public boolean isClosable() {
    return missing().isEmpty();
  }

  /** Everything that is missing; what nobody can say is missing as well. */
  public List<GateLine> missing() {
    return lines.stream().filter(line -> line.verdict() != GateVerdict.GO).toList();
  }

  /** One line for each thing that was looked at, its evidence below it. */
  public String text() {
    return GateLine.text(lines);
  }
}
