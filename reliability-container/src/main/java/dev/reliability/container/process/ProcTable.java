package dev.reliability.container.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All processes at about one moment. Immutable once made. */
final class ProcTable {
  private final Map<Long, ProcStat> byPid = new HashMap<>();
  private final Map<Long, List<ProcStat>> byParent = new HashMap<>();
  private final Map<Long, List<ProcStat>> bySession = new HashMap<>();

  ProcTable(Collection<ProcStat> all) {
    for (ProcStat stat : all) {
      byPid.put(stat.pid(), stat);
      byParent.computeIfAbsent(stat.parent(), pid -> new ArrayList<>(2)).add(stat);
      if (stat.session() > 0) {
        bySession.computeIfAbsent(stat.session(), sid -> new ArrayList<>(4)).add(stat);
      }
    }
  }

  @Nullable ProcStat find(long pid) {
    return byPid.get(pid);
  }

  Collection<ProcStat> all() {
    return byPid.values();
  }

  List<ProcStat> inSession(long session) {
    return bySession.getOrDefault(session, List.of());
  }

  /** The children of {@code pid}, their children, and so on; without {@code pid} itself. */
  List<ProcStat> descendants(long pid) {
    List<ProcStat> found = new ArrayList<>();
    Deque<Long> parents = new ArrayDeque<>(List.of(pid));
    while (!parents.isEmpty()) {
      for (ProcStat child : byParent.getOrDefault(parents.remove(), List.of())) {
        if (child.pid() != pid && child.pid() != child.parent()) {
          found.add(child);
          parents.add(child.pid());
        }
      }
    }
    return found;
  }
}
