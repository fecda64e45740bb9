package dev.reliability.container.orphan;

import dev.reliability.core.run.StopReport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Recognises and stops what dead incarnations left, for one kind of worker: processes, or the
 * containers of an engine. Called on strands where it may hang; safe for use by many threads.
 *
 * <p>Never may it take a stranger for an orphan: a pid that was given out again, a container of
 * another installation, anything of an incarnation that lives or of which nobody knows.
 */
public interface OrphanSource {

  /** The kind, as intents in the ledger spell it: {@code process}, or an engine's name. */
  String kind();

  /**
   * What is left. A stage that fails means that nobody can tell, for example because an engine does
   * not answer; then nothing is done. Entries that are not among what is returned are taken to be
   * gone.
   */
  CompletionStage<List<Orphan>> find(DeadIncarnations dead);

  /**
   * Asks an orphan to end, with all that belongs to it, and kills what is left after a grace. Ends
   * when nothing is left, or when what is left cannot be killed; what is gone already is a clean
   * stop.
   */
  CompletionStage<StopReport> stop(Orphan orphan);

  /** Whether a worker can be attached to again; false by default. */
  default boolean canAdopt() {
    return false;
  }

  /**
   * Attaches to an orphan: from now on it is among the live workers of this incarnation, and in its
   * ledger if it has one; the dead one's says that it is gone.
   */
  default CompletionStage<Void> adopt(Orphan orphan) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException(kind() + ": nothing of this kind can be adopted"));
  }
}
