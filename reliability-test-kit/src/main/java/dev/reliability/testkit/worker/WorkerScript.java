package dev.reliability.testkit.worker;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FakeWorker} does, and when. Immutable; the {@code with} and {@code at} methods
 * return changed copies. Times count from the confirmed spawn.
 *
 * @param spawn how its start goes
 * @param steps what it does by itself, in the order of time; what comes after its exit is not
 *     played
 * @param onInputClosed how long after its input was closed it exits with code 0; null if it does
 *     not care
 * @param onTerminate how long after the request to end it exits by signal 15; null if it does not
 *     care
 * @param onKill how long after the kill it exits by signal 9; null if nothing can end it
 * @param holdsPipe true if somebody else keeps its output open after its exit
 */
public record WorkerScript(
    Spawn spawn,
    List<Step> steps,
    @Nullable Duration onInputClosed,
    @Nullable Duration onTerminate,
    @Nullable Duration onKill,
    boolean holdsPipe) {

  /** Sorts the steps by time; those of one moment keep their order. */
  public WorkerScript {
    List<Step> sorted = new ArrayList<>(steps);
    sorted.sort(Comparator.comparing(Step::at));
    steps = List.copyOf(sorted);
  }

  /** A worker that is up at once, does nothing, and heeds every way of asking it to end. */
  public static WorkerScript idle() {
    return new WorkerScript(
        new Up(Duration.ZERO), List.of(), Duration.ZERO, Duration.ZERO, Duration.ZERO, false);
  }

  /** How a start goes. */
  public sealed interface Spawn {}

  /**
   * It is up after this long.
   *
   * @param after since the start
   */
  public record Up(Duration after) implements Spawn {}

  /**
   * It fails after this long.
   *
   * @param after since the start
   * @param failure why
   */
  public record Fails(Duration after, SpawnFailure failure) implements Spawn {}

  /**
   * After this long nobody can say whether it is up.
   *
   * @param after since the start
   * @param detail what was seen
   */
  public record Unknown(Duration after, String detail) implements Spawn {}

  /** It is never heard of. */
  public record Never() implements Spawn {}

  /** The adapter itself throws. */
  public record Throws() implements Spawn {}

  /**
   * One thing a worker does.
   *
   * @param at since the confirmed spawn
   * @param deed what it does
   */
  public record Step(Duration at, Deed deed) {}

  /** What a worker may do. */
  public sealed interface Deed {}

  /**
   * Puts out bytes without a meaning.
   *
   * @param bytes how many
   */
  public record Output(long bytes) implements Deed {}

  /** Puts out a valid marker. */
  public record Progress() implements Deed {}

  /** Starts a tool. */
  public record ToolStart() implements Deed {}

  /** Ends a tool. */
  public record ToolEnd() implements Deed {}

  /**
   * Puts out its final result.
   *
   * @param payload the result
   */
  public record Result(String payload) implements Deed {}

  /** Closes its output and lives on. */
  public record CloseOutput() implements Deed {}

  /**
   * Ends.
   *
   * @param status how
   */
  public record Exit(ExitStatus status) implements Deed {}

  /** The same with another start. */
  public WorkerScript with(Spawn newSpawn) {
    return new WorkerScript(newSpawn, steps, onInputClosed, onTerminate, onKill, holdsPipe);
  }

  /** The same with one thing more to do. */
  public WorkerScript at(Duration when, Deed deed) {
    List<Step> more = new ArrayList<>(steps);
    more.add(new Step(when, deed));
    return new WorkerScript(spawn, more, onInputClosed, onTerminate, onKill, holdsPipe);
  }

  /** The same, ending with this exit code. */
  public WorkerScript exitAt(Duration when, int code) {
    return at(when, new Exit(new ExitStatus.Code(code)));
  }

  /** The same, not caring about its input. */
  public WorkerScript ignoringInputClose() {
    return new WorkerScript(spawn, steps, null, onTerminate, onKill, holdsPipe);
  }

  /** The same, not caring about requests to end. */
  public WorkerScript ignoringTerminate() {
    return new WorkerScript(spawn, steps, onInputClosed, null, onKill, holdsPipe);
  }

  /** The same, surviving even a kill. */
  public WorkerScript ignoringKill() {
    return new WorkerScript(spawn, steps, onInputClosed, onTerminate, null, holdsPipe);
  }

  /** The same, with its output held open by somebody else after its exit. */
  public WorkerScript holdingPipe() {
    return new WorkerScript(spawn, steps, onInputClosed, onTerminate, onKill, true);
  }
}
