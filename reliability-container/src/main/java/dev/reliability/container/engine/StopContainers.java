package dev.reliability.container.engine;

import dev.reliability.core.run.StopReport;
import dev.reliability.core.runtime.Pause;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends all containers of a runtime within a fixed time, on the calling thread: end of input and the
 * stop signal, a short grace, kill and removal.
 */
final class StopContainers {
  private static final Logger log = LoggerFactory.getLogger(StopContainers.class);
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Timers timers;
  private final List<EngineContainer> containers;

  StopContainers(Timers timers, List<EngineContainer> containers) {
    this.timers = timers;
    this.containers = containers;
  }

  /** Returns when nothing is left, or when the time is up. */
  void run() {
    if (containers.isEmpty()) {
      return;
    }
    containers.forEach(EngineContainer::closeInput);
    containers.forEach(EngineContainer::terminate);
    await(GRACE_NANOS, () -> containers.stream().noneMatch(EngineContainer::isAlive));
    List<CompletableFuture<StopReport>> kills =
        containers.stream().map(container -> container.kill().toCompletableFuture()).toList();
    await(LIMIT_NANOS, () -> kills.stream().allMatch(CompletableFuture::isDone));
    for (int i = 0; i < kills.size(); i++) {
      if (!kills.get(i).isDone() || kills.get(i).isCompletedExceptionally()) {
        log.warn("{} could not be stopped in time", containers.get(i));
      }
    }
  }

  private void await(long limit, BooleanSupplier done) {
    long begin = timers.nanos();
    while (!done.getAsBoolean() && timers.nanos() - begin < limit) {
      Pause.ofNanos(PAUSE_NANOS);
    }
  }
}
