package dev.reliability.ops.setup;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.reliability.core.event.RunState;
import dev.reliability.core.gate.GateHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an installation says of itself. Immutable.
 *
 * @param file where it says so; null if nowhere, and then everything is as by default
 * @param content what stands there, spelled the same whatever its blanks; empty if nowhere
 * @param ledger the directory of the ledgers of what is started
 * @param engines which engines its containers run on
 * @param dependencies what it needs
 * @param gate its gate of worker connectivity
 * @param doctor what is asked of its safeguards
 */
public record Installation(
    @Nullable Path file,
    String content,
    Path ledger,
    List<Containers> engines,
    List<Dependency> dependencies,
    Gate gate,
    Doctor doctor) {

  /** The most passes that can be asked for. */
  static final int MOST_PASSES = GateHistory.MOST_PASSES;

  /** Copies the list. */
  public Installation {
    engines = ImmutableList.copyOf(engines);
    dependencies = ImmutableList.copyOf(dependencies);
  }

  /**
   * Containers of an engine.
   *
   * @param engine {@code docker}, {@code podman} or {@code nerdctl}
   * @param owner by which the installation's containers are told from those of others
   * @param program the program and its global arguments; empty for the engine's own
   */
  public record Containers(String engine, String owner, List<String> program) {
    /** Copies the list. */
    public Containers {
      program = ImmutableList.copyOf(program);
    }
  }

  /** One that says nothing. */
  public static Installation none(Path directory) {
    return new Installation(
        null, "", directory.resolve("ledger"), List.of(), List.of(), Gate.DEFAULT, Doctor.DEFAULT);
  }

  /**
   * When its gate is passed.
   *
   * @param required lanes that have to have been tried out of late
   * @param onDemand lanes that may be idle for as long as they like
   * @param freshness how old the latest probe of a lane may be
   * @param passes how often it has to be passed
   * @param spacing how far apart
   * @param success the states in which a probe may have ended
   * @param othersLive whether open records of incarnations of which nothing is known are to be
   *     expected
   */
  public record Gate(
      List<String> required,
      List<String> onDemand,
      Duration freshness,
      int passes,
      Duration spacing,
      Set<RunState> success,
      boolean othersLive) {
    static final Gate DEFAULT =
        new Gate(
            List.of(),
            List.of(),
            Duration.ofMinutes(60),
            2,
            Duration.ofMinutes(30),
            ImmutableSet.of(RunState.DONE, RunState.REVIEW_REQUESTED),
            false);

    /** Copies the collections. */
    public Gate {
      required = ImmutableList.copyOf(required);
      onDemand = ImmutableList.copyOf(onDemand);
      success = ImmutableSet.copyOf(success);
    }
  }

  /**
   * What is asked of the safeguards.
   *
   * @param without safeguards that are not asked for
   * @param checkedWithin how old the last preflight may be
   * @param selfTestWithin how old the last self-test of the detector may be
   * @param longestRun how long a run may last at most, by its own time-outs
   * @param longestStart how long a start may take at most
   * @param diskFree how many bytes have to be free where the journal is
   * @param alerts the dependencies that show that somebody would be woken
   */
  public record Doctor(
      List<String> without,
      Duration checkedWithin,
      Duration selfTestWithin,
      Duration longestRun,
      Duration longestStart,
      long diskFree,
      List<String> alerts) {
    static final Doctor DEFAULT =
        new Doctor(
            List.of(),
            Duration.ofMinutes(10),
            Duration.ofHours(2),
            Duration.ofHours(1),
            Duration.ofMinutes(10),
            1L << 30,
            List.of());

    /** Copies the lists. */
    public Doctor {
      without = ImmutableList.copyOf(without);
      alerts = ImmutableList.copyOf(alerts);
    }
  }
}
