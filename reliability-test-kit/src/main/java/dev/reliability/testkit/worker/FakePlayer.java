package dev.reliability.testkit.worker;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Plays one start of a {@link FakeWorker}. All that happens to it happens on its strand. */
final class FakePlayer implements WorkerHandle {
  private static final String GUARANTEE = "simulated";

  private final ReliabilityRuntime runtime;
  private final WorkerScript script;
  private final WorkerListener listener;
  private final Strand strand;
  private final String name;
  private final List<String> stops = new CopyOnWriteArrayList<>();
  private volatile boolean up;
  private volatile boolean ended;
  private boolean killed;
  private boolean eof;
  private int tools;

  FakePlayer(
      ReliabilityRuntime runtime,
      WorkerScript script,
      RunContext context,
      WorkerListener listener) {
    this.runtime = runtime;
    this.script = script;
    this.listener = listener;
    name = "fake-" + context.run() + "-" + context.attempt();
    strand = runtime.strand(Strand.Kind.DELIVERY, name);
  }

  void begin() {
    WorkerScript.Spawn spawn = script.spawn();
    if (spawn instanceof WorkerScript.Up itsUp) {
      after(itsUp.after(), this::up);
    } else if (spawn instanceof WorkerScript.Fails fails) {
      after(fails.after(), () -> listener.spawnFailed(fails.failure()));
    } else if (spawn instanceof WorkerScript.Unknown unknown) {
      after(unknown.after(), () -> listener.spawnUnknown(unknown.detail()));
    }
  }

  boolean wasUp() {
    return up;
  }

  List<String> stops() {
    return stops;
  }

  @Override
  public boolean isAlive() {
    return up && !ended;
  }

  @Override
  public CompletionStage<StopReport> closeInput() {
    return stopping("input", () -> reactTo(script.onInputClosed(), new ExitStatus.Code(0)));
  }

  @Override
  public CompletionStage<StopReport> terminate() {
    return stopping("terminate", () -> reactTo(script.onTerminate(), new ExitStatus.Signal(15)));
  }

  @Override
  public CompletionStage<StopReport> kill() {
    return stopping(
        "kill",
        () -> {
          killed = true;
          reactTo(script.onKill(), new ExitStatus.Signal(9));
        });
  }

  private CompletionStage<StopReport> stopping(String step, Runnable reaction) {
    CompletableFuture<StopReport> stage = new CompletableFuture<>();
    strand.execute(
        () -> {
          stops.add(step);
          reaction.run();
          boolean survives = killed && isAlive() && script.onKill() == null;
          boolean abandoned = killed && ended && !eof;
          stage.complete(
              new StopReport(GUARANTEE, survives ? List.of(name) : List.of(), abandoned ? 1 : 0));
        });
    return stage;
  }

  private void reactTo(@Nullable Duration delay, ExitStatus status) {
    if (isAlive() && delay != null) {
      after(delay, () -> exit(status));
    }
  }

  private void up() {
    if (killed) {
      listener.spawnFailed(new SpawnFailure(SpawnFailure.Kind.OTHER, "killed before it was up"));
      return;
    }
    up = true;
    listener.spawned(name);
    for (WorkerScript.Step step : script.steps()) {
      after(step.at(), () -> play(step.deed()));
    }
  }

  private void play(WorkerScript.Deed deed) {
    if (ended) {
      return;
    }
    if (deed instanceof WorkerScript.Exit exit) {
      exit(exit.status());
    } else if (eof) {
      return; // its output is closed, so nobody hears what else it does
    } else if (deed instanceof WorkerScript.Output output) {
      listener.output(output.bytes());
    } else if (deed instanceof WorkerScript.Progress) {
      listener.output(1);
      listener.progress();
    } else if (deed instanceof WorkerScript.ToolStart) {
      listener.output(1);
      listener.toolsInFlight(++tools);
    } else if (deed instanceof WorkerScript.ToolEnd) {
      listener.output(1);
      tools = Math.max(0, tools - 1);
      listener.toolsInFlight(tools);
    } else if (deed instanceof WorkerScript.Result result) {
      listener.output(1);
      listener.result(result.payload());
    } else if (deed instanceof WorkerScript.CloseOutput) {
      eof = true;
      listener.eof();
    }
  }

  private void exit(ExitStatus status) {
    if (ended) {
      return;
    }
    ended = true;
    listener.exited(status);
    if (!script.holdsPipe() && !eof) {
      eof = true;
      listener.eof();
    }
  }

  private void after(Duration delay, Runnable task) {
    runtime.scheduler().schedule(strand, delay.toNanos(), task);
  }
}
