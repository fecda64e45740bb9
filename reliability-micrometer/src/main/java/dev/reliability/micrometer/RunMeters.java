package dev.reliability.micrometer;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.run.SpawnFailure;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The meters of runs. Thread-safe. */
final class RunMeters implements MeterBinder {
  private static final Set<String> STALLS =
      Stream.of(
              EndReason.NO_OUTPUT_TIMEOUT,
              EndReason.HARD_TIMEOUT,
              EndReason.RUN_DEADLINE,
              EndReason.START_DEADLINE,
              EndReason.LINGER_CLEANUP)
          .map(EndReason::wireName)
          .collect(Collectors.toUnmodifiableSet());

  private final OpenWork work;
  private final Tally ended =
      new Tally(
          "runs.ended",
          "reason",
          EndReason.known().stream().map(EndReason::wireName).toList(),
          "Runs that ended, by reason");
  private final Tally startFailures =
      new Tally(
          "start.failures",
          "reason",
          Arrays.stream(SpawnFailure.Kind.values()).map(SpawnFailure.Kind::wireName).toList(),
          "Attempts to start a worker that failed, by reason");
  private final Tally stalls =
      new Tally(
          "stalls",
          "kind",
          STALLS.stream().sorted().toList(),
          "Runs that did not get on, told when it was noticed, by the time-out that ran out");
  private final Count late = new Count("late.results", "Results of runs that others had ended");
  private final Timing duration =
      Timing.of(
          "run.duration",
          "state",
          Arrays.stream(RunState.values())
              .filter(RunState::isEnded)
              .map(RunState::wireName)
              .toList(),
          "From the confirmed spawn of a run to its end",
          seconds(1, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600));
  private final Timing queue =
      new Timing(
          "run.queue",
          "From the submission of a run to the first attempt to spawn",
          seconds(1, 5, 10, 30, 60, 300, 600, 1800, 3600));
  private final Timing startup =
      new Timing(
          "run.startup",
          "From the first attempt to spawn to the confirmed one",
          seconds(1, 2, 5, 10, 30, 60, 120, 300, 600));
  private final Timing firstOutput =
      new Timing(
          "run.first.output",
          "From the confirmed spawn to the first bytes of output",
          seconds(1, 2, 5, 10, 30, 60, 120, 300, 720));

  RunMeters(OpenWork work) {
    this.work = work;
  }

  private static Duration[] seconds(long... seconds) {
    return Arrays.stream(seconds).mapToObj(Duration::ofSeconds).toArray(Duration[]::new);
  }

  void tell(Event event, RunEvent data, LaneMeters lane) {
    if (data instanceof RunEvent.Queued || data instanceof RunEvent.Starting) {
      work.queued(event, lane);
    } else if (data instanceof RunEvent.Started started) {
      work.started(event, lane);
      startup.record(started.startup());
    } else if (data instanceof RunEvent.StartFailed failed) {
      startFailures.add(failed.failure());
    } else if (data instanceof RunEvent.FirstOutput output) {
      firstOutput.record(output.after());
    } else if (data instanceof RunEvent.InputClosed stop) {
      stopped(event, stop.reason(), lane);
    } else if (data instanceof RunEvent.StopRequested stop) {
      stopped(event, stop.reason(), lane);
    } else if (data instanceof RunEvent.Killed stop) {
      stopped(event, stop.reason(), lane);
    } else if (data instanceof RunEvent.LateResult) {
      late.add(1);
    } else if (data instanceof RunEvent.Ended end) {
      ended(event, end, lane);
    }
  }

  private void stopped(Event event, EndReason reason, LaneMeters lane) {
    if (STALLS.contains(reason.wireName()) && work.stalled(event.subject().run())) {
      stalled(reason.wireName(), lane);
    }
  }

  private void stalled(String kind, LaneMeters lane) {
    stalls.add(kind);
    lane.stalled();
  }

  private void ended(Event event, RunEvent.Ended data, LaneMeters lane) {
    String reason = data.reason().wireName();
    OpenWork.End end = work.ended(event);
    if (end == OpenWork.End.SETTLED) {
      return;
    }
    ended.add(reason);
    lane.ended(data.state());
    if (end == OpenWork.End.NEW && STALLS.contains(reason)) {
      stalled(reason, lane);
    }
    queue.record(data.queued());
    duration.record(data.state().wireName(), data.running());
  }

  /**
   * Somebody found that nobody works on the run any more.
   *
   * @param reason why its record was ended; null if that was not the record's end
   */
  void settled(Event event, @Nullable String reason, LaneMeters lane) {
    if (reason == null) {
      work.left(event);
    } else if (work.abandoned(event)) {
      ended.add(reason);
      lane.ended(RunState.FAILED);
    }
  }

  /** What was left of a run is gone, or belongs to another run: its record may yet be ended. */
  void left(Event event) {
    work.left(event);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    List.of(ended, startFailures, stalls, late, duration, queue, startup, firstOutput)
        .forEach(meter -> meter.bindTo(registry));
    new Meters(registry, "state", RunState.QUEUED.wireName())
        .gauge("runs", "Runs that have not ended, by state", work::queued);
    new Meters(registry, "state", RunState.RUNNING.wireName())
        .gauge("runs", "Runs that have not ended, by state", work::active);
  }
}
