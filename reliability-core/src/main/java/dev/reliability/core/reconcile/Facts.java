package dev.reliability.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.reliability.core.store.RunRecord;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Everything that the rules look at. To be gathered in this order: supervised, handles, open. A run
 * that ends or begins meanwhile is then either seen by its supervisor, or too young to be stale.
 *
 * @param supervised ids of runs that a living supervisor of this process has in hand, those that
 *     wait for a slot of their lane included
 * @param handles workers that are there
 * @param open records that have not ended
 * @param judged incarnations whose records and workers may be judged: this one, and those that are
 *     known to be dead
 * @param thresholds by lane
 * @param now wall time
 */
record Facts(
    Set<String> supervised,
    List<Sighting> handles,
    List<RunRecord> open,
    Set<String> judged,
    Function<String, StaleThresholds> thresholds,
    Instant now) {

  /**
   * A worker.
   *
   * @param handle as it is listed
   * @param since when it was first seen without an open record; now if it has one
   */
  record Sighting(LiveHandle handle, Instant since) {}

  Facts {
    supervised = ImmutableSet.copyOf(supervised);
    handles = ImmutableList.copyOf(handles);
    open = ImmutableList.copyOf(open);
    judged = ImmutableSet.copyOf(judged);
  }
}
