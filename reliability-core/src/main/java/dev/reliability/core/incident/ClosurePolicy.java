package dev.reliability.core.incident;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.reliability.core.gate.GateHistory;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.PassCount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * When an incident may be closed (requirements H3 to H6, S4). Pure.
 *
 * <p>Everything has to be so at once: a fix is marked; every gate passed as often and as far apart
 * as required, after the fix and after the incident was opened, without a failure in between and
 * all under one configuration; the evidence is there, from the right side of the fix, and its bytes
 * are what they were; nothing that soaks happened while its detector was alive; and a named person
 * says so.
 */
public final class ClosurePolicy {
  private ClosurePolicy() {}

  /**
   * What is known.
   *
   * @param incident the incident
   * @param gates the histories of the gates that are required
   * @param evidence what is attached, oldest first
   * @param altered the numbers of the evidence whose bytes are not there, or not what they were
   * @param soaks the soaks that are required and known
   * @param confirmation what the person says; null if nobody says anything yet
   * @param now wall time
   */
  public record Facts(
      Incident incident,
      Map<String, GateHistory> gates,
      List<Evidence> evidence,
      Set<Long> altered,
      Map<String, Soak> soaks,
      @Nullable Confirmation confirmation,
      Instant now) {

    /** Copies everything. */
    public Facts {
      gates = ImmutableMap.copyOf(gates);
      evidence = ImmutableList.copyOf(evidence);
      altered = ImmutableSet.copyOf(altered);
      soaks = ImmutableMap.copyOf(soaks);
    }
  }

  /** Judges everything, and lists all that is missing, not only the first. */
  public static ClosureReport judge(Facts facts) {
    List<GateLine> lines = new ArrayList<>();
    Incident incident = facts.incident();
    if (incident.status() == Incident.Status.RESOLVED) {
      lines.add(GateLine.fail("status", "it is resolved already"));
    }
    Change fix = incident.fix();
    lines.add(
        fix == null
            ? GateLine.fail("fix", "none is marked since " + incident.opened().at())
            : GateLine.pass("fix", fix.at() + " by " + fix.by() + ": " + fix.text()));
    gates(facts, fix, lines);
    for (String name : incident.requirements().baseline()) {
      lines.add(evidence(facts, "baseline " + name, name, fix, false));
    }
    for (String name : incident.requirements().evidence()) {
      lines.add(evidence(facts, "evidence " + name, name, fix, true));
    }
    for (String name : incident.requirements().soaks()) {
      Soak soak = facts.soaks().get(name);
      lines.add(
          soak == null
              ? GateLine.inconclusive("soak " + name, "nobody watches it")
              : soak.judge(
                  facts.now(), since(incident, fix), from(incident, fix, Change.markOfSoak(name))));
    }
    lines.add(confirmation(facts.confirmation()));
    return new ClosureReport(incident.id(), lines);
  }

  private static void gates(Facts facts, @Nullable Change fix, List<GateLine> lines) {
    ClosureRequirements required = facts.incident().requirements();
    Set<String> configurations = new TreeSet<>();
    for (String name : required.gates()) {
      GateHistory history = facts.gates().get(name);
      if (history == null) {
        lines.add(GateLine.fail("gate " + name, "never judged"));
        continue;
      }
      PassCount count =
          history.passes(
              required.passes(),
              required.spacing(),
              from(facts.incident(), fix, Change.markOfGate(name)));
      if (count.isEnough()) {
        configurations.add(count.configHash());
        lines.add(GateLine.pass("gate " + name, count.why()));
      } else {
        lines.add(GateLine.fail("gate " + name, count.why()));
      }
    }
    if (configurations.size() > 1) {
      lines.add(
          GateLine.fail(
              "configuration", "the gates passed under different ones: " + configurations));
    }
  }

  private static GateLine evidence(
      Facts facts, String line, String name, @Nullable Change fix, boolean after) {
    Evidence found = null;
    boolean any = false;
    for (Evidence one : facts.evidence()) {
      if (one.name().equals(name)) {
        any = true;
        if (fix != null && counts(facts.incident(), fix, one, after)) {
          found = one; // the last that is from the right side
        }
      }
    }
    if (found == null) {
      return GateLine.fail(
          line,
          !any
              ? "not attached"
              : fix == null
                  ? "attached, but no fix is marked that it could be from " + side(after)
                  : "not attached " + side(after) + " the fix of " + fix.at());
    }
    String row = "#" + found.number() + " " + found.at() + " sha256 " + found.sha256();
    return facts.altered().contains(found.number())
        ? GateLine.fail(line, "its bytes are not what was attached", row)
        : GateLine.pass(line, "attached by " + found.by(), row);
  }

  /** By the numbers: a wall clock that is set moves no evidence to the other side of a fix. */
  private static boolean counts(Incident incident, Change fix, Evidence one, boolean after) {
    String mark = Change.markOfEvidence();
    return after
        ? one.number() > fix.mark(mark)
        : one.number() <= fix.mark(mark) && one.number() > incident.opened().mark(mark);
  }

  private static String side(boolean after) {
    return after ? "after" : "before";
  }

  private static GateLine confirmation(@Nullable Confirmation confirmation) {
    if (confirmation == null) {
      return GateLine.fail("confirmation", "nobody has confirmed that it is over");
    }
    if (confirmation.by().isBlank()) {
      return GateLine.fail("confirmation", "it does not say by whom");
    }
    return confirmation.text().isBlank()
        ? GateLine.fail("confirmation", confirmation.by() + " said nothing")
        : GateLine.pass("confirmation", confirmation.by() + ": " + confirmation.text());
  }

  /** What has no greater number than this counts no more. */
  private static long from(Incident incident, @Nullable Change fix, String mark) {
    return (fix == null ? incident.opened() : fix).mark(mark);
  }

  /** The window of a soak begins no earlier. */
  private static Instant since(Incident incident, @Nullable Change fix) {
    Instant opened = incident.opened().at();
    return fix == null || fix.at().isBefore(opened) ? opened : fix.at();
  }
}
