package dev.reliability.core.run;

import java.util.List;

/**
 * What a worker tells its supervisor. Every method returns at once, never throws, and may be called
 * by any thread; calls after the run has ended change nothing.
 */
public interface WorkerListener {

  /**
   * The worker is up.
   *
   * @param workerName how people call it: a container's name, {@code pid 4711}
   */
  void spawned(String workerName);

  /** The worker could not be started, and nothing is left of the attempt. */
  void spawnFailed(SpawnFailure failure);

  /**
   * Nobody can say whether the worker started, for example because the engine did not answer. The
   * supervisor kills it through its handle before anything else.
   *
   * @param detail what was seen
   */
  void spawnUnknown(String detail);

  /**
   * The worker put something out, whether it means anything or not. Costs one addition and
   * allocates nothing.
   *
   * @param bytes how many bytes since the last call
   */
  void output(long bytes);

  /**
   * A valid marker came. Costs one clock read and one write, and allocates nothing. This, {@link
   * #toolsInFlight} and {@link #result} are called by one thread at a time.
   */
  void progress();

  /**
   * A tool was started or ended. While at least one is in flight the idle time-out does not fire;
   * the hard one does.
   *
   * @param inFlight how many are in flight now
   */
  void toolsInFlight(int inFlight);

  /**
   * The final result came; it counts as progress too. The worker's input is closed and it has the
   * linger deadline to end.
   *
   * @param payload the result, kept in the outcome; at most as long as the adapter's own cap
   */
  void result(String payload);

  /**
   * The host's own code (a marker rule, whoever is shown the output) holds the reading up, or no
   * longer does: meanwhile output may wait unread, and that is not the worker's fault. Called in
   * pairs, by any thread that reads; costs one addition. Adapters without such code need not call
   * it.
   *
   * @param held true before the host's code is called, false after it
   */
  default void outputHeld(boolean held) {}

  /** All output has been read to its end. */
  void eof();

  /** The worker ended. */
  void exited(ExitStatus status);

  /**
   * Something that the worker started got away from the means to stop it, and is there still. Told
   * for a worker that ended by itself, where the adapter can see that, also after {@link #exited};
   * what survives a stop stands in the {@link StopReport} instead.
   *
   * @param survivors what is there, in words, such as {@code pid 4711 (sleep)}
   */
  default void leftBehind(List<String> survivors) {}
}
