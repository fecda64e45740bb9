package dev.reliability.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventTypes;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.retry.RetryPolicy;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Drives a {@link RunMachine} by hand, without a runtime: the test is the store, the adapter, the
 * pumps and the clock. Ticks come when the model asks for them, as its shell would send them.
 * Checks with every step that the model handed in stays as it was, and whatever {@link
 * MachineWatch} knows.
 */
final class MachineRig {
  static final String WORKER = "pid 4711";

  /** Tries a failed spawn again after 30 s, 60 s and then every 2 min, for 10 min. */
  static final RunPolicy RETRYING =
      RunPolicy.builder()
          .spawnRetry(
              RetryPolicy.exponential(Duration.ofSeconds(30), Duration.ofMinutes(2))
                  .maxAttempts(10)
                  .maxElapsed(Duration.ofMinutes(10)))
          .build();

  final RunPolicy policy;
  final RunTimeouts timeouts;
  private final RunMachine machine;
  private final MachineWatch watch;
  private final RandomGenerator random = new SplittableRandom(1);
  private final List<RunAction> all = new ArrayList<>();
  private int read;

  RunModel model = new RunModel();

  // the clock, and what the pumps write down
  long now;
  long lastProgress;
  long progressCount;
  long outputBytes;
  int toolsInFlight;
  boolean held;
  long leaseUntil = RunModel.NEVER;
  private int ticksInARow;

  MachineRig(RunPolicy policy) {
    this.policy = policy;
    timeouts = policy.timeouts("lane");
    machine = new RunMachine(policy, timeouts);
    watch = new MachineWatch(policy, timeouts);
    model.storeAt = policy.storeTimeout().toNanos(); // the shell asks the store to create the run
  }

  static MachineRig retrying() {
    return new MachineRig(RETRYING);
  }

  static MachineRig withDefaults() {
    return new MachineRig(RunPolicy.ofDefaults());
  }

  // ---- what happens ----

  MachineRig give(RunInput input) {
    RunModel before = model;
    Map<String, @Nullable Object> fields = fields(before);
    Pulse pulse =
        new Pulse(now, lastProgress, progressCount, outputBytes, toolsInFlight, held, leaseUntil);
    RunMachine.Step step = machine.step(before, input, pulse, random);
    assertThat(fields(before)).as("the model handed in, after %s", input).isEqualTo(fields);
    watch.saw(before, input, pulse, step);
    model = step.model();
    all.addAll(step.actions());
    if (model.attempt > before.attempt) { // the shell reads the pumps of the attempt under way
      lastProgress = 0;
      progressCount = 0;
      outputBytes = 0;
      toolsInFlight = 0;
    }
    return this;
  }

  /** Time passes, with a tick whenever one is due. */
  MachineRig pass(Duration time) {
    long target = now + time.toNanos();
    while (model.nextDue() <= target) {
      tick();
    }
    now = target;
    return this;
  }

  /** The next tick that is due, at the moment it is due or now if that is later. */
  private void tick() {
    ticksInARow = model.nextDue() <= now ? ticksInARow + 1 : 0;
    assertThat(ticksInARow).as("ticks without time passing").isLessThan(10);
    now = Math.max(now, model.nextDue());
    give(new RunInput.Tick());
  }

  /** Time passes while this process does not run; then the ticks that are due come late. */
  MachineRig sleep(Duration time) {
    now += time.toNanos();
    return pass(Duration.ZERO);
  }

  /** Nobody says anything any more: ticks only, until none is due. */
  MachineRig silence() {
    for (int ticks = 0; model.nextDue() != RunModel.NEVER; ticks++) {
      assertThat(ticks).as("ticks without an end").isLessThan(1000);
      tick();
    }
    return this;
  }

  MachineRig created() {
    return give(new RunInput.Created(null));
  }

  MachineRig admitted() {
    return give(new RunInput.Admitted());
  }

  MachineRig handle() {
    return give(new RunInput.HandleArrived(model.attempt));
  }

  MachineRig spawned() {
    return give(new RunInput.Spawned(model.attempt, WORKER));
  }

  MachineRig spawnFailed(SpawnFailure.Kind kind) {
    return give(new RunInput.SpawnFailed(model.attempt, new SpawnFailure(kind, "no luck")));
  }

  MachineRig spawnUnknown() {
    return give(new RunInput.SpawnUnknown(model.attempt, "the engine did not answer"));
  }

