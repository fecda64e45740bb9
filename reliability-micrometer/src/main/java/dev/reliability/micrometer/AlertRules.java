package dev.reliability.micrometer;

/**
 * Rules of alerts for Prometheus on the meters of {@link ReliabilityMeters} (requirements Q1 to
 * Q3), as a file that Prometheus takes under {@code rule_files}.
 *
 * <p>They fire for a lane of which an item waits for its start for more than 600 s, of which a run
 * goes on for more than 3,600 s, that is paused, or of which something is claimed for longer than
 * its budget; for a dependency that failed more than five times in a row; for a link that is
 * connected again and again; for events that were dropped; and where nobody tells meters any more.
 */
public final class AlertRules {
  private static final String FILE = "rules/reliability.rules.yml";

  private AlertRules() {}

  /** The file's text. Reads it anew each time. */
  public static String yaml() {
    return Resources.text(FILE);
  }
}
