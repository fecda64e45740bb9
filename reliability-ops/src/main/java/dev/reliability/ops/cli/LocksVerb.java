package dev.reliability.ops.cli;

import dev.reliability.core.health.RunLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Who works on what (requirements M1, M2). */
@Command(name = "locks", description = "Who works on what, since when, and whether for too long.")
final class LocksVerb extends Verb {
  @Override
  Report report(Workplace workplace) {
    List<RunLock> locks = workplace.locks();
    List<String> lines = new ArrayList<>();
    List<Map<String, @Nullable Object>> entries = new ArrayList<>();
    for (RunLock lock : locks) {
      lines.add(line(lock));
      entries.add(entry(lock));
    }
    lines.add(locks.isEmpty() ? "nobody works on anything" : locks.size() + " run locks");
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("runLocksCount", locks.size());
    summary.put("runLocks", entries);
    return Report.of("locks", lines, summary);
  }

  static String line(RunLock lock) {
    return lock.state().wireName()
        + " "
        + lock.key().lane()
        + "/"
        + lock.key().item()
        + " by "
        + lock.holder()
        + " for "
        + Duration.ofMillis(lock.elapsedMs())
        + ", attempt "
        + lock.attempt()
        + (lock.lanePaused() ? ", its lane is paused" : "");
  }

  static Map<String, @Nullable Object> entry(RunLock lock) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("lane", lock.key().lane());
    entry.put("item", lock.key().item());
    entry.put("state", lock.state().wireName());
    entry.put("holder", lock.holder());
    entry.put("attempt", lock.attempt());
    entry.put("claimedAt", lock.claimedAt());
    entry.put("leaseUntil", lock.leaseUntil());
    entry.put("elapsedMs", lock.elapsedMs());
    entry.put("budgetMs", lock.budgetMs() == Long.MAX_VALUE ? null : lock.budgetMs());
    entry.put("overBudget", lock.overBudget());
    entry.put("lanePaused", lock.lanePaused());
    return entry;
  }
}
