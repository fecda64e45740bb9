package dev.reliability.container;

import java.util.Objects;

/**
 * What a worker is outside this process: enough to find it again after this process is gone, and to
 * tell it from a stranger. Immutable.
 */
public sealed interface ContainerIdentity {

  /**
   * A process. A pid alone names nobody, since it is given out again.
   *
   * @param pid its id
   * @param startTicks when it started, in the unit of the table of processes (clock ticks since
   *     boot on Linux, else milliseconds of the wall clock)
   * @param bootId which boot of the machine that was, and which namespace of pids; empty where the
   *     system does not tell
   */
  record OfProcess(long pid, long startTicks, String bootId) implements ContainerIdentity {
    /** Checks that nothing is null. */
    public OfProcess {
      Objects.requireNonNull(bootId, "bootId");
    }
  }

  /**
   * A container.
   *
   * @param engine the engine's name, such as {@code podman}
   * @param id the container's full id, which the engine never gives out again
   */
  record OfContainer(String engine, String id) implements ContainerIdentity {
    /** Checks that nothing is null. */
    public OfContainer {
      Objects.requireNonNull(engine, "engine");
      Objects.requireNonNull(id, "id");
    }
  }
}
