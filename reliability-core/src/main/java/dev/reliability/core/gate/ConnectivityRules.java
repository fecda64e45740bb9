package dev.reliability.core.gate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.reliability.core.event.RunState;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.reconcile.Finding;
import dev.reliability.core.reconcile.Reconciliation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rules of worker connectivity (requirements G2 to G5, G8). Pure. */
final class ConnectivityRules {
  private ConnectivityRules() {}

  /**
   * What is judged.
   *
   * @param prerequisites the lines of what has to be well before anything is probed
   * @param lanes those that are required, in order; a lane that is not is never a failure
   * @param probes the latest probe of each lane
   * @param stale what the comparison of records with workers came to; null if nobody can say
   * @param staleTrouble why nobody can say
   * @param othersLive whether records of other incarnations, of which nobody knows whether they are
   *     dead, are to be expected
   * @param now wall time
   * @param epoch the incarnation that judges
   * @param nanos its monotonic clock
   * @param freshness how old a probe may be
   * @param success the states in which a probe may have ended
   */
  record Facts(
      List<GateLine> prerequisites,
      List<String> lanes,
      Map<String, ProbeRun> probes,
      @Nullable Reconciliation stale,
      String staleTrouble,
      boolean othersLive,
      Instant now,
      String epoch,
      long nanos,
      Duration freshness,
      Set<RunState> success) {

    Facts {
      prerequisites = ImmutableList.copyOf(prerequisites);
      lanes = ImmutableList.copyOf(lanes);
      probes = ImmutableMap.copyOf(probes);
      success = ImmutableSet.copyOf(success);
    }
  }

  static List<GateLine> judge(Facts facts) {
    List<GateLine> lines = new ArrayList<>(facts.prerequisites());
    facts.lanes().forEach(lane -> lines.add(lane(lane, facts.probes().get(lane), facts)));
    lines.add(stale("stale queued", Finding.Reason.QUEUED_STALE, facts));
    lines.add(stale("stale running", Finding.Reason.RUNNING_WITHOUT_CONTAINER, facts));
    return lines;
  }

  private static GateLine lane(String lane, @Nullable ProbeRun probe, Facts facts) {
    String name = "lane " + lane;
    if (probe == null) {
      return GateLine.fail(name, "never probed");
    }
    Duration age = probe.age(facts.now(), facts.epoch(), facts.nanos());
    String row = probe.row();
    if (probe.endedAt() == null) {
      return GateLine.fail(name, "its probe of " + probe.startedAt() + " has not ended", row);
    }
    if (age.isNegative()) {
      return GateLine.inconclusive(
          name, "its probe is dated " + age.negated() + " in the future", row);
    }
    RunState state = probe.state();
    if (state == null) {
      return GateLine.fail(name, "its probe did not run: " + probe.why(), row);
    }
    if (!facts.success().contains(state)) {
      return GateLine.fail(name, "its probe " + state.wireName() + ", " + probe.why(), row);
    }
    if (age.compareTo(facts.freshness()) > 0) {
      return GateLine.fail(
          name, "last probed " + age + " ago, more than " + facts.freshness(), row);
    }
    return GateLine.pass(name, "its probe " + state.wireName() + ", " + probe.why(), row);
  }

  private static GateLine stale(String name, Finding.Reason reason, Facts facts) {
    Reconciliation stale = facts.stale();
    if (stale == null) {
      return GateLine.inconclusive(name, facts.staleTrouble());
    }
    List<String> rows =
        stale.findings().stream()
            .filter(finding -> finding.reason() == reason)
            .map(ConnectivityRules::row)
            .sorted()
            .collect(Collectors.toList());
    if (!rows.isEmpty()) {
      return new GateLine(name, GateVerdict.NO_GO, rows.size() + " " + reason.wireName(), rows);
    }
    String looked = "0 of " + stale.open() + " open records";
    if (stale.notJudged() > 0 && !facts.othersLive()) {
      return GateLine.inconclusive(
          name,
          looked
              + ", but nobody knows whether the incarnations of "
              + stale.notJudged()
              + " of them are dead");
    }
    return GateLine.pass(name, looked);
  }

  private static String row(Finding finding) {
    return "run="
        + finding.run()
        + " lane="
        + finding.lane()
        + " item="
        + finding.item()
        + " age="
        + finding.age()
        + " "
        + finding.evidence();
  }
}
