package dev.reliability.ops.analysis;

import dev.reliability.core.health.GateVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Whether something was not found for long enough since a change (requirement S4). Immutable.
 *
 * @param reason what
 * @param since when the change was made
 * @param length for how long it must not have been found
 * @param gap how far apart the proofs of the detector may be
 * @param found how often it was found since
 * @param proofs self-tests since that would have found it
 * @param failures self-tests since that would not
 * @param verdict what that comes to
 * @param why the same in words
 */
public record SoakingReport(
    String reason,
    Instant since,
    Duration length,
    Duration gap,
    Cited found,
    Cited proofs,
    Cited failures,
    GateVerdict verdict,
    String why) {

  /** Checks that there is a verdict. */
  public SoakingReport {
    Objects.requireNonNull(verdict, "verdict");
  }
}
