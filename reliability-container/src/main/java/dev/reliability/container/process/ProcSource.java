package dev.reliability.container.process;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where tables of processes come from. Safe for use by many threads; starts no process. */
interface ProcSource {

  /** Whether sessions are told, so that a whole session can be found. */
  boolean knowsSessions();

  /**
   * All processes.
   *
   * @param each shown each process at once, before the next is read: whoever forks faster than a
   *     table is made is caught here
   */
  ProcTable scan(Consumer<ProcStat> each);

  /** All processes. */
  default ProcTable scan() {
    return scan(stat -> {});
  }

  /** One process, or null if there is none or it may not be seen. */
  @Nullable ProcStat read(long pid);

  /** Whether a process has this in its environment, as far as that may be seen. */
  boolean carries(long pid, Cookie cookie);

  /** The arguments of a process, its program first, as far as they may be seen. */
  List<String> arguments(long pid);

  /**
   * Sends SIGTERM or SIGKILL to a process from a table, if it is still the same one.
   *
   * @return false if it is gone, or is not ours to signal
   */
  default boolean signal(ProcStat target, boolean force) {
    Optional<ProcessHandle> handle = ProcessHandle.of(target.pid());
    ProcStat now = read(target.pid());
    if (handle.isEmpty() || now == null || !now.isSameAs(target)) {
      return false;
    }
    return force ? handle.get().destroyForcibly() : handle.get().destroy();
  }

  /** {@code /proc} where it is, and otherwise what the JDK tells. */
  static ProcSource system() {
    ProcFs proc = new ProcFs();
    return proc.read(ProcessHandle.current().pid()) != null ? proc : new PortableProcs();
  }
}
