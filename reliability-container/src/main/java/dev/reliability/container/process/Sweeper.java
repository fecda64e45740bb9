package dev.reliability.container.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears up behind processes that ended by themselves: what is left in their sessions is killed.
 * Usually nothing is, so one look at all processes serves every exit of a moment; only where output
 * did not end together with the process it hurries.
 */
final class Sweeper {
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
  private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int REMOVALS = 6;
  private static final long HURRY_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  private final ProcSource source;
  private final Backstage backstage;
  private final Stopper stopper;
  private final Queue<LiveProcess> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean armed = new AtomicBoolean();

  Sweeper(ProcSource source, Backstage backstage, Stopper stopper) {
    this.source = source;
    this.backstage = backstage;
    this.stopper = stopper;
  }

  /** A process has just ended. */
  void exited(LiveProcess live, Fence fence) {
    waiting.add(live);
    if (armed.compareAndSet(false, true)) {
      backstage.later(BATCH_NANOS, this::sweep);
    }
    if (!live.outputEnded().isDone()) {
      backstage.later(
          HURRY_NANOS,
          () -> {
            if (!live.outputEnded().isDone()) {
              stopper.killAll(fence);
            }
          });
    }
  }

  /** Removes what the fence around a process that is gone leaves behind. */
  void remove(Fence fence) {
    remove(fence, 1);
  }

  private void remove(Fence fence, int attempt) {
    if (fence.remove()) {
      return;
    }
    if (attempt < REMOVALS) {
      backstage.later(BATCH_NANOS << attempt, () -> remove(fence, attempt + 1));
    } else {
      log.warn("What was around {} cannot be removed: {}", fence.pid(), fence.group());
    }
  }

  /** Looks after all that have ended so far. Ends when nothing more can be done about them. */
  CompletableFuture<Void> sweep() {
    armed.set(false);
    ProcTable table = source.scan();
    List<CompletableFuture<Void>> kills = new ArrayList<>();
    LiveProcess live;
    while ((live = waiting.poll()) != null) {
      Child child = live.child();
      if (child == null) {
        live.gone();
        continue;
      }
      LiveProcess swept = live;
      List<ProcStat> members = child.fence().members(table);
      List<ProcStat> escaped = escaped(child, members, table);
      if (!escaped.isEmpty()) {
        live.leftBehind(escaped);
      }
      if (!members.isEmpty()) {
        kills.add(
            stopper
                .killAll(child.fence())
                .thenAccept(
                    survivors -> {
                      if (survivors.isEmpty() && escaped.isEmpty()) {
                        swept.gone();
                      }
                    }));
      } else if (escaped.isEmpty()) {
        live.gone();
      }
    }
    return CompletableFuture.allOf(kills.toArray(CompletableFuture[]::new));
  }

  /** Who still carries the child's variable outside its fence; what is older cannot be its own. */
  private List<ProcStat> escaped(Child child, List<ProcStat> members, ProcTable table) {
    Fence fence = child.fence();
    List<ProcStat> escaped = new ArrayList<>();
    if (fence.leaks()) {
      for (ProcStat stat : table.all()) {
        if (!stat.isDead()
            && stat.start() >= fence.start()
            && stat.pid() != fence.pid()
            && members.stream().noneMatch(stat::isSameAs)
            && source.carries(stat.pid(), fence.cookie())) {
          escaped.add(stat);
        }
      }
    }
    return escaped;
  }
}
