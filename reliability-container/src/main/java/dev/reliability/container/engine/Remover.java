package dev.reliability.container.engine;

import dev.reliability.core.runtime.Strand;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that one container is removed by one removal at a time, and no more once it is gone.
 * Belongs to the container's strand.
 */
final class Remover {
  private static final Logger log = LoggerFactory.getLogger(Remover.class);

  private final EngineCommands commands;
  private final Timers timers;
  private final Strand strand;
  private final String name;
  private @Nullable CompletableFuture<Removal.Result> current;
  private boolean gone;
  private long failures;

  Remover(EngineCommands commands, Timers timers, Strand strand, String name) {
    this.commands = commands;
    this.timers = timers;
    this.strand = strand;
    this.name = name;
  }

  /** There is no such container, and there will be none. */
  void nothingThere() {
    gone = true;
    current = CompletableFuture.completedFuture(new Removal.Result(null, true, ""));
  }

  /** Whether the engine has nothing of it any more. */
  boolean isGone() {
    return gone;
  }

  /** Whether it was begun to remove it. */
  boolean isBusy() {
    return current != null;
  }

  /** Removes it; who asks while it is being removed, or after it is gone, gets the same stage. */
  CompletableFuture<Removal.Result> remove(Removal.Known known) {
    CompletableFuture<Removal.Result> before = current;
    if (before != null && (gone || !before.isDone())) {
      return before;
    }
    CompletableFuture<Removal.Result> fresh =
        Removal.of(commands, timers, strand, name, known)
            .thenApply(
                result -> {
                  gone = result.isGone();
                  if (!gone && Long.bitCount(++failures) == 1) {
                    log.warn(
                        "Container {} could not be removed ({} times so far): {}",
                        name,
                        failures,
                        result.why());
                  }
                  return result;
                });
    current = fresh;
    return fresh;
  }
}
