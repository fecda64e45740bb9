package dev.reliability.container.process;

import dev.reliability.core.run.StopReport;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals everything inside a fence, again and again until nothing is left or a limit is reached.
 * Never blocks its caller.
 */
final class Stopper {
  private static final Logger log = LoggerFactory.getLogger(Stopper.class);
  private static final int TERM_ROUNDS = 4;
  private static final int KILL_ROUNDS = 24;
  private static final int ROUNDS_WITHOUT_PAUSE = 2;
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long pipes may stay open after everything that could be found is dead. */
  private static final long DRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final ProcSource source;
  private final Backstage backstage;

  Stopper(ProcSource source, Backstage backstage) {
    this.source = source;
    this.backstage = backstage;
  }

  /**
   * SIGTERM to everything inside the fence, newcomers included; who ignores it is not waited for.
   * If nobody was inside yet but those who keep the fence up, there is nobody to ask: they are
   * killed.
   */
  CompletableFuture<StopReport> terminate(Child child) {
    return CompletableFuture.supplyAsync(
        () -> {
          Fence fence = child.fence();
          Set<ProcStat> signalled = new HashSet<>();
          List<ProcStat> keepers = new ArrayList<>();
          boolean newcomers = true;
          for (int round = 0; newcomers && round < TERM_ROUNDS; round++) {
            newcomers = false;
            keepers.clear();
            for (ProcStat member : fence.members(source.scan())) {
              if (fence.isKeeper(member)) {
                keepers.add(member);
              } else if (signalled.stream().noneMatch(member::isSameAs)) {
                signalled.add(member);
                newcomers = true;
                fence.signal(member, false);
              }
            }
          }
          if (signalled.isEmpty() && !fence.hadProgram()) {
            keepers.forEach(keeper -> fence.signal(keeper, true));
          }
          return new StopReport(fence.guarantee(), List.of(), 0);
        },
        backstage);
  }

  /**
   * SIGKILL to everything inside the fence, and then an end to its output, if need be by giving it
   * up.
   */
  CompletableFuture<StopReport> kill(LiveProcess live, Child child) {
    return killAll(child.fence())
        .thenCompose(
            survivors -> {
              live.noticeExit();
              CompletableFuture<Void> drained = new CompletableFuture<>();
              live.outputEnded().thenRun(() -> drained.complete(null));
              if (!drained.isDone()) {
                backstage.later(DRAIN_NANOS, () -> drained.complete(null));
              }
              return drained.thenApplyAsync(
                  done -> report(live, child.fence(), survivors), backstage);
            });
  }

  /** Ends with who is still alive, usually nobody. */
  CompletableFuture<List<ProcStat>> killAll(Fence fence) {
    CompletableFuture<List<ProcStat>> survivors = new CompletableFuture<>();
    backstage.execute(() -> killRound(fence, 1, survivors));
    return survivors;
  }

  private void killRound(Fence fence, int round, CompletableFuture<List<ProcStat>> survivors) {
    try {
      List<ProcStat> members = fence.killAndFindMembers();
      members.forEach(member -> fence.signal(member, true));
      if (members.isEmpty() || round >= KILL_ROUNDS) {
        survivors.complete(members);
      } else if (round <= ROUNDS_WITHOUT_PAUSE) {
        killRound(fence, round + 1, survivors);
      } else {
        if (round == ROUNDS_WITHOUT_PAUSE + 1 && fence.guarantee().equals(Fence.GROUP)) {
          killGroup(fence);
        }
        again(fence, round, survivors);
      }
    } catch (RuntimeException | Error e) {
      if (round < KILL_ROUNDS && e instanceof IllegalStateException) {
        log.debug("Fence {} cannot be looked into at the moment", fence.pid(), e);
        again(fence, round, survivors);
      } else {
        survivors.completeExceptionally(e);
      }
    }
  }

  private void again(Fence fence, int round, CompletableFuture<List<ProcStat>> survivors) {
    long pause = TimeUnit.MILLISECONDS.toNanos(1) << Math.min(round, 10);
    backstage.later(
        Math.min(pause, LONGEST_PAUSE_NANOS), () -> killRound(fence, round + 1, survivors));
  }

  /**
   * Reaches in one step whatever forks faster than a table is read. The only kill that needs a new
   * process, so never the only one.
   */
  private static void killGroup(Fence fence) {
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -KILL \"-$1\"", "sh", Long.toString(fence.pid()))
          .redirectInput(Redirect.from(new File("/dev/null")))
          .redirectOutput(Redirect.DISCARD)
          .redirectError(Redirect.DISCARD)
          .start();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      log.debug("No process could be started to kill group {}", fence.pid(), e);
    }
  }

  private StopReport report(LiveProcess live, Fence fence, List<ProcStat> survivors) {
    Set<String> names = new LinkedHashSet<>();
    survivors.forEach(survivor -> names.add(survivor.describe()));
    live.noticeExit();
    int abandoned = live.abandonOutput();
    if (fence.leaks() || abandoned > 0) {
      for (ProcStat stat : new ArrayList<>(source.scan().all())) {
        if (!stat.isDead() && source.carries(stat.pid(), fence.cookie())) {
          names.add(stat.describe());
        }
      }
    }
    return new StopReport(fence.guarantee(), List.copyOf(names), abandoned);
  }
}
