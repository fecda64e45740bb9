package dev.reliability.ops.analysis;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.ops.analysis.CorrelationReport.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of a run, with what was told of it before. Works out its root cause. */
final class RunEnding {
  private static final String RECONCILED =
      "nobody had it in hand any more: its record was ended by the reconciler";

  private final Sighting at;
  private final String reason;

  /** The end of a run without output, whose cause depends on what the link did. */
  private final RunEvent.@Nullable Ended silent;

  private final RunTrace trace;

  RunEnding(Event end, @Nullable Account account) {
    at = Sighting.of(end);
    RunEvent.Ended told = end.data() instanceof RunEvent.Ended it ? it : null;
    reason =
        told != null ? told.reason().wireName() : ((ReconcileEvent.Settled) end.data()).reason();
    silent = told != null && isSilent(told) ? told : null;
    List<EventId> evidence = new ArrayList<>();
    evidence.add(end.id());
    String cause = told == null ? RECONCILED : silent != null ? "" : cause(told, account, evidence);
    String run = end.subject().run();
    trace =
        new RunTrace(
            run == null ? "" : run,
            end.subject().lane(),
            end.subject().item(),
            end.time(),
            told == null ? RunState.FAILED : told.state(),
            reason,
            cause,
            told == null ? null : told.link(),
            null,
            evidence);
  }

  private static boolean isSilent(RunEvent.Ended told) {
    return !told.state().isSuccess() && told.reason().equals(EndReason.NO_OUTPUT_TIMEOUT);
  }

  /** What of a run's events may have led to its end. Not thread-safe. */
  static final class Account {
    private @Nullable Event startFailed;
    private @Nullable Event stopRequested;
    private @Nullable Event last;

    void add(Event event, RunEvent told) {
      last = event;
      if (told instanceof RunEvent.StartFailed) {
        startFailed = event;
      } else if (told instanceof RunEvent.StopRequested && stopRequested == null) {
        stopRequested = event;
      }
    }

    @Nullable Event last() {
      return last;
    }
  }

  /** Whether a run ends with it: by its supervisor, or by the reconciler that failed its record. */
  static boolean isEnd(Event event) {
    return event.data() instanceof RunEvent.Ended || isReconciled(event);
  }

  private static boolean isReconciled(Event event) {
    return event.data() instanceof ReconcileEvent.Settled settled
        && settled.action().equals("failed")
        && event.subject().run() != null;
  }

  /** Whether it may be told after the end of its run. */
  static boolean mayFollow(RunEvent told) {
    return told instanceof RunEvent.CursorSettled
        || told instanceof RunEvent.LateResult
        || told instanceof RunEvent.LeftBehind;
  }

  /** When. */
  Sighting at() {
    return at;
  }

  String reason() {
    return reason;
  }

  /**
   * How it ended and why.
   *
   * @param close the close of the link nearest to the end, if one was near
   */
  RunTrace trace(@Nullable Match close) {
    List<EventId> evidence = trace.evidence();
    String cause = trace.cause();
    if (silent != null) {
      cause = silent(silent, close);
      evidence = close == null ? evidence : List.of(at.id(), close.b());
    }
    return new RunTrace(
        trace.run(),
        trace.lane(),
        trace.item(),
        trace.ended(),
        trace.state(),
        reason,
        cause,
        trace.link(),
        close,
        evidence);
  }

  private static String cause(
      RunEvent.Ended told, @Nullable Account account, List<EventId> evidence) {
    EndReason reason = told.reason();
    if (told.state().isSuccess()) {
      return "none: it succeeded";
    }
    Event failed = account == null ? null : account.startFailed;
    if (failed != null
        && failed.data() instanceof RunEvent.StartFailed start
        && told.running().isZero()) {
      evidence.add(failed.id());
      return "it could not be started: " + start.failure() + ": " + start.detail();
    }
    Event stop = account == null ? null : account.stopRequested;
    if (stop != null) {
      evidence.add(stop.id());
    }
    if (stop != null
        && stop.data() instanceof RunEvent.StopRequested request
        && request.actor() != null) {
      return "it was stopped by " + request.actor() + detail(told);
    }
    if (told.exitCode() != null) {
      return "the worker ended with exit code " + told.exitCode() + detail(told);
    }
    if (told.signal() != null) {
      return "the worker was ended by signal " + told.signal() + detail(told);
    }
    return reason.wireName() + detail(told);
  }

  /** No valid marker came: because of the link, or of something between prompt and hook. */
  private static String silent(RunEvent.Ended told, @Nullable Match close) {
    String put = told.outputBytes() == 0 ? "no output at all" : "output without a valid marker";
    LinkSnapshot link = told.link();
    if (close != null) {
      Duration offset = close.offset();
      return put
          + "; the link closed or was made again "
          + offset.abs()
          + (offset.isNegative() || offset.isZero() ? " before" : " after");
    }
    if (link != null && !link.state().equals("open")) {
      return put + "; the link was " + link.state();
    }
    return put
        + (link == null ? "; nobody said how the link was" : "; the link was open")
        + ": look for a hang of the prompt, the model or the hook path";
  }

  private static String detail(RunEvent.Ended told) {
    return told.detail() == null ? "" : ": " + told.detail();
  }
}
