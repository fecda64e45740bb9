package dev.reliability.container.process;

import dev.reliability.core.run.StopReport;
import java.util.Locale;

/**
 * What is put around each process, so that a kill reaches whatever it started. Where the machine
 * does not have it, the next best is used, with a warning in the log; {@link
 * ProcessRuntime#guarantee} and every {@link StopReport#guarantee} say what it came to.
 */
public enum ProcessFence {
  /**
   * A session of its own. Needs {@code setsid} and {@code /proc}, no privilege. Reaches everything
   * but what leaves the session ({@code setsid}, daemons) and loses its parents. The default.
   */
  GROUP,

  /**
   * A pid namespace of its own: nothing gets out of it, and the kernel kills all of it at once,
   * also the moment the process itself has ended. Needs {@code unshare} and either the privilege
   * for it or user namespaces that are open to everybody. The process sees only its own kind, under
   * other numbers, and has a {@code /proc} and mounts of its own; without the privilege it is in a
   * user namespace, too, where {@code sudo} does not work. Two small processes more each, one of
   * which is known by its pid; both share its output, so that its end is known only when the
   * process itself ends.
   */
  PID_NAMESPACE,

  /**
   * A control group (v2) of its own: the kernel kills all of it at once, wherever its members went.
   * Needs a group in which this user may make others, and Linux 5.14. Only who has the privilege to
   * move processes between groups gets out of it.
   */
  CGROUP;

  /** The spelling that leaves the process, such as {@code pid_namespace}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
