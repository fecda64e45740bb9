package dev.reliability.core.gate;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.List;

/**
 * How many passes of a gate count (requirement G7). Immutable.
 *
 * @param gate which gate
 * @param wanted how many are wanted
 * @param spacing how far apart they have to be
 * @param configHash the configuration under which they were made; empty if there are none
 * @param counted those that count, oldest first
 * @param why in words
 */
public record PassCount(
    String gate,
    int wanted,
    Duration spacing,
    String configHash,
    List<GateHistory.Pass> counted,
    String why) {

  /** Copies {@code counted}. */
  public PassCount {
    counted = ImmutableList.copyOf(counted);
  }

  /** Whether there are enough. */
  public boolean isEnough() {
    return counted.size() >= wanted;
  }
}
