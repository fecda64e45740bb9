package dev.reliability.container;

import dev.reliability.core.run.StopReport;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A handle that does as another does; what is wrong with it, a subclass says. */
class BentHandle implements ContainerHandle {
  final ContainerHandle right;

  BentHandle(ContainerHandle right) {
    this.right = right;
  }

  @Override
  public String name() {
    return right.name();
  }

  @Override
  public String run() {
    return right.run();
  }

  @Override
  public Map<String, String> labels() {
    return right.labels();
  }

  @Override
  public Optional<ContainerIdentity> identity() {
    return right.identity();
  }

  @Override
  public InputResult send(byte[] input) {
    return right.send(input);
  }

  @Override
  public Transcript transcript() {
    return right.transcript();
  }

  @Override
  public CompletionStage<StopReport> closeInput() {
    return right.closeInput();
  }

  @Override
  public CompletionStage<StopReport> terminate() {
    return right.terminate();
  }

  @Override
  public CompletionStage<StopReport> kill() {
    return right.kill();
  }

  @Override
  public boolean isAlive() {
    return right.isAlive();
  }
}
