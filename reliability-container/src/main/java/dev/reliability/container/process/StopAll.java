package dev.reliability.container.process;

import dev.reliability.core.runtime.Pause;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops every process of a runtime within a fixed time, on the calling thread: end of input and
 * SIGTERM, a short grace, SIGKILL. Needs no timer, so it works in a JVM's shutdown hook.
 */
final class StopAll {
  private static final Logger log = LoggerFactory.getLogger(StopAll.class);
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(2_000);
  private static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(4_500);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ProcSource source;
  private final Backstage backstage;
  private final Supplier<Collection<LiveProcess>> processes;
  private final Map<Long, ProcStat> asked = new ConcurrentHashMap<>();

  StopAll(ProcSource source, Backstage backstage, Supplier<Collection<LiveProcess>> processes) {
    this.source = source;
    this.backstage = backstage;
    this.processes = processes;
  }

  /** Returns when nothing is left, or when the time is up. */
  void run() {
    long begin = backstage.nanos();
    long pause = FIRST_PAUSE_NANOS;
    List<LiveProcess> known = new ArrayList<>(processes.get());
    known.forEach(LiveProcess::forbidStart);
    known.forEach(LiveProcess::closeInput);
    while (true) {
      long passed = backstage.nanos() - begin;
      boolean left = signalOrTryAgain(known, passed >= GRACE_NANOS);
      if (!left) {
        known.forEach(LiveProcess::gone);
        return;
      }
      if (passed >= LIMIT_NANOS) {
        return;
      }
      Pause.ofNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  /** What cannot be looked at now is not gone. */
  private boolean signalOrTryAgain(List<LiveProcess> known, boolean force) {
    try {
      return signal(known, force);
    } catch (IllegalStateException e) {
      log.warn("The processes that are to be stopped cannot be looked at", e);
      return true;
    }
  }

  private boolean signal(List<LiveProcess> known, boolean force) {
    boolean left = false;
    ProcTable table = source.scan();
    for (LiveProcess live : known) {
      left |= live.isStarting();
      Child child = live.child();
      if (child != null) {
        List<ProcStat> members = child.fence().members(table);
        left |= !members.isEmpty();
        if (force) {
          child.fence().killAtOnce();
        }
        members.forEach(member -> signal(child.fence(), member, force));
      }
    }
    return left;
  }

  private void signal(Fence fence, ProcStat member, boolean force) {
    ProcStat before = asked.put(member.pid(), member);
    if (!force && fence.isKeeper(member)) {
      return;
    }
    if (force || before == null || !before.isSameAs(member)) {
      fence.signal(member, force);
    }
  }
}
