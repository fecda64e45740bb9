package dev.reliability.core.run;

import dev.reliability.core.event.RunState;
import dev.reliability.core.runtime.TimeSource;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writes one run's record, step by step. Used on one I/O strand only; each method says in words
 * what went wrong, or null.
 */
final class RunRecorder {
  private final RunStore store;
  private final TimeSource time;
  private RunRecord record;
  private @Nullable RunRecord endedElsewhere;

  RunRecorder(RunStore store, TimeSource time, RunRecord queued) {
    this.store = store;
    this.time = time;
    this.record = queued;
  }

  @Nullable String create() {
    return store.create(record) ? null : "there is a run " + record.id() + " already";
  }

  /** The record says running now. */
  @Nullable String running(String worker) {
    return apply(before -> before.running(worker, time.wall()));
  }

  /** The record says how the run ended. */
  @Nullable String end(RunEnd end) {
    if (record.state() == RunState.QUEUED && end.state().isSuccess() && end.worker() != null) {
      String error = running(end.worker()); // recording it as running was not possible at the time
      if (error != null && record.state() == RunState.QUEUED) {
        return error;
      }
    }
    return apply(before -> before.ended(end.state(), end.reason(), end.detail(), time.wall()));
  }

  /**
   * The record as somebody else ended it, so that our end could not be recorded; null if so far
   * nobody did.
   */
  @Nullable RunRecord endedElsewhere() {
    return endedElsewhere;
  }

  private @Nullable String apply(UnaryOperator<RunRecord> change) {
    RunRecord next = change.apply(record);
    RunStore.Transition answer = store.transition(record.state(), next);
    if (answer instanceof RunStore.Conflict conflict
        && conflict.actual().state() == RunState.RUNNING
        && conflict.actual().owner().equals(record.owner())
        && record.state() == RunState.QUEUED) {
      // an earlier step of ours was carried out although its answer got lost: go on from there
      record = conflict.actual();
      if (next.state() == RunState.RUNNING) {
        return null;
      }
      answer = store.transition(RunState.RUNNING, change.apply(record));
    }
    return answer.fold(
        applied -> {
          record = applied.record();
          return null;
        },
        conflict -> refused(conflict, next),
        notFound -> "there is no run " + notFound.id());
  }

  private @Nullable String refused(RunStore.Conflict conflict, RunRecord next) {
    RunRecord actual = conflict.actual();
    if (!actual.state().isEnded()) {
      return conflict.why();
    }
    if (actual.state() == next.state()
        && actual.owner().equals(next.owner())
        && Objects.equals(actual.reason(), next.reason())) {
      record = actual; // it was carried out before, and its answer got lost
      return null;
    }
    endedElsewhere = actual;
    return conflict.why();
  }
}
