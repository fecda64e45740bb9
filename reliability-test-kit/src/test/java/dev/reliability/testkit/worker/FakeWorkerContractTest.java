package dev.reliability.testkit.worker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The fake worker keeps the contract, in virtual time. */
class FakeWorkerContractTest extends WorkerContract {
  private static final Duration SOON = Duration.ofMillis(1);

  private final World world = World.create(42);

  @Override
  protected ReliabilityRuntime runtime() {
    return world;
  }

  @Override
  protected Duration unit() {
    return Duration.ofMinutes(1);
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    world.runUntil(condition, Duration.ofHours(1));
    assertTrue(condition.getAsBoolean(), what);
  }

  @Override
  protected Worker worker(Behaviour behaviour) {
    return FakeWorker.playing(world, script(behaviour));
  }

  private static WorkerScript script(Behaviour behaviour) {
    WorkerScript idle = WorkerScript.idle();
    return switch (behaviour) {
      case EXITS_AT_ONCE -> idle.exitAt(SOON, 0);
      case EXITS_WITH_7 -> idle.exitAt(SOON, 7);
      case THREE_MARKERS_THEN_EXIT ->
          idle.at(SOON, new WorkerScript.Progress())
              .at(SOON, new WorkerScript.Progress())
              .at(SOON, new WorkerScript.Progress())
              .exitAt(SOON, 0);
      case NOISE_THEN_EXIT -> idle.at(SOON, new WorkerScript.Output(500)).exitAt(SOON, 0);
      case RESULT_THEN_EXIT_3 ->
          idle.at(SOON, new WorkerScript.Progress())
              .at(SOON, new WorkerScript.Result("done: 42"))
              .exitAt(SOON, 3);
      case RESULT_THEN_STAYS ->
          idle.at(SOON, new WorkerScript.Progress()).at(SOON, new WorkerScript.Result("done: 42"));
      case SILENT -> idle;
      case MARKER_THEN_UNTIL_INPUT_CLOSED -> idle.at(SOON, new WorkerScript.Progress());
      case MARKER_THEN_STUBBORN ->
          idle.at(SOON, new WorkerScript.Progress()).ignoringInputClose().ignoringTerminate();
      case TALKS_FOR_EVER -> talking(idle.ignoringInputClose().ignoringTerminate());
      case CLOSES_OUTPUT_AND_STAYS ->
          idle.at(SOON, new WorkerScript.Progress()).at(SOON, new WorkerScript.CloseOutput());
      case EXITS_WHILE_PIPE_IS_HELD ->
          idle.at(SOON, new WorkerScript.Progress())
              .at(SOON, new WorkerScript.Exit(new ExitStatus.Code(0)))
              .holdingPipe();
      case MISSING ->
          idle.with(
              new WorkerScript.Fails(
                  SOON, new SpawnFailure(SpawnFailure.Kind.COMMAND_NOT_FOUND, "no such program")));
    };
  }

  private static WorkerScript talking(WorkerScript script) {
    WorkerScript talking = script;
    for (int minute = 1; minute <= 30; minute++) {
      talking = talking.at(Duration.ofMinutes(minute), new WorkerScript.Progress());
    }
    return talking;
  }
}
