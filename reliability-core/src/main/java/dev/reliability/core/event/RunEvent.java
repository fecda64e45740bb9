package dev.reliability.core.event;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened to a run. The run itself is in the envelope's {@link Subject}. */
public sealed interface RunEvent extends EventData {

  /** The run was accepted and recorded as queued. */
  @EventType("run.queued")
  record Queued() implements RunEvent {}

  /**
   * A worker is about to be started.
   *
   * @param attempt 1 for the first attempt to spawn
   */
  @EventType("run.starting")
  record Starting(int attempt) implements RunEvent {}

  /**
   * The worker is confirmed to be alive, its handle is registered and the run is recorded as
   * running (requirement A2).
   *
   * @param attempt which attempt to spawn succeeded
   * @param worker the worker's name: a container's name, a process id
   * @param startup from the first attempt to the confirmation
   */
  @EventType("run.started")
  record Started(int attempt, String worker, Duration startup) implements RunEvent {}

  /**
   * An attempt to spawn failed, or nobody can say whether it did.
   *
   * @param attempt which attempt
   * @param failure the kind, such as {@code command_not_found}
   * @param detail what the operating system or the engine said
   * @param retryIn after which delay the next attempt comes, or null if there is none
   */
  @EventType("run.start_failed")
  record StartFailed(int attempt, String failure, String detail, @Nullable Duration retryIn)
      implements RunEvent {}

  /**
   * The first bytes of output, whether they mean anything or not.
   *
   * @param after since the confirmed spawn
   */
  @EventType("run.first_output")
  record FirstOutput(Duration after) implements RunEvent {}

  /**
   * The worker makes progress. The first marker always has its event; of the others only samples.
   *
   * @param count valid markers so far
   * @param outputBytes bytes of output so far
   */
  @EventType("run.progress")
  record Progress(long count, long outputBytes) implements RunEvent {
    @Override
    public boolean isSample() {
      return count > 1;
    }
  }

  /**
   * The worker's final result was seen.
   *
   * @param resultBytes its size
   */
  @EventType("run.result_seen")
  record ResultSeen(long resultBytes) implements RunEvent {}

  /**
   * The worker's standard input was closed, the first step of stopping it.
   *
   * @param reason why it is being stopped
   */
  @EventType("run.input_closed")
  record InputClosed(EndReason reason) implements RunEvent {}

  /**
   * The worker was asked to stop.
   *
   * @param reason why
   * @param actor who asked, if somebody did
   */
  @EventType("run.stop_requested")
  record StopRequested(EndReason reason, @Nullable String actor) implements RunEvent {}

  /**
   * The worker was killed: it did not heed what came before.
   *
   * @param reason why it is being stopped
   */
  @EventType("run.killed")
  record Killed(EndReason reason) implements RunEvent {}

  /**
   * The worker's handle says that it is not alive, and no exit was reported.
   *
   * @param worker the worker's name
   */
  @EventType("run.handle_missing")
  record HandleMissing(String worker) implements RunEvent {}

  /**
   * The host was told to commit its input, or to take it back (requirement B11).
   *
   * @param action {@code commit} or {@code rollback}
   * @param ok whether the host's callback returned normally and in time
   * @param detail what went wrong, if something did
   */
  @EventType("run.cursor_settled")
  record CursorSettled(String action, boolean ok, @Nullable String detail) implements RunEvent {}

  /**
   * The run brought something after somebody else had ended its record, for example because its
   * supervisor was taken for dead. The record stays as it is; what was brought is kept here.
   *
   * @param state the state in which the run ended
   * @param reason why it ended
   * @param result its final result, if one was seen
   * @param recordedState the state in which the record was ended
   * @param recordedReason the reason that the record has
   * @param recordedDetail what the record says in words
   */
  @EventType("run.late_result")
  record LateResult(
      RunState state,
      EndReason reason,
      @Nullable String result,
      RunState recordedState,
      @Nullable EndReason recordedReason,
      @Nullable String recordedDetail)
      implements RunEvent {}

  /**
   * Something that the worker started got away from the means to stop it, and is there still: after
   * the worker ended by itself, or after a kill whose survivors were known only after the run's
   * end.
   *
   * @param survivors what is there, such as {@code pid 4711 (sleep)}
   */
  @EventType("run.left_behind")
  record LeftBehind(List<String> survivors) implements RunEvent {
    /** Copies the list. */
    public LeftBehind {
      survivors = List.copyOf(survivors);
    }
  }

  /**
   * The run ended: exactly one such event per run, after the end was recorded (requirements B9,
   * B10).
   *
   * @param state the terminal state
   * @param reason why
   * @param detail more in words, if there is more to say
   * @param attempts attempts to spawn
   * @param worker the worker's name, if one was ever confirmed
   * @param timeouts the time-outs in force
   * @param queued from the submission to the first attempt to spawn
   * @param running from the confirmed spawn to the end; zero if it never ran
   * @param progressCount valid markers
   * @param outputBytes bytes on both streams
   * @param exitCode the exit code, if the worker ended by itself and it is known
   * @param signal the signal's number that ended the worker, if one did and it is known
   * @param stoppedBy the last step taken to stop it: {@code none}, {@code input_closed}, {@code
   *     terminated} or {@code killed}
   * @param guarantee how completely the worker's tree was stopped, as its adapter says
   * @param survivors processes that are known to have survived
   * @param pipesAbandoned output pipes that somebody still held open and that were given up
   * @param cursor {@code commit}, {@code rollback} or {@code none}
   * @param inputFirst the first of the input this run worked on, if the host said so
   * @param inputLast the last of it
   * @param link the last known state of the link, if the host supplies one
   * @param context the host's own words, such as {@code chat_jid} or {@code group_folder}; copied
   * @param recorded false if the end could not be written to the store
   */
  @EventType("run.ended")
  record Ended(
      RunState state,
      EndReason reason,
      @Nullable String detail,
      int attempts,
      @Nullable String worker,
      TimeoutValues timeouts,
      Duration queued,
      Duration running,
      long progressCount,
      long outputBytes,
      @Nullable Integer exitCode,
      @Nullable Integer signal,
      String stoppedBy,
      String guarantee,
      List<String> survivors,
      int pipesAbandoned,
      String cursor,
      @Nullable String inputFirst,
      @Nullable String inputLast,
      @Nullable LinkSnapshot link,
      Map<String, String> context,
      boolean recorded)
      implements RunEvent {

    /** Copies the collections. */
    public Ended {
      survivors = List.copyOf(survivors);
      context = ImmutableMap.copyOf(context);
    }
  }
}
