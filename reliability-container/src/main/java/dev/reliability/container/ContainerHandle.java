package dev.reliability.container;

import dev.reliability.core.run.WorkerHandle;
import java.util.Map;
import java.util.Optional;

/** The means to feed, read and stop one worker. Thread-safe; no method blocks. */
public interface ContainerHandle extends WorkerHandle {

  /** A name that is unique within its runtime, made of the run's id and the attempt. */
  String name();

  /** The run's id. */
  String run();

  /** All its labels: those of its spec and those of {@link ContainerLabels}. */
  Map<String, String> labels();

  /**
   * What it is outside this process; empty until that is known, which for a container may be a
   * little after it was told to be up. Stays the same after the end.
   */
  Optional<ContainerIdentity> identity();

  /**
   * Queues bytes for the worker's standard input. They are copied, and written in order by one
   * thread that is made for the first of them. May be called before the worker is up.
   */
  InputResult send(byte[] input);

  /** What is known of the output so far; also after the end. */
  Transcript transcript();
}
