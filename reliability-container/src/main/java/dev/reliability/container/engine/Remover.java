package dev.reliability.container.engine;

import dev.reliability.core.runtime.Strand;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that one container is removed by one removal at a time, and no more once it is gone.
 * Belongs to the container's strand.
 */
final class Remover {
  private static final Logger log = LoggerFactory.getLogger(Remover.class);

  private final ContainerServices services;
  private final Strand strand;
  private final String name;
  private final String target;
  private @Nullable CompletableFuture<Removal.Result> current;
  private boolean gone;
  private boolean half; // it was cut off while it was made, and its monitor may be there
  private long failures;

  /**
   * Of one container.
   *
   * @param target its name, or its id if that is known
   */
  Remover(ContainerServices services, Strand strand, String name, String target) {
    this.services = services;
    this.strand = strand;
    this.name = name;
    this.target = target;
  }

  /** There is no such container, and there will be none. */
  void nothingThere() {
    gone = true;
    half = false;
    current = CompletableFuture.completedFuture(new Removal.Result(null, true, ""));
  }

  /** It was cut off while it was made: what watches over it is to go, too. */
  void cutOff() {
    half = true;
  }

  /** Whether the engine has nothing of it any more, and nobody watches over it. */
  boolean isGone() {
    return gone && !half;
  }

  /** Whether it was begun to remove it. */
  boolean isBusy() {
    return current != null;
  }

  /** Removes it; who asks while it is being removed, or after it is gone, gets the same stage. */
  CompletableFuture<Removal.Result> remove(Removal.Known known) {
    CompletableFuture<Removal.Result> before = current;
    if (before != null && (isGone() || !before.isDone())) {
      return before;
    }
    CompletableFuture<Removal.Result> fresh =
        Removal.of(services.commands(), services.timers(), strand, target, known)
            .thenCompose(
                result -> half ? withoutMonitor(result) : CompletableFuture.completedFuture(result))
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

  private CompletionStage<Removal.Result> withoutMonitor(Removal.Result result) {
    return services
        .killMonitor(name)
        .exceptionally(failed -> List.of(String.valueOf(failed)))
        .thenApplyAsync(
            left -> {
              half = !left.isEmpty();
              return half
                  ? new Removal.Result(result.last(), false, "its monitor survived: " + left)
                  : result;
            },
            strand);
  }
}
