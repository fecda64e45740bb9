package dev.reliability.testkit.jqwik;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Scripts of workers that behave in every way we know of, well and badly. They shrink to the few
 * steps that matter.
 *
 * <p>Moments are multiples of 10 ms plus an offset that differs by kind: 3 ms for what the worker
 * does, 6 ms for how long it takes to heed a request. Whoever keeps time-outs off these offsets has
 * no two things at one instant whose order would be chance.
 */
public final class WorkerScripts {
  private static final int DEED_OFFSET = 3;
  private static final int REACTION_OFFSET = 6;

  private WorkerScripts() {}

  /**
   * Any script.
   *
   * @param within how long after the spawn the worker may still do something by itself
   */
  public static Arbitrary<WorkerScript> any(Duration within) {
    Arbitrary<List<WorkerScript.Step>> steps = steps(within).list().ofMaxSize(8);
    return Combinators.combine(
            spawns(within),
            steps,
            reactions(),
            reactions(),
            reactions(),
            Arbitraries.of(false, true))
        .as(WorkerScript::new);
  }

  /** Any start: mostly one that succeeds. */
  public static Arbitrary<WorkerScript.Spawn> spawns(Duration within) {
    Arbitrary<Duration> soon = times(Duration.ofSeconds(5), 0);
    return Arbitraries.frequencyOf(
        Tuple.of(8, soon.map(WorkerScript.Up::new)),
        Tuple.of(1, times(within, 0).map(WorkerScript.Up::new)),
        Tuple.of(
            1,
            Combinators.combine(soon, Arbitraries.of(SpawnFailure.Kind.class))
                .as(
                    (after, kind) ->
                        new WorkerScript.Fails(
                            after, new SpawnFailure(kind, "as the script says")))),
        Tuple.of(1, soon.map(after -> new WorkerScript.Unknown(after, "as the script says"))),
        Tuple.of(1, Arbitraries.of(new WorkerScript.Never(), new WorkerScript.Throws())));
  }

  /** Any single step. */
  public static Arbitrary<WorkerScript.Step> steps(Duration within) {
    Arbitrary<WorkerScript.Deed> deeds =
        Arbitraries.frequency(
            Tuple.of(2, new WorkerScript.Output(100)),
            Tuple.of(6, new WorkerScript.Progress()),
            Tuple.of(1, new WorkerScript.ToolStart()),
            Tuple.of(1, new WorkerScript.ToolEnd()),
            Tuple.of(2, new WorkerScript.Result("done")),
            Tuple.of(1, new WorkerScript.CloseOutput()),
            Tuple.of(2, new WorkerScript.Exit(new ExitStatus.Code(0))),
            Tuple.of(1, new WorkerScript.Exit(new ExitStatus.Code(1))),
            Tuple.of(1, new WorkerScript.Exit(new ExitStatus.Signal(11))),
            Tuple.of(1, new WorkerScript.Exit(ExitStatus.UNKNOWN)));
    return Combinators.combine(times(within, DEED_OFFSET), deeds).as(WorkerScript.Step::new);
  }

  private static Arbitrary<Duration> reactions() {
    return times(Duration.ofSeconds(20), REACTION_OFFSET).injectNull(0.25);
  }

  private static Arbitrary<Duration> times(Duration within, int offset) {
    return Arbitraries.longs()
        .between(0, within.toMillis() / 10)
        .map(tens -> Duration.ofMillis(tens * 10 + offset));
  }
}
