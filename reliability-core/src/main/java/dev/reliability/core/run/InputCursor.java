package dev.reliability.core.run;

/**
 * The host's place in its input (requirement B11). After a run exactly one of the two is called:
 * {@link #rollback} if the run did not succeed and no output was sent, {@link #commit} otherwise,
 * also after a hard time-out that came after output.
 */
public interface InputCursor {

  /** The input of this run counts as worked on. */
  void commit(RunReport report);

  /** The input of this run is to be offered again. */
  void rollback(RunReport report);
}
