package dev.reliability.micrometer;

/**
 * A dashboard for Grafana on the meters of {@link ReliabilityMeters}, as JSON to import. It asks
 * for the data source, and shows all lanes or those that are chosen.
 */
public final class Dashboard {
  private static final String FILE = "dashboard/reliability.dashboard.json";

  private Dashboard() {}

  /** The dashboard. Reads it anew each time. */
  public static String json() {
    return Resources.text(FILE);
  }
}
