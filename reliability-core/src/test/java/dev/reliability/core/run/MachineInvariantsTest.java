package dev.reliability.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.run.RunModel.Phase;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/**
 * Whatever happens to a run, in whatever order and however late: {@link MachineWatch} sees every
 * step of these.
 */
class MachineInvariantsTest {

  /** What can happen. The commonest inputs and the shortest ways to a running worker come first. */
  enum What {
    CREATED,
    ADMITTED,
    HANDLE,
    SPAWNED,
    MARKED,
    RUNNING,
    PROGRESS,
    UNSAMPLED_PROGRESS,
    OUTPUT,
    PASS,
    PASS_TO_DUE,
    SLEEP,
    EXITED,
    EOF,
    RESULT,
    STOP_DONE,
    STOP_FAILED,
    SURVIVORS,
    RECORDED,
    CANCEL,
    SHUTDOWN,
    DRAIN,
    GONE,
    ALIVE,
    TOOLS,
    SPAWN_FAILED,
    SPAWN_UNKNOWN,
    CREATE_FAILED,
    MARK_FAILED,
    CONFLICT,
    RECORD_FAILED,
    TICK
  }

  /** One thing that happens; {@code amount} says how long, which, how many. */
  record Happening(What what, int amount, boolean late) {

    void to(MachineRig rig) {
      int attempt = Math.max(0, rig.model.attempt - (late ? 1 : 0));
      switch (what) {
        case CREATED -> rig.created();
        case ADMITTED -> rig.admitted();
        case HANDLE -> rig.give(new RunInput.HandleArrived(attempt));
        case SPAWNED -> rig.give(new RunInput.Spawned(attempt, MachineRig.WORKER));
        case MARKED -> rig.marked();
        case RUNNING -> rig.created().admitted().handle().spawned().marked();
        case PROGRESS -> {
          rig.unsampledProgress();
          rig.give(new RunInput.Progressed(attempt));
        }
        case UNSAMPLED_PROGRESS -> rig.unsampledProgress();
        case OUTPUT -> rig.output(amount);
        case PASS -> rig.pass(Duration.ofMillis(amount * (long) amount));
        case PASS_TO_DUE -> {
          if (rig.model.nextDue() != RunModel.NEVER) {
            rig.pass(Duration.ofNanos(Math.max(0, rig.model.nextDue() - rig.now)));
          }
        }
        case SLEEP -> rig.sleep(Duration.ofSeconds(amount));
        case EXITED -> rig.give(new RunInput.Exited(attempt, status()));
        case EOF -> rig.give(new RunInput.Eof(attempt));
        case RESULT -> {
          rig.unsampledProgress();
          rig.give(new RunInput.Result(attempt, "all is well"));
        }
        case STOP_DONE -> rig.give(stopDone(attempt, StopReport.CLEAN, null));
        case STOP_FAILED -> rig.give(stopDone(attempt, StopReport.CLEAN, "no permission"));
        case SURVIVORS ->
            rig.give(stopDone(attempt, new StopReport("tree", List.of("pid 8"), amount), null));
        case RECORDED -> rig.recorded();
        case CANCEL -> rig.cancel();
        case SHUTDOWN -> rig.give(new RunInput.Shutdown());
        case DRAIN -> rig.give(new RunInput.Drain());
        case GONE -> rig.give(new RunInput.Alive(attempt, false));
        case ALIVE -> rig.give(new RunInput.Alive(attempt, true));
        case TOOLS -> rig.tools(amount % 3);
        case SPAWN_FAILED -> rig.give(new RunInput.SpawnFailed(attempt, failure()));
        case SPAWN_UNKNOWN -> rig.give(new RunInput.SpawnUnknown(attempt, "no answer"));
        case CREATE_FAILED -> rig.give(new RunInput.Created("disk full"));
        case MARK_FAILED -> rig.give(new RunInput.Marked(null, "disk full"));
        case CONFLICT -> rig.give(new RunInput.Marked("not ours", null));
        case RECORD_FAILED -> rig.give(new RunInput.EndRecorded(null, "disk full"));
        case TICK -> rig.give(new RunInput.Tick());
      }
    }

    private ExitStatus status() {
      return switch (amount % 4) {
        case 0 -> new ExitStatus.Code(0);
        case 1 -> new ExitStatus.Code(1);
        case 2 -> new ExitStatus.Signal(9);
        default -> ExitStatus.UNKNOWN;
      };
    }

    private SpawnFailure failure() {
      SpawnFailure.Kind[] kinds = SpawnFailure.Kind.values();
      return new SpawnFailure(kinds[amount % kinds.length], "no luck");
    }

