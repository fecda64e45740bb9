package dev.reliability.container.process;

import dev.reliability.container.ContainerIdentity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one child: the child itself, everything in its own session and in its control
 * group, the descendants of the child while it lives, and whatever of these was seen before and is
 * still there. Signals go through the JDK, which starts no process for it and checks that a pid
 * still names whom it named.
 *
 * <p>In a pid namespace the child is the one who made it. It and the namespace's first process, its
 * keepers, share the child's session; the program has a session of its own. Nobody in the namespace
 * ever stops being a descendant, since the first process adopts all; and as long as anybody is
 * left, so is the first process.
 *
 * <p>Thread-safe.
 */
final class Fence {
  /** Reaches the whole session of the child, whoever its parents are by now. */
  static final String GROUP = "group";

  /** Reaches the child and those descendants that could be seen. */
  static final String TREE = "tree";

  /** Reaches everything that the child's pid namespace ever held. */
  static final String PID_NAMESPACE = "pid_namespace";

  /** Reaches everything in the child's control group. */
  static final String CGROUP = "cgroup";

  private final ProcSource source;
  private final Cookie cookie;
  private final String level;
  private final @Nullable Cgroup group;
  private final long pid;
  private final long start; // -1 if the child was gone before anybody looked
  private final boolean ownSession;
  private volatile boolean
      emptied; // nobody was left once; the session's number may belong to strangers by now
  private volatile boolean programSeen; // somebody beside the keepers was there once
  private final Object lock = new Object();
  private final Map<Long, ProcStat> seen = new LinkedHashMap<>();

  /**
   * A fence around a child that was just started.
   *
   * @param child the child as the table shows it; null if it is gone already
   * @param level what it is to reach; beyond {@link #TREE}, the child is about to make itself the
   *     leader of a session
   * @param group its control group; null if it has none
   */
  Fence(
      ProcSource source,
      Cookie cookie,
      long pid,
      @Nullable ProcStat child,
      String level,
      @Nullable Cgroup group) {
    this(source, cookie, pid, child == null ? -1 : child.start(), level, group);
  }

  private Fence(
      ProcSource source,
      Cookie cookie,
      long pid,
      long start,
      String level,
      @Nullable Cgroup group) {
    this.source = source;
    this.cookie = cookie;
    this.pid = pid;
    this.start = start;
    this.level = level;
    this.group = group;
    this.ownSession = !level.equals(TREE) && source.knowsSessions();
  }

  /**
   * A fence around what an earlier JVM of this boot started. If the child is gone, or another
   * process has its pid by now, its session's number may belong to strangers, too.
   */
  static Fence ofOrphan(
      ProcSource source,
      Cookie cookie,
      long pid,
      long start,
      String level,
      @Nullable Cgroup group) {
    Fence fence = new Fence(source, cookie, pid, start, level, group);
    fence.emptied = fence.child() == null;
    return fence;
  }

  Cookie cookie() {
    return cookie;
  }

  long pid() {
    return pid;
  }

  /** When the child started, in units of the table of processes; -1 if nobody knows. */
  long start() {
    return start;
  }

  /** Whether a process can get away from it and live. */
  boolean leaks() {
    String reach = guarantee();
    return reach.equals(GROUP) || reach.equals(TREE);
  }

  String guarantee() {
    return level.equals(GROUP) && !ownSession ? TREE : level;
  }

  /** Its control group; null if it has none. */
  @Nullable Cgroup group() {
    return group;
  }

  /** What the child is outside this process; empty if it was gone before anybody looked. */
  Optional<ContainerIdentity> identity() {
    return start < 0
        ? Optional.empty()
        : Optional.of(new ContainerIdentity.OfProcess(pid, start, Boot.id()));
  }

  /** Who is, or is about to become, the wanted program; null if there is nobody (yet). */
  @Nullable ProcStat program() {
    if (!level.equals(PID_NAMESPACE)) {
      return child();
    }
    for (ProcStat stat : source.scan().descendants(pid)) {
      if (!isKeeper(stat)) {
        programSeen = true;
        return stat; // the first that the keepers started, since parents come before children
      }
    }
    return null;
  }

