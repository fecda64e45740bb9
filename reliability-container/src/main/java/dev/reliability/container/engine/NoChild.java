package dev.reliability.container.engine;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerIdentity;
import dev.reliability.container.InputResult;
import dev.reliability.container.Transcript;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stands for the child of a container for which none was started. */
final class NoChild implements ContainerHandle {
  private static final Transcript.Stream NOTHING =
      new Transcript.Stream(0, "", "", 0, 0, 0, List.of());

  private final RunContext context;

  NoChild(RunContext context) {
    this.context = context;
  }

  @Override
  public String name() {
    return "none";
  }

  @Override
  public String run() {
    return context.run();
  }

  @Override
  public Map<String, String> labels() {
    return Map.of();
  }

  @Override
  public Optional<ContainerIdentity> identity() {
    return Optional.empty();
  }

  @Override
  public InputResult send(byte[] input) {
    return InputResult.CLOSED;
  }

  @Override
  public Transcript transcript() {
    return new Transcript(NOTHING, NOTHING);
  }

  @Override
  public CompletionStage<StopReport> closeInput() {
    return CompletableFuture.completedFuture(StopReport.CLEAN);
  }

  @Override
  public CompletionStage<StopReport> terminate() {
    return CompletableFuture.completedFuture(StopReport.CLEAN);
  }

  @Override
  public CompletionStage<StopReport> kill() {
    return CompletableFuture.completedFuture(StopReport.CLEAN);
  }

  @Override
  public boolean isAlive() {
    return false;
  }
}
