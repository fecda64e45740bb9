package dev.reliability.container.contract;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerIdentity;
import dev.reliability.container.ContainerInfo;
import dev.reliability.container.InputResult;
import dev.reliability.container.Transcript;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.run.WorkerListener;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** One played worker. Belongs to its world, so nothing here is for several threads. */
final class FakeContainer implements ContainerHandle, WorkerListener {
  /** Bytes of input that wait for a worker that does not read. */
  static final int CAPACITY = 1024 * 1024;

  private final FakeContainers runtime;
  private final FakeSpec spec;
  private final RunContext context;
  private final WorkerListener listener;
  private final Map<String, String> labels;
  private final long number;
  private final StringBuilder out = new StringBuilder();
  private WorkerHandle player = new Unstarted();
  private boolean up;
  private boolean over;
  private boolean eof;
  private boolean inputClosed;
  private long waiting; // bytes sent before it was up, or that it does not read
  private final StringBuilder early = new StringBuilder();

  FakeContainer(
      FakeContainers runtime,
      FakeSpec spec,
      RunContext context,
      WorkerListener listener,
      Map<String, String> labels,
      long number) {
    this.runtime = runtime;
    this.spec = spec;
    this.context = context;
    this.listener = listener;
    this.labels = labels;
    this.number = number;
  }

  void begin(WorkerHandle newPlayer) {
    player = newPlayer;
  }

  boolean isAttempt(RunContext other) {
    return context.run().equals(other.run()) && context.attempt() == other.attempt();
  }

  ContainerInfo info() {
    ContainerInfo.State state = ContainerInfo.State.STARTING;
    if (over) {
      state = ContainerInfo.State.ENDED;
    } else if (up) {
      state = ContainerInfo.State.RUNNING;
    }
    return new ContainerInfo(name(), labels, state, identity().orElse(null));
  }

  // ---- the handle ----

  @Override
  public String name() {
    return context.run() + "-" + context.attempt();
  }

  @Override
  public String run() {
    return context.run();
  }

  @Override
  public Map<String, String> labels() {
    return labels;
  }

  @Override
  public Optional<ContainerIdentity> identity() {
    return up
        ? Optional.of(new ContainerIdentity.OfContainer("fake", "fake-" + number))
        : Optional.empty();
  }

  @Override
  public InputResult send(byte[] input) {
    if (inputClosed || over) {
      return InputResult.CLOSED;
    }
    if (waiting + input.length > CAPACITY) {
      return InputResult.FULL;
    }
    String text = new String(input, StandardCharsets.UTF_8);
    if (!spec.echoes()) {
      waiting += input.length;
    } else if (up) {
      echo(text);
    } else {
      early.append(text);
    }
    return InputResult.QUEUED;
  }

  private void echo(String text) {
    out.append(text);
    listener.output(text.length());
    text.lines().forEach(line -> listener.progress());
  }

  @Override
  public Transcript transcript() {
    return new Transcript(
        new Transcript.Stream(out.length(), out.toString(), "", 0, 0, 0, List.of()),
        new Transcript.Stream(0, "", "", 0, 0, 0, List.of()));
  }

  @Override
  public CompletionStage<StopReport> closeInput() {
    inputClosed = true;
    return player.closeInput();
  }

  @Override
  public CompletionStage<StopReport> terminate() {
    return player.terminate();
  }

  @Override
  public CompletionStage<StopReport> kill() {
    return player
        .kill()
        .thenApply(
            report -> {
              if (report.pipesAbandoned() > 0) {
                eof = true; // given up
                forgetIfOver();
              }
              return report;
            });
  }

  @Override
  public boolean isAlive() {
    return player.isAlive();
  }

  // ---- what the player tells ----

  @Override
  public void spawned(String workerName) {
    up = true;
    listener.spawned(workerName);
    if (early.length() > 0) {
      echo(early.toString());
    }
  }

  @Override
  public void spawnFailed(SpawnFailure failure) {
    runtime.forget(this);
    listener.spawnFailed(failure);
  }

  @Override
  public void spawnUnknown(String detail) {
    listener.spawnUnknown(detail);
  }

  @Override
  public void output(long bytes) {
    out.append(".".repeat((int) bytes));
    listener.output(bytes);
  }

  @Override
  public void progress() {
    listener.progress();
  }

  @Override
  public void toolsInFlight(int inFlight) {
    listener.toolsInFlight(inFlight);
  }

  @Override
  public void result(String payload) {
    listener.result(payload);
  }

  @Override
  public void eof() {
    eof = true;
    listener.eof();
    forgetIfOver();
  }

  @Override
  public void exited(ExitStatus status) {
    over = true;
    listener.exited(status);
    forgetIfOver();
  }

  private void forgetIfOver() {
    if (over && eof) {
      runtime.forget(this);
    }
  }

  /** Before it was begun; nobody has the handle yet. */
  private static final class Unstarted implements WorkerHandle {
    @Override
    public CompletionStage<StopReport> closeInput() {
      throw new IllegalStateException("not begun");
    }

    @Override
    public CompletionStage<StopReport> terminate() {
      throw new IllegalStateException("not begun");
    }

    @Override
    public CompletionStage<StopReport> kill() {
      throw new IllegalStateException("not begun");
    }

    @Override
    public boolean isAlive() {
      return false;
    }
  }
}
