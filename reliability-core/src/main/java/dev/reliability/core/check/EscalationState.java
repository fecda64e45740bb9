package dev.reliability.core.check;

import dev.reliability.core.health.Observation;
import dev.reliability.core.health.Streak;
import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a dependency is critical, and whether the host was told. Immutable; a document of the
 * state store holds it.
 *
 * @param told whether the hook returned; true where it is not critical
 * @param failures how many in a row made it critical
 * @param why the failure that did, in words
 */
record EscalationState(
    String dependency, boolean critical, boolean told, int failures, String why) {

  static EscalationState fine(String dependency) {
    return new EscalationState(dependency, false, true, 0, "");
  }

  /** The state after what the streak says. Pure; the same again changes nothing. */
  EscalationState after(Streak streak, int threshold) {
    if (!critical && streak.failures() > threshold) {
      Observation last = streak.known();
      String lastWhy = last == null || last.detail() == null ? "" : last.detail();
      return new EscalationState(dependency, true, false, count(streak.failures()), lastWhy);
    }
    return critical && streak.successes() > 0 ? fine(dependency) : this;
  }

  EscalationState whenTold() {
    return new EscalationState(dependency, critical, true, failures, why);
  }

  /** How many failures there were in a row before the success that the streak ends with. */
  int failuresBefore(Streak streak) {
    List<Streak.Phase> phases = streak.phases();
    return phases.size() < 2 ? failures : count(phases.get(phases.size() - 2).count());
  }

  private static int count(long failures) {
    return (int) Math.min(Integer.MAX_VALUE, failures);
  }

  Map<String, String> spell() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("dependency", dependency);
    values.put("critical", Boolean.toString(critical));
    values.put("told", Boolean.toString(told));
    values.put("failures", Integer.toString(failures));
    values.put("why", why);
    return values;
  }

  static EscalationState read(StateStore.Doc doc) {
    try {
      return new EscalationState(
          DocValues.text(doc.values(), "dependency"),
          flag(doc, "critical"),
          flag(doc, "told"),
          Integer.parseInt(DocValues.text(doc.values(), "failures")),
          DocValues.text(doc.values(), "why"));
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new StoreException("document " + doc.name() + " is no escalation: " + e, e);
    }
  }

  private static boolean flag(StateStore.Doc doc, String key) {
    String text = DocValues.text(doc.values(), key);
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(key + ": expected true or false, got \"" + text + "\"");
    }
    return text.equals("true");
  }
}
