package dev.reliability.container.process;

import dev.reliability.core.run.StopReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Kills what is known by its name and one of its arguments, with all that descends from it: for
 * what got away from its parents and sessions. Never blocks its caller.
 */
final class Hunter {
  private static final int ROUNDS = 12;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ProcSource source;
  private final Backstage backstage;

  Hunter(ProcSource source, Backstage backstage) {
    this.source = source;
    this.backstage = backstage;
  }

  /** Ends with who is still alive, usually nobody. */
  CompletableFuture<StopReport> kill(String program, String argument) {
    CompletableFuture<StopReport> report = new CompletableFuture<>();
    backstage.execute(() -> round(program, argument, 1, report));
    return report;
  }

  private void round(
      String program, String argument, int round, CompletableFuture<StopReport> report) {
    try {
      List<ProcStat> found = find(program, argument);
      found.forEach(stat -> source.signal(stat, true));
      if (found.isEmpty() || round >= ROUNDS) {
        report.complete(
            new StopReport("found", found.stream().map(ProcStat::describe).toList(), 0));
      } else {
        backstage.later(
            Math.min(FIRST_PAUSE_NANOS << round, LONGEST_PAUSE_NANOS),
            () -> round(program, argument, round + 1, report));
      }
    } catch (RuntimeException | Error e) {
      report.completeExceptionally(e);
    }
  }

  /** Who has one of these names and which of these arguments, in words, by argument. */
  CompletableFuture<Map<String, List<String>>> look(Set<String> programs, Set<String> arguments) {
    return CompletableFuture.supplyAsync(
        () -> {
          Map<String, List<String>> found = new LinkedHashMap<>();
          for (ProcStat stat : arguments.isEmpty() ? List.<ProcStat>of() : source.scan().all()) {
            if (programs.contains(stat.name()) && !stat.isDead()) {
              for (String argument : new LinkedHashSet<>(source.arguments(stat.pid()))) {
                if (arguments.contains(argument)) {
                  found.computeIfAbsent(argument, one -> new ArrayList<>()).add(stat.describe());
                }
              }
            }
          }
          return found;
        },
        backstage);
  }

  private List<ProcStat> find(String program, String argument) {
    ProcTable table = source.scan();
    Map<Long, ProcStat> found = new LinkedHashMap<>();
    for (ProcStat stat : table.all()) {
      if (stat.name().equals(program) && source.arguments(stat.pid()).contains(argument)) {
        // The children first: once their parent is gone nobody knows whose they were.
        table.descendants(stat.pid()).forEach(child -> found.put(child.pid(), child));
        found.put(stat.pid(), stat);
      }
    }
    found.values().removeIf(ProcStat::isDead);
    return new ArrayList<>(found.values());
  }
}