    private RunInput.StopDone stopDone(int attempt, StopReport report, String error) {
      StopStep[] steps = {StopStep.KILL, StopStep.KILL, StopStep.TERMINATE, StopStep.INPUT};
      return new RunInput.StopDone(attempt, steps[amount % steps.length], report, error);
    }
  }

  @Provide
  Arbitrary<Happening> happenings() {
    Arbitrary<What> what =
        Arbitraries.frequencyOf(
            Tuple.of(2, Arbitraries.of(What.class)),
            Tuple.of(2, Arbitraries.of(What.CREATED, What.ADMITTED, What.HANDLE, What.SPAWNED)),
            Tuple.of(1, Arbitraries.of(What.RUNNING, What.SPAWN_FAILED, What.SPAWN_UNKNOWN)),
            Tuple.of(1, Arbitraries.of(What.PASS, What.PASS_TO_DUE, What.SLEEP)));
    return Combinators.combine(
            what,
            Arbitraries.integers().between(0, 1500),
            Arbitraries.frequency(Tuple.of(9, false), Tuple.of(1, true)))
        .as(Happening::new);
  }

  @Provide
  Arbitrary<RunPolicy> policies() {
    RetryPolicy retry =
        RetryPolicy.exponential(Duration.ofSeconds(5), Duration.ofMinutes(2))
            .maxAttempts(5)
            .maxElapsed(Duration.ofMinutes(8));
    return Arbitraries.of(
        RunPolicy.ofDefaults(),
        RunPolicy.builder().spawnRetry(retry).build(),
        RunPolicy.builder()
            .spawnRetry(retry)
            .graces(Duration.ZERO, Duration.ZERO, Duration.ofMillis(1))
            .linger(Duration.ZERO)
            .build(),
        RunPolicy.builder()
            .spawnRetry(retry)
            .timeouts(RunTimeouts.ofDefaults().withDrain(Duration.ofMinutes(3)))
            .noOutputTimeout(Duration.ofSeconds(40))
            .idleTimeout(Duration.ofSeconds(20))
            .hardTimeout(Duration.ofSeconds(1))
            .startDeadline(Duration.ofSeconds(30))
            .storeTimeout(Duration.ofMinutes(2))
            .build());
  }

  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void nothingWaitsWithoutAnEndHoweverSilentEverybodyIs(
      @ForAll("policies") RunPolicy policy,
      @ForAll @Size(max = 40) List<@From("happenings") Happening> happenings) {
    MachineRig rig = new MachineRig(policy);
    happenings.forEach(happening -> happening.to(rig));
    rig.silence();
    if (rig.model.phase == Phase.WAITING) {
      rig.admitted().silence(); // its turn comes when the runs before it have ended, as they do
    }
    assertThat(rig.model.phase).isEqualTo(Phase.ENDED);
  }

  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void everyRunEndsAsSoonAsExitEndOfOutputAndTheStoresAnswersAreThere(
      @ForAll("policies") RunPolicy policy,
      @ForAll @Size(max = 40) List<@From("happenings") Happening> happenings) {
    MachineRig rig = new MachineRig(policy);
    happenings.forEach(happening -> happening.to(rig));
    for (int rounds = 0; rig.model.phase != Phase.ENDED; rounds++) {
      assertThat(rounds).as("rounds without an end in %s", rig.model.phase).isLessThan(30);
      switch (rig.model.phase) {
        case CREATING -> rig.created();
        case WAITING -> rig.admitted();
        case STARTING -> rig.handle().spawned();
        case BACKOFF -> rig.pass(Duration.ofNanos(Math.max(0, rig.model.nextDue() - rig.now)));
        case REAPING -> rig.stopDone(StopStep.KILL);
        case RUNNING -> {
          rig.handle().marked().exited(0).eof();
          assertThat(rig.model.phase).as("after exit and eof").isEqualTo(Phase.ENDING);
        }
        case ENDING -> rig.recorded();
        default -> throw new AssertionError(rig.model.phase);
      }
    }
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void theSameThingsHappeningGiveTheSameRun(
      @ForAll("policies") RunPolicy policy,
      @ForAll @Size(max = 40) List<@From("happenings") Happening> happenings) {
    MachineRig one = new MachineRig(policy);
    MachineRig other = new MachineRig(policy);
    happenings.forEach(happening -> happening.to(one));
    happenings.forEach(happening -> happening.to(other));
    assertThat(one.silence().actions()).isEqualTo(other.silence().actions());
    assertThat(MachineRig.fields(one.model)).isEqualTo(MachineRig.fields(other.model));
  }
}
