package dev.reliability.core.incident;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.gate.GateHistory;
import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What it takes to close an incident (requirements H4, H5). Immutable. Names are kept in order.
 *
 * @param gates each of which has to pass
 * @param passes how often, 2 by default
 * @param spacing how far apart the passes have to be, 30 min by default
 * @param baseline evidence that has to be from before the fix; none by default
 * @param evidence evidence that has to be from after it
 * @param soaks what has not happened for long enough, proven by a live detector; none by default
 */
public record ClosureRequirements(
    List<String> gates,
    int passes,
    Duration spacing,
    List<String> baseline,
    List<String> evidence,
    List<String> soaks) {

  /**
   * Checks everything.
   *
   * @throws IllegalArgumentException naming what cannot be required
   */
  public ClosureRequirements {
    gates = checked("gate", gates);
    baseline = checked("baseline", baseline);
    evidence = checked("evidence", evidence);
    baseline.forEach(EvidenceFiles::checkedName);
    evidence.forEach(EvidenceFiles::checkedName);
    soaks = checked("soak", soaks);
    if (gates.isEmpty()) {
      throw new IllegalArgumentException("gates: expected at least one, got none");
    }
    if (passes < 1 || passes > GateHistory.MOST_PASSES) {
      throw new IllegalArgumentException(
          "passes: expected 1 to " + GateHistory.MOST_PASSES + ", got " + passes);
    }
    if (spacing.isNegative()) {
      throw new IllegalArgumentException(
          "spacing: expected a duration that is not negative, got " + spacing);
    }
  }

  /**
   * The gate {@code worker-connectivity} twice, 30 min apart, and as evidence {@code status},
   * {@code trace}, {@code verify-worker-connectivity} and {@code reliability}.
   */
  public static ClosureRequirements ofDefaults() {
    return new ClosureRequirements(
        List.of("worker-connectivity"),
        2,
        Duration.ofMinutes(30),
        List.of(),
        List.of("status", "trace", "verify-worker-connectivity", "reliability"),
        List.of());
  }

  /** The same with other gates. */
  public ClosureRequirements withGates(String... names) {
    return new ClosureRequirements(List.of(names), passes, spacing, baseline, evidence, soaks);
  }

  /** The same with another number of passes, that far apart. */
  public ClosureRequirements withPasses(int times, Duration apart) {
    return new ClosureRequirements(gates, times, apart, baseline, evidence, soaks);
  }

  /** The same with other evidence from before the fix. */
  public ClosureRequirements withBaseline(String... names) {
    return new ClosureRequirements(gates, passes, spacing, List.of(names), evidence, soaks);
  }

  /** The same with other evidence from after the fix. */
  public ClosureRequirements withEvidence(String... names) {
    return new ClosureRequirements(gates, passes, spacing, baseline, List.of(names), soaks);
  }

  /** The same with other soaks. */
  public ClosureRequirements withSoaks(String... names) {
    return new ClosureRequirements(gates, passes, spacing, baseline, evidence, List.of(names));
  }

  private static List<String> checked(String what, List<String> names) {
    names.forEach(name -> StoredText.checkedName(what, name));
    return ImmutableList.copyOf(names);
  }

  // ---- as part of a document ----

  void spell(Map<String, String> into) {
    into.put("gates", String.join("\n", gates));
    into.put("passes", Integer.toString(passes));
    into.put("spacing", spacing.toString());
    into.put("baseline", String.join("\n", baseline));
    into.put("evidence", String.join("\n", evidence));
    into.put("soaks", String.join("\n", soaks));
  }

  static ClosureRequirements read(Map<String, String> values) {
    return new ClosureRequirements(
        names(values, "gates"),
        Integer.parseInt(DocValues.text(values, "passes")),
        Duration.parse(DocValues.text(values, "spacing")),
        names(values, "baseline"),
        names(values, "evidence"),
        names(values, "soaks"));
  }

  private static List<String> names(Map<String, String> values, String key) {
    String names = DocValues.text(values, key);
    return names.isEmpty() ? List.of() : List.of(names.split("\n"));
  }
}
