package dev.reliability.core.check;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What all checks of a preflight came to. Immutable; no text in it shows a secret that is known as
 * one.
 *
 * @param id names the preflight, unique
 * @param at when it was done
 * @param took how long it took
 * @param checks every check, in the order in which they were given
 */
public record PreflightReport(String id, Instant at, Duration took, List<CheckReport> checks) {

  /** Copies {@code checks}. */
  public PreflightReport {
    checks = ImmutableList.copyOf(checks);
  }

  /**
   * What one check came to, all its attempts together.
   *
   * @param name its name
   * @param passed whether what is needed is there
   * @param why what was seen, or why it failed
   * @param lastOutput the last that it put out, at most 2 KiB; empty if it passed or put nothing
   *     out
   * @param attempts how often it was tried
   * @param took how long that took
   */
  public record CheckReport(
      String name, boolean passed, String why, String lastOutput, int attempts, Duration took) {

    /**
     * One line: {@code PASS name: ...} or {@code FAIL name: why; last output: ...}, with line ends
     * in it spelled {@code \n}. The same whenever the same was seen.
     */
    public String line() {
      StringBuilder line = new StringBuilder(passed ? "PASS " : "FAIL ").append(name);
      if (!why.isEmpty()) {
        line.append(": ").append(why);
      }
      if (!lastOutput.isEmpty()) {
        line.append("; last output: ").append(lastOutput);
      }
      return line.toString().replace("\r", "\\r").replace("\n", "\\n").replace("\t", " ");
    }
  }

  /** Whether every check passed. */
  public boolean passed() {
    return checks.stream().allMatch(CheckReport::passed);
  }

  /** The checks that failed, in their order. */
  public List<CheckReport> failures() {
    return checks.stream().filter(check -> !check.passed()).toList();
  }

  /** The line of each check, in their order. */
  public List<String> lines() {
    return checks.stream().map(CheckReport::line).toList();
  }

  /** How many failed of how many, then the line of each failure. */
  String complaint() {
    List<CheckReport> failures = failures();
    List<String> lines = new ArrayList<>();
    lines.add(failures.size() + " of " + checks.size() + " checks failed:");
    failures.forEach(check -> lines.add(check.line()));
    return String.join("\n", lines);
  }
}
