package dev.reliability.core.run;

import dev.reliability.core.event.RunEvent;
import dev.reliability.core.store.RunRecord;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a run's machine wants done. The shell does it in this order, and nothing else. */
sealed interface RunAction {

  /** Tell the journal. */
  record Emit(RunEvent event) implements RunAction {}

  /** Start the worker; it is to be up within {@code deadline}. */
  record Start(int attempt, Duration deadline) implements RunAction {}

  /** Record the run as running. */
  record MarkRunning(String worker) implements RunAction {}

  /** Take a step of stopping through the handle, as soon as there is one. */
  record Stop(int attempt, StopStep step) implements RunAction {}

  /** Ask the handle whether the worker is alive. */
  record CheckAlive(int attempt) implements RunAction {}

  /** Record the end. */
  record RecordEnd(RunEnd end) implements RunAction {}

  /**
   * The run is over: tell the journal and the host, give the place in the lane back.
   *
   * @param elsewhere the record as somebody else had ended it before; null if nobody had
   */
  record Finish(RunEnd end, boolean recorded, @Nullable RunRecord elsewhere) implements RunAction {}
}
