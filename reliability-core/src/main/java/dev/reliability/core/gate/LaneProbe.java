package dev.reliability.core.gate;

import dev.reliability.core.run.RunOutcome;
import java.util.concurrent.CompletionStage;

/**
 * Tries a lane out with one real piece of work. Called from any thread; returns at once, such as
 * {@code lane -> supervisor.run(Work.of(lane, "probe"), worker)}.
 */
@FunctionalInterface
public interface LaneProbe {

  /**
   * Begins a probe run.
   *
   * @return what became of it, once it has ended
   */
  CompletionStage<RunOutcome> probe(String lane);
}
