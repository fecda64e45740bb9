package dev.reliability.core.run;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Decides what follows from each thing that happens to a run: a pure function of the model, the
 * input, what the pumps wrote down and the random numbers handed in.
 *
 * <p>The rules, in the order of a run's life:
 *
 * <ul>
 *   <li>Nothing is started before the run is recorded and its turn has come. The start deadline
 *       counts from the first attempt.
 *   <li>A failed spawn is tried again only while the policy and the start deadline allow it and
 *       nobody asked for the end; one whose fate is unknown is killed first, and not tried again if
 *       the kill was not confirmed.
 *   <li>Running needs the spawn confirmed <em>and</em> the handle registered (requirement A2). The
 *       no-output and the hard time-out count from the confirmation.
 *   <li>The first cause to end a run is the run's reason, whatever happens after it; a worker's own
 *       exit is a cause too.
 *   <li>A job may be silent: of these two and the idle time-out none applies to it, and its run
 *       deadline takes the place of the hard time-out (requirement N5).
 *   <li>Idle and cancel close the input first, then ask to end, then kill; no-output, hard and
 *       linger begin by asking to end.
 *   <li>The final result ends all timers but the linger deadline, and makes the run a success
 *       whatever its exit code.
 *   <li>A worker has ended when its exit is known and its output was read to the end, or given up
 *       after the drain deadline.
 * </ul>
 */
final class RunMachine {
  private final RunPolicy policy;
  private final RunTimeouts timeouts;

  RunMachine(RunPolicy policy, RunTimeouts timeouts) {
    this.policy = policy;
    this.timeouts = timeouts;
  }

  /**
   * What follows.
   *
   * @param model the next model; the one handed in is unchanged
   * @param actions what to do, in this order
   */
  record Step(RunModel model, List<RunAction> actions) {}

  /** Decides. */
  Step step(RunModel model, RunInput input, Pulse pulse, RandomGenerator random) {
    if (model.phase == RunModel.Phase.ENDED) {
      return new Step(model, List.of());
    }
    RunTurn turn = new RunTurn(policy, timeouts, model.copy(), pulse, random);
    turn.take(input);
    return turn.finish();
  }
}
