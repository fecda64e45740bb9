package dev.reliability.ops.cli;

import dev.reliability.micrometer.AlertRules;
import dev.reliability.micrometer.Dashboard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The alert rules and the dashboard that ship (requirements Q1 to Q3). */
@Command(
    name = "rules",
    description = {
      "Prints the alert rules for Prometheus, or Grafana's dashboard.",
      "They ask for the meters of serve's /metrics or of a host that binds ReliabilityMeters."
    })
final class RulesVerb extends Verb {
  @Option(names = "--dashboard", description = "Grafana's dashboard instead.")
  boolean dashboard;

  @Override
  List<String> useless() {
    return List.of("--dir", "--store", "--journal", "--events", "--now");
  }

  @Override
  Report report(Workplace workplace) {
    String text = dashboard ? Dashboard.json() : AlertRules.yaml();
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("what", dashboard ? "dashboard" : "rules");
    summary.put("text", text);
    return Report.of("rules", text.lines().toList(), summary);
  }
}
