package dev.reliability.testkit.worker;

import dev.reliability.core.run.ExitStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * The requirements once more, in the plainest way: reads a script from left to right and says how a
 * run of it must end. Written without a look at the code it judges, in milliseconds, for policies
 * whose time-outs never fall on an instant of the script.
 */
final class ExpectedEnd {
  /** Each of the three graces. */
  static final long GRACE = 10_000;

  final String state;
  final String reason;
  final boolean markerSeen;
  final boolean ran;

  private ExpectedEnd(String state, String reason, boolean markerSeen, boolean ran) {
    this.state = state;
    this.reason = reason;
    this.markerSeen = markerSeen;
    this.ran = ran;
  }

  /** Time-outs in milliseconds. */
  record Limits(long noOutput, long idle, long hard, long startDeadline, long linger) {}

  private record Moment(long at, String what) {}

  static ExpectedEnd of(WorkerScript script, Limits limits) {
    if (script.spawn() instanceof WorkerScript.Throws) {
      return new ExpectedEnd("failed", "container_spawn_failed_before_running", false, false);
    }
    if (script.spawn() instanceof WorkerScript.Never) {
      return new ExpectedEnd("failed", "start_deadline_exceeded", false, false);
    }
    if (script.spawn() instanceof WorkerScript.Fails fails) {
      return fails.after().toMillis() < limits.startDeadline
          ? new ExpectedEnd("failed", "container_spawn_failed_before_running", false, false)
          : new ExpectedEnd("failed", "start_deadline_exceeded", false, false);
    }
    if (script.spawn() instanceof WorkerScript.Unknown unknown) {
      return unknown.after().toMillis() < limits.startDeadline
          ? new ExpectedEnd("failed", "spawn_unknown", false, false)
          : new ExpectedEnd("failed", "start_deadline_exceeded", false, false);
    }
    if (((WorkerScript.Up) script.spawn()).after().toMillis() >= limits.startDeadline) {
      return new ExpectedEnd("failed", "start_deadline_exceeded", false, false);
    }
    return running(script, limits);
  }

  private static ExpectedEnd running(WorkerScript script, Limits limits) {
    long exitAt = Long.MAX_VALUE;
    ExitStatus exit = null;
    long resultAt = Long.MAX_VALUE;
    List<Moment> markers = new ArrayList<>();
    boolean open = true;
    for (WorkerScript.Step step : script.steps()) {
      if (exit != null) {
        continue; // it has ended
      }
      if (step.deed() instanceof WorkerScript.Exit ends) {
        exitAt = step.at().toMillis();
        exit = ends.status();
      } else if (step.deed() instanceof WorkerScript.CloseOutput) {
        open = false; // nobody hears what comes after this
      } else if (open && step.deed() instanceof WorkerScript.Progress) {
        markers.add(new Moment(step.at().toMillis(), "marker"));
      } else if (open && step.deed() instanceof WorkerScript.ToolStart) {
        markers.add(new Moment(step.at().toMillis(), "tool+"));
      } else if (open && step.deed() instanceof WorkerScript.ToolEnd) {
        markers.add(new Moment(step.at().toMillis(), "tool-"));
      } else if (open && step.deed() instanceof WorkerScript.Result) {
        markers.add(new Moment(step.at().toMillis(), "result"));
        resultAt = Math.min(resultAt, step.at().toMillis());
      }
    }
    long noOutputAt =
        markers.isEmpty() || markers.get(0).at > limits.noOutput ? limits.noOutput : Long.MAX_VALUE;
    long idleAt = idleAt(markers, limits.idle);
    long first =
        Math.min(Math.min(exitAt, resultAt), Math.min(noOutputAt, Math.min(idleAt, limits.hard)));
    boolean seen = !markers.isEmpty() && markers.get(0).at <= first;
    if (first
        == resultAt) { // also when it exits at the same moment: the steps of one moment keep their
      // order
      return afterResult(script, exitAt, resultAt, limits);
    }
    if (first == exitAt) {
      return ownExit(script, exit, seen);
    }
    if (first == idleAt) {
      return new ExpectedEnd("done", "idle_cleanup", true, true);
    }
    // what it puts out while it is being stopped is output too
    long gone = goneAt(script, first, exitAt);
    boolean heard = !markers.isEmpty() && markers.get(0).at < gone;
    return new ExpectedEnd(
        "failed", first == noOutputAt ? "no_output_timeout" : "hard_timeout", heard, true);
  }

  /** When a worker that is asked to end at this moment is gone, or given up. */
  private static long goneAt(WorkerScript script, long asked, long exitAt) {
    long killed = asked + GRACE;
    long gone = Math.min(exitAt, killed + GRACE);
    if (script.onTerminate() != null) {
      gone = Math.min(gone, asked + script.onTerminate().toMillis());
    }
    return script.onKill() == null ? gone : Math.min(gone, killed + script.onKill().toMillis());
  }

  /**
   * When the worker has been quiet for so long, with no tool in flight, after at least one marker.
   */
  private static long idleAt(List<Moment> markers, long idle) {
    int tools = 0;
    for (int i = 0; i < markers.size(); i++) {
      Moment marker = markers.get(i);
      if (marker.what.equals("tool+")) {
        tools++;
      } else if (marker.what.equals("tool-")) {
        tools = Math.max(0, tools - 1);
      }
      boolean lastOfItsMoment = i + 1 == markers.size() || markers.get(i + 1).at > marker.at;
      boolean quiet = i + 1 == markers.size() || markers.get(i + 1).at - marker.at > idle;
      if (lastOfItsMoment && quiet && tools == 0) {
        return marker.at + idle;
      }
    }
    return Long.MAX_VALUE;
  }

  private static ExpectedEnd afterResult(
      WorkerScript script, long exitAt, long resultAt, Limits limits) {
    long leaves = exitAt;
    if (script.onInputClosed() != null) { // its input is closed with the result
      leaves = Math.min(leaves, resultAt + script.onInputClosed().toMillis());
    }
    boolean byItself = leaves <= resultAt + limits.linger;
    boolean clean = byItself && !pipeHeldOpen(script, leaves);
    return new ExpectedEnd("done", clean ? "completed" : "linger_cleanup", true, true);
  }

  private static ExpectedEnd ownExit(WorkerScript script, ExitStatus exit, boolean seen) {
    if (exit instanceof ExitStatus.Code code) {
      if (code.code() != 0) {
        return new ExpectedEnd("failed", "exit_nonzero", seen, true);
      }
      boolean held = pipeHeldOpen(script, Long.MAX_VALUE);
      return new ExpectedEnd("done", held ? "linger_cleanup" : "completed", seen, true);
    }
    return exit instanceof ExitStatus.Signal
        ? new ExpectedEnd("failed", "killed_by_signal", seen, true)
        : new ExpectedEnd("failed", "worker_lost", seen, true);
  }

  /** Somebody holds its output, and it had not closed it itself before it left. */
  private static boolean pipeHeldOpen(WorkerScript script, long leaves) {
    if (!script.holdsPipe()) {
      return false;
    }
    for (WorkerScript.Step step : script.steps()) {
      if (step.at().toMillis() > leaves || step.deed() instanceof WorkerScript.Exit) {
        return true;
      }
      if (step.deed() instanceof WorkerScript.CloseOutput) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return state + "/" + reason;
  }
}
