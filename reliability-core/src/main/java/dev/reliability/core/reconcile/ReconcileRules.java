package dev.reliability.core.reconcile;

import dev.reliability.core.event.RunState;
import dev.reliability.core.store.RunRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is stale: a pure function of the facts. A record is a finding if its owner may be judged, no
 * supervisor has it in hand, no worker is there for it, and it is as old as its lane's threshold; a
 * worker is one if its owner may be judged, no supervisor has its run in hand, there is no open
 * record of its run, and that has been so for as long as the threshold.
 */
final class ReconcileRules {
  private ReconcileRules() {}

  /** Records first, in their order, then workers in theirs. */
  static List<Finding> findings(Facts facts) {
    Set<String> withHandle = new HashSet<>();
    facts.handles().forEach(sighting -> withHandle.add(sighting.handle().run()));
    Set<String> withRecord = new HashSet<>();
    List<Finding> findings = new ArrayList<>();
    for (RunRecord run : facts.open()) {
      withRecord.add(run.id());
      if (!run.state().isEnded()
          && facts.judged().contains(run.owner())
          && !facts.supervised().contains(run.id())
          && !withHandle.contains(run.id())) {
        judge(facts, run, findings);
      }
    }
    for (Facts.Sighting sighting : facts.handles()) {
      LiveHandle handle = sighting.handle();
      if (facts.judged().contains(handle.owner())
          && !facts.supervised().contains(handle.run())
          && !withRecord.contains(handle.run())) {
        judge(facts, sighting, findings);
      }
    }
    return findings;
  }

  private static void judge(Facts facts, RunRecord run, List<Finding> into) {
    boolean queued = run.state() == RunState.QUEUED;
    StaleThresholds thresholds = facts.thresholds().apply(run.lane());
    Duration threshold = queued ? thresholds.queued() : thresholds.running();
    Instant started = run.startedAt();
    Instant since = queued || started == null ? run.createdAt() : started;
    Duration age = Duration.between(since, facts.now());
    if (age.compareTo(threshold) >= 0) {
      into.add(
          new Finding(
              queued ? Finding.Reason.QUEUED_STALE : Finding.Reason.RUNNING_WITHOUT_CONTAINER,
              run.id(),
              run.lane(),
              run.item(),
              run.state(),
              run.worker(),
              run.owner(),
              age,
              threshold,
              "the record has said "
                  + run.state().wireName()
                  + " since "
                  + since
                  + (run.worker() == null ? "" : " (worker: " + run.worker() + ")")
                  + "; owner "
                  + run.owner()
                  + " does not live or does not have it; "
                  + looked(facts)));
    }
  }

  private static void judge(Facts facts, Facts.Sighting sighting, List<Finding> into) {
    LiveHandle handle = sighting.handle();
    Duration age = Duration.between(sighting.since(), facts.now());
    Duration threshold = facts.thresholds().apply("").unrecorded();
    if (age.compareTo(threshold) >= 0) {
      into.add(
          new Finding(
              Finding.Reason.CONTAINER_WITHOUT_RECORD,
              handle.run(),
              null,
              null,
              null,
              handle.name(),
              handle.owner(),
              age,
              threshold,
              handle.name()
                  + " of owner "
                  + handle.owner()
                  + " is there, and since "
                  + sighting.since()
                  + " no open record of its run; "
                  + looked(facts)));
    }
  }

  private static String looked(Facts facts) {
    return "looked at "
        + facts.open().size()
        + " open records, "
        + facts.handles().size()
        + " live workers, "
        + facts.supervised().size()
        + " supervised runs";
  }
}