  MachineRig marked() {
    return give(new RunInput.Marked(null, null));
  }

  /** A marker whose input reaches the machine. */
  MachineRig progress() {
    unsampledProgress();
    return give(new RunInput.Progressed(model.attempt));
  }

  /** A marker between two samples: only the pumps know. */
  MachineRig unsampledProgress() {
    lastProgress = now;
    progressCount++;
    return output(10);
  }

  MachineRig output(long bytes) {
    boolean first = outputBytes == 0;
    outputBytes += bytes;
    return first ? give(new RunInput.FirstOutput(model.attempt)) : this;
  }

  MachineRig tools(int inFlight) {
    toolsInFlight = inFlight;
    return progress();
  }

  /** The final result, which counts as a marker too. */
  MachineRig result() {
    unsampledProgress();
    return give(new RunInput.Result(model.attempt, "all is well"));
  }

  MachineRig eof() {
    return give(new RunInput.Eof(model.attempt));
  }

  MachineRig exited(ExitStatus status) {
    return give(new RunInput.Exited(model.attempt, status));
  }

  MachineRig exited(int code) {
    return exited(new ExitStatus.Code(code));
  }

  MachineRig stopDone(StopStep step) {
    return give(new RunInput.StopDone(model.attempt, step, StopReport.CLEAN, null));
  }

  MachineRig alive(boolean alive) {
    return give(new RunInput.Alive(model.attempt, alive));
  }

  MachineRig cancel() {
    return give(new RunInput.Cancel("ada", "not needed any more"));
  }

  MachineRig recorded() {
    return give(new RunInput.EndRecorded(null, null));
  }

  // ---- shortcuts; what was done on the way is forgotten ----

  MachineRig waiting() {
    return created().forget();
  }

  MachineRig starting() {
    return waiting().admitted().forget();
  }

  MachineRig running() {
    return starting().handle().spawned().marked().forget();
  }

  MachineRig forget() {
    read = all.size();
    return this;
  }

  // ---- what was done ----

  /** What was done since the last look, in short words. */
  List<String> done() {
    List<String> words = all.subList(read, all.size()).stream().map(MachineRig::words).toList();
    read = all.size();
    return words;
  }

  /** The last event of this kind. */
  <E extends RunEvent> E last(Class<E> type) {
    return all.stream()
        .filter(RunAction.Emit.class::isInstance)
        .map(action -> ((RunAction.Emit) action).event())
        .filter(type::isInstance)
        .map(type::cast)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  /** What the last attempt was given to come up. */
  Duration deadline() {
    return all.stream()
        .filter(RunAction.Start.class::isInstance)
        .map(action -> ((RunAction.Start) action).deadline())
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  List<RunAction> actions() {
    return List.copyOf(all);
  }

  /** The end that was decided. */
  RunEnd end() {
    assertThat(model.phase).isIn(RunModel.Phase.ENDING, RunModel.Phase.ENDED);
    RunEnd end = model.end;
    if (end == null) {
      throw new AssertionError("over, but without an end");
    }
    return end;
  }

  /** {@code state reason cursor}, the three parts that matter most. */
  String verdict() {
    RunEnd end = end();
    return end.state().wireName() + " " + end.reason() + " " + end.cursor().wireName();
  }

  private static String words(RunAction action) {
    if (action instanceof RunAction.Emit emit) {
      return EventTypes.nameOf(emit.event());
    } else if (action instanceof RunAction.Start start) {
      return "start " + start.attempt();
    } else if (action instanceof RunAction.MarkRunning mark) {
      return "mark running: " + mark.worker();
    } else if (action instanceof RunAction.Stop stop) {
      return "stop " + stop.attempt() + ": " + stop.step().wireName();
    } else if (action instanceof RunAction.RecordEnd record) {
      return "record " + record.end().state().wireName() + " " + record.end().reason();
    } else if (action instanceof RunAction.Finish finish) {
      return (finish.recorded() ? "finish " : "finish unrecorded ")
          + finish.end().state().wireName()
          + " "
          + finish.end().reason();
    }
    return action.getClass().getSimpleName();
  }

  /** Every field of a model by name. */
  static Map<String, @Nullable Object> fields(RunModel model) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (Field field : RunModel.class.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
        try {
          fields.put(field.getName(), field.get(model));
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    return fields;
  }
}
