package dev.reliability.core.reconcile;

import dev.reliability.core.run.StopReport;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Something that knows which workers are there: a runtime of processes or containers, or what an
 * earlier incarnation left. Called on strands where it may hang; safe for use by many threads.
 */
public interface HandleSource {

  /**
   * The workers that are there. A stage that fails means that nobody can tell, which is not an
   * empty list.
   */
  CompletionStage<List<LiveHandle>> list();

  /** Ends a worker with all that belongs to it. One that is gone already is a clean stop. */
  CompletionStage<StopReport> kill(LiveHandle handle);
}
