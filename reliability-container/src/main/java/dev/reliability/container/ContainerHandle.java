package dev.reliability.container;

import dev.reliability.core.run.WorkerHandle;
import java.util.Set;

/** The means to feed, read and stop one worker. Thread-safe; no method blocks. */
public interface ContainerHandle extends WorkerHandle {

  /**
   * A name that is unique within its runtime: the run's id and the attempt, such as {@code r-42-1}.
   */
  String name();

  /** The run's id. */
  String run();

  /** The labels of its spec. */
  Set<String> labels();

  /**
   * Queues bytes for the worker's standard input. They are copied, and written in order by one
   * thread that is made for the first of them. May be called before the worker is up.
   */
  InputResult send(byte[] input);

  /** What is known of the output so far; also after the end. */
  Transcript transcript();
}
