package dev.reliability.container.process;

import dev.reliability.container.orphan.DeadIncarnations;
import dev.reliability.container.orphan.LedgerEntry;
import dev.reliability.container.orphan.Orphan;
import dev.reliability.container.orphan.OrphanSource;
import dev.reliability.core.run.StopReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes that dead incarnations left, and their end: SIGTERM, a grace, SIGKILL until nobody is
 * left or a limit is reached. One look at all processes serves every orphan that is being stopped.
 */
final class ProcessOrphans implements OrphanSource {
  private static final Logger log = LoggerFactory.getLogger(ProcessRuntime.class);
  private static final long KILL_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final ProcSource source;
  private final Backstage backstage;
  private final Stopper stopper;
  private final long graceNanos;
  private final String boot = Boot.id();
  private final Queue<Stopping> stopping = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean armed = new AtomicBoolean();

  /** An orphan that is being stopped; used by one round at a time. */
  private static final class Stopping {
    final Remnant remnant;
    final long begin;
    final CompletableFuture<StopReport> done = new CompletableFuture<>();
    final Set<ProcStat> asked = new HashSet<>();
    boolean sessionKilled;

    Stopping(Remnant remnant, long begin) {
      this.remnant = remnant;
      this.begin = begin;
    }
  }

  ProcessOrphans(ProcSource source, Backstage backstage, Stopper stopper, long graceNanos) {
    this.source = source;
    this.backstage = backstage;
    this.stopper = stopper;
    this.graceNanos = graceNanos;
  }

  @Override
  public String kind() {
    return Bookkeeper.KIND;
  }

  @Override
  public CompletionStage<List<Orphan>> find(DeadIncarnations dead) {
    Map<String, List<LedgerEntry>> entries = dead.entries(kind());
    Set<String> cookies =
        entries.values().stream()
            .flatMap(List::stream)
            .map(entry -> entry.intent().cookie())
            .collect(Collectors.toSet());
    List<Orphan> found = new ArrayList<>();
    if (!cookies.isEmpty()) {
      ProcTable table = source.scan();
      Map<String, List<ProcStat>> carriers = CookieJar.carriers(table, cookies);
      Set<Long> family = family(table);
      entries.forEach(
          (incarnation, all) -> {
            for (LedgerEntry entry : all) {
              Remnant remnant = new Remnant(source, boot, entry);
              List<ProcStat> members = remnant.members(table, carriers, family);
              if (members.isEmpty()) {
                if (!dead.isLook()) {
                  remnant.remove();
                }
              } else {
                found.add(
                    Orphan.of(entry, incarnation, name(members), remnant.evidence(table, members)));
              }
            }
          });
    }
    return CompletableFuture.completedFuture(found);
  }

  private static String name(List<ProcStat> members) {
    String first = members.get(0).describe();
    return members.size() == 1 ? first : first + " and " + (members.size() - 1) + " more";
  }

  /** This process, those above and those below it. */
  private static Set<Long> family(ProcTable table) {
    Set<Long> family = new HashSet<>();
    long self = ProcessHandle.current().pid();
    table.descendants(self).forEach(stat -> family.add(stat.pid()));
    ProcStat above = table.find(self);
    family.add(self);
    while (above != null && family.add(above.parent())) {
      above = table.find(above.parent());
    }
    return family;
  }

  // ---- stopping ----

  @Override
  public CompletionStage<StopReport> stop(Orphan orphan) {
    LedgerEntry entry = orphan.entry();
    if (entry == null) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("orphan: expected one from a ledger, got " + orphan));
    }
    Stopping one = new Stopping(new Remnant(source, boot, entry), backstage.nanos());
    stopping.add(one);
    if (armed.compareAndSet(false, true)) {
      backstage.execute(this::round);
    }
    return one.done;
  }

  private void round() {
    armed.set(false);
    List<Stopping> all = new ArrayList<>();
    for (Stopping one = stopping.poll(); one != null; one = stopping.poll()) {
      all.add(one);
    }
    try {
      Set<String> cookies =
          all.stream().map(one -> one.remnant.cookie()).collect(Collectors.toSet());
      ProcTable table = source.scan();
      Map<String, List<ProcStat>> carriers = CookieJar.carriers(table, cookies);
      Set<Long> family = family(table);
      all.removeIf(one -> isOver(one, table, carriers, family));
    } catch (RuntimeException | Error e) {
      all.forEach(one -> one.done.completeExceptionally(e));
      throw e;
    }
    stopping.addAll(all);
    if (!stopping.isEmpty() && armed.compareAndSet(false, true)) {
      backstage.later(PAUSE_NANOS, this::round);
    }
  }

  private boolean isOver(
      Stopping one, ProcTable table, Map<String, List<ProcStat>> carriers, Set<Long> family) {
    List<ProcStat> members = one.remnant.members(table, carriers, family);
    long passed = backstage.nanos() - one.begin;
    if (members.isEmpty() || passed >= graceNanos + KILL_LIMIT_NANOS) {
      if (members.isEmpty()) {
        one.remnant.remove();
      }
      List<String> survivors = members.stream().map(ProcStat::describe).toList();
      one.done.complete(new StopReport(one.remnant.guarantee(), survivors, 0));
      return true;
    }
    if (passed < graceNanos) {
      for (ProcStat member : members) {
        if (one.asked.stream().noneMatch(member::isSameAs)) {
          one.asked.add(member);
          one.remnant.signal(member, false);
        }
      }
      return false;
    }
    members.forEach(member -> one.remnant.signal(member, true));
    Fence fence = one.remnant.fence();
    if (fence != null && !one.sessionKilled && one.remnant.mayKillSession(table, family)) {
      one.sessionKilled = true; // whoever forks faster than a table is read
      stopper
          .killAll(fence)
          .whenComplete(
              (left, error) -> {
                if (error != null) {
                  log.warn("A session could not be killed as a whole", error);
                }
              });
    }
    return false;
  }
}
