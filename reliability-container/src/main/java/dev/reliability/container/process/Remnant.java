package dev.reliability.container.process;

import dev.reliability.container.orphan.LedgerEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may be left of a process that an earlier incarnation wrote down: the process itself, if pid,
 * start and boot are those that it wrote; its session, its control group and its descendants; and
 * whoever carries its run's cookie. If the process itself is gone, members of its session count
 * only if they carry the cookie: the number may have been given out again. Never this process, its
 * parents or its children.
 */
final class Remnant {
  private static final Logger log = LoggerFactory.getLogger(ProcessRuntime.class);

  private final LedgerEntry entry;
  private final ProcSource source;
  private final @Nullable Fence fence; // null if nobody knows a pid, or it was another boot's

  Remnant(ProcSource source, String boot, LedgerEntry entry) {
    this.source = source;
    this.entry = entry;
    Map<String, String> identity = entry.identity();
    long pid = number(identity.get(Bookkeeper.PID));
    this.fence =
        pid <= 0 || !boot.equals(identity.get(Bookkeeper.BOOT))
            ? null
            : Fence.ofOrphan(
                source,
                new Cookie(cookie()),
                pid,
                number(identity.get(Bookkeeper.START)),
                identity.getOrDefault(Bookkeeper.SESSION, Fence.TREE),
                group(identity.get(Bookkeeper.GROUP)));
  }

  private static @Nullable Cgroup group(@Nullable String directory) {
    if (directory == null) {
      return null;
    }
    Path path = Path.of(directory);
    Path name = path.getFileName();
    return name != null && name.toString().startsWith(Cgroup.PREFIX) ? new Cgroup(path) : null;
  }

  private static long number(@Nullable String text) {
    try {
      return text == null ? -1 : Long.parseLong(text);
    } catch (NumberFormatException foreign) {
      return -1;
    }
  }

  /** The value of the variable that it and its descendants carry. */
  String cookie() {
    return entry.intent().cookie();
  }

  @Nullable Fence fence() {
    return fence;
  }

  String guarantee() {
    return fence == null ? "cookie" : fence.guarantee();
  }

  /**
   * Who of it is alive.
   *
   * @param carriers who carries which cookie
   * @param family whom never to touch
   */
  List<ProcStat> members(ProcTable table, Map<String, List<ProcStat>> carriers, Set<Long> family) {
    Map<Long, ProcStat> found = new LinkedHashMap<>();
    if (fence != null) {
      fence.members(table).forEach(stat -> found.put(stat.pid(), stat));
    }
    carriers.getOrDefault(cookie(), List.of()).forEach(stat -> found.put(stat.pid(), stat));
    found.keySet().removeAll(family);
    return new ArrayList<>(found.values());
  }

  /** Sends SIGTERM or SIGKILL to a member, if it is still the same process. */
  void signal(ProcStat member, boolean force) {
    if (force || fence == null || !fence.isKeeper(member)) {
      source.signal(member, force);
    }
  }

  /** Nobody of it is left: removes what its fence itself left behind. */
  void remove() {
    if (fence != null && !fence.remove()) {
      log.warn("What was around {} is left: {}", fence.pid(), fence.group());
    }
  }

  /** Whether its session and group can be killed as a whole: nobody of the family is in them. */
  boolean mayKillSession(ProcTable table, Set<Long> family) {
    if (fence == null) {
      return false;
    }
    Cgroup group = fence.group();
    return table.inSession(fence.pid()).stream().noneMatch(stat -> family.contains(stat.pid()))
        && (group == null || group.pids().stream().noneMatch(family::contains));
  }

  private String root(ProcTable table) {
    if (fence == null) {
      return "no pid of this boot was written down";
    }
    ProcStat now = table.find(fence.pid());
    return now != null && now.start() == fence.start()
        ? now.describe() + " has the pid, the start and the boot that were written down"
        : "pid " + fence.pid() + ", which was written down, is gone or another process now";
  }

  /** How its members were recognised, in words. */
  String evidence(ProcTable table, List<ProcStat> members) {
    return root(table)
        + "; alive in its session or group, below it, or with its "
        + Cookie.NAME
        + ": "
        + members.stream().map(ProcStat::describe).toList();
  }
}
