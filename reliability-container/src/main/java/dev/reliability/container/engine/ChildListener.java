package dev.reliability.container.engine;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.WorkerListener;

/**
 * Hears the child that carries a container's pipes. Its output goes on to the host's listener once
 * it is known to be the worker's; what it is and how it ends is news for the container alone.
 */
final class ChildListener implements WorkerListener {
  private final ContainerLife life;
  private final WorkerListener listener;
  private final Gate gate;

  ChildListener(ContainerLife life, WorkerListener listener) {
    this.life = life;
    this.listener = listener;
    this.gate = life.gate();
  }

  @Override
  public void spawned(String workerName) {
    life.strand().execute(life::childUp);
  }

  @Override
  public void spawnFailed(SpawnFailure failure) {
    SpawnFailure told =
        new SpawnFailure(failure.kind(), "the engine's command line: " + failure.detail());
    life.strand().execute(() -> life.refused(told));
  }

  @Override
  public void spawnUnknown(String detail) {
    spawnFailed(new SpawnFailure(SpawnFailure.Kind.OTHER, detail));
  }

  /** On a thread that reads: what the engine itself complains of must not count as the worker's. */
  @Override
  public void output(long bytes) {
    if (!gate.isDecided() && life.child().transcript().out().bytes() > 0) {
      life.strand().execute(life::up);
    }
    if (gate.awaitUp()) {
      listener.output(bytes);
    }
  }

  @Override
  public void outputHeld(boolean held) {
    listener.outputHeld(held);
  }

  @Override
  public void progress() {
    if (gate.isUp()) {
      listener.progress();
    }
  }

  @Override
  public void toolsInFlight(int inFlight) {
    if (gate.isUp()) {
      listener.toolsInFlight(inFlight);
    }
  }

  @Override
  public void result(String payload) {
    if (gate.isUp()) {
      listener.result(payload);
    }
  }

  @Override
  public void eof() {
    gate.eof();
  }

  @Override
  public void exited(ExitStatus status) {
    life.strand().execute(() -> life.childExited(status));
  }
}