  /** Whether the program was seen at any time, so that keepers without it are about to end. */
  boolean hadProgram() {
    return programSeen;
  }

  /**
   * Whether somebody is there only to keep the fence up: SIGTERM is not for him, since he would
   * take all others along.
   */
  boolean isKeeper(ProcStat member) {
    return level.equals(PID_NAMESPACE) && (member.session() == pid || member.pid() == pid);
  }

  /** The child itself, or null if it is gone. A zombie is still there. */
  @Nullable ProcStat child() {
    ProcStat now = source.read(pid);
    return now != null && now.start() == start ? now : null;
  }

  /** Everything in {@code table} that belongs to the child and is alive. */
  List<ProcStat> members(ProcTable table) {
    Map<Long, ProcStat> found = new LinkedHashMap<>();
    ProcStat holder = table.find(pid);
    boolean child = holder != null && holder.start() == start;
    if (child) {
      add(found, List.of(holder));
      add(found, table.descendants(pid));
    }
    if (isOurSession(holder)) {
      for (ProcStat stat : table.inSession(pid)) {
        if (isOurs(stat)) {
          add(found, List.of(stat));
        }
      }
    }
    if (group != null) {
      for (long member : group.pids()) {
        ProcStat stat = table.find(member);
        ProcStat now = stat == null ? source.read(member) : stat;
        add(found, now == null ? List.of() : List.of(now));
      }
    }
    synchronized (lock) {
      seen.values().removeIf(old -> !isThere(table, old));
      add(found, seen.values());
      seen.putAll(found);
    }
    emptied |= found.isEmpty() && !child;
    programSeen |= found.values().stream().anyMatch(member -> !isKeeper(member));
    return new ArrayList<>(found.values());
  }

  /** Kills all that one step reaches; nothing where there is no such step. */
  void killAtOnce() {
    if (group != null) {
      group.kill();
    }
  }

  /**
   * Nobody is left: removes what the fence itself leaves behind.
   *
   * @return false if that has to be tried again
   */
  boolean remove() {
    return group == null || group.remove();
  }

  /** Like {@link #members}, but kills what is in the session while the table is made. */
  List<ProcStat> killAndFindMembers() {
    killAtOnce();
    ProcStat leader = source.read(pid);
    boolean session = isOurSession(leader);
    if (session && leader != null && !leader.isDead() && isOurs(leader)) {
      // First: unshare that outlives a killed child exits with 1 (it cannot unblock SIGKILL), and
      // where pids began anew the child comes before it in the table.
      signal(leader, true);
    }
    return members(
        source.scan(
            stat -> {
              if (session && stat.session() == pid && !stat.isDead() && isOurs(stat)) {
                signal(stat, true);
              }
            }));
  }

  /**
   * Sends SIGTERM or SIGKILL to a process from a table, if it is still the same one.
   *
   * @return false if it is gone, or is not ours to signal
   */
  boolean signal(ProcStat target, boolean force) {
    return source.signal(target, force);
  }

  /**
   * A stranger with our pid means that our session is empty: its number is not given out again
   * while anybody is in it.
   */
  private boolean isOurSession(@Nullable ProcStat holder) {
    return ownSession && (holder == null || holder.start() == start);
  }

  private boolean isOurs(ProcStat inSession) {
    return !emptied || source.carries(inSession.pid(), cookie);
  }

  private static void add(Map<Long, ProcStat> found, Collection<ProcStat> more) {
    for (ProcStat stat : more) {
      if (!stat.isDead()) {
        found.putIfAbsent(stat.pid(), stat);
      }
    }
  }

  private static boolean isThere(ProcTable table, ProcStat old) {
    ProcStat now = table.find(old.pid());
    return now != null && now.isSameAs(old) && !now.isDead();
  }
}
