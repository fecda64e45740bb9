package dev.reliability.container.process;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the processes of one runtime are fenced in: which words stand before their commands, and what
 * that is worth. Immutable.
 */
final class Enclosure {
  // How complaints begin, of util-linux and busybox, and of the script below. Exact, since a worker
  // may call the same programs: what only looks like a complaint is the worker's.
  private static final List<String> SETSID =
      List.of(
          "setsid: failed to execute ",
          "setsid: can't execute ",
          "setsid: setsid failed",
          "setsid: fork");
  private static final List<String> FENCES =
      List.of(
          "unshare: unshare failed",
          "unshare: fork failed",
          "unshare: mount ",
          "unshare: cannot ",
          "unshare: failed to execute ",
          "fence: /");

  private final String guarantee;
  private final List<String> before;
  private final @Nullable String setsid;
  private final @Nullable CgroupBase groups;

  /**
   * An enclosure.
   *
   * @param before words before {@code setsid}
   * @param setsid the program that makes the session and then becomes the wanted program; null if
   *     there is none
   * @param groups where each process gets a control group, whose entrance stands before {@code
   *     setsid}; null if it gets none
   */
  private Enclosure(
      String guarantee, List<String> before, @Nullable String setsid, @Nullable CgroupBase groups) {
    this.guarantee = guarantee;
    this.before = List.copyOf(before);
    this.setsid = setsid;
    this.groups = groups;
  }

  /** Nothing. */
  static Enclosure none() {
    return new Enclosure(Fence.TREE, List.of(), null, null);
  }

  /** A session of its own. */
  static Enclosure session(String setsid) {
    return new Enclosure(Fence.GROUP, List.of(), setsid, null);
  }

  /**
   * A pid namespace whose first process does nothing but wait, so that the program is an ordinary
   * one for signals, and what it leaves behind is reaped.
   *
   * @param unshare the program that makes the namespace, with its options
   * @param shell a shell with its options, up to that before a script
   */
  static Enclosure namespace(String setsid, List<String> unshare, List<String> shell) {
    List<String> words = new ArrayList<>(List.of(setsid));
    words.addAll(unshare);
    words.addAll(shell);
    // The shell itself says nothing on standard error, such as "Killed". What it runs goes into a
    // subshell, since a shell that restores its own files would hand copies of them down.
    words.add("exec 3>&2 2>/dev/null; (exec \"$@\" 2>&3 3>&-); exit $?");
    words.add("fence");
    return new Enclosure(Fence.PID_NAMESPACE, words, setsid, null);
  }

  /**
   * A control group, which the process enters before it becomes the program.
   *
   * @param shell a shell with its options, up to that before a script
   */
  static Enclosure group(String setsid, List<String> shell, CgroupBase groups) {
    List<String> words = new ArrayList<>(shell);
    words.add(
        "{ echo 0 >\"$1\"; } 2>/dev/null || { echo \"fence: $1 cannot be entered\" >&2; exit 1; };"
            + " shift; exec \"$@\"");
    words.add("fence");
    return new Enclosure(Fence.CGROUP, words, setsid, groups);
  }

  /** What a kill reaches at best, as a fence spells it. */
  String guarantee() {
    return guarantee;
  }

  /** Where control groups are made; null if none are. */
  @Nullable CgroupBase groups() {
    return groups;
  }

  /** The words that stand before a program. */
  List<String> words(@Nullable Cgroup group) {
    List<String> words = new ArrayList<>(before);
    if (group != null) {
      words.add(group.entrance().toString());
    }
    if (setsid != null) {
      words.add(setsid);
    }
    return words;
  }

  /** Whether anything stands before a program. */
  boolean isWrapped() {
    return setsid != null;
  }

  /** Whether a process, as the table shows it, has become the wanted program. */
  boolean isProgram(ProcStat now, String program) {
    if (setsid == null) {
      return true;
    }
    String wrapper = setsid.substring(setsid.lastIndexOf('/') + 1);
    return now.session() == now.pid() && (!now.name().equals(wrapper) || program.equals(wrapper));
  }

  /** Whether bytes of standard error begin with a complaint of what stands before the program. */
  boolean complains(byte[] bytes, int from, int count) {
    return complaints()
        .anyMatch(words -> words.length <= count && agree(words, bytes, from, count));
  }

  /** Whether they do, or may with what comes next: complaints are written in pieces. */
  boolean mayComplain(byte[] bytes, int from, int count) {
    return complaints().anyMatch(words -> agree(words, bytes, from, count));
  }

  private Stream<byte[]> complaints() {
    if (setsid == null) {
      return Stream.empty();
    }
    return Stream.concat(SETSID.stream(), before.isEmpty() ? Stream.empty() : FENCES.stream())
        .map(words -> words.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean agree(byte[] words, byte[] bytes, int from, int count) {
    int both = Math.min(words.length, count);
    return Arrays.equals(bytes, from, from + both, words, 0, both);
  }
}
