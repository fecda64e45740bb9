package dev.reliability.core.check;

import dev.reliability.core.runtime.BlockingCall;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.runtime.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A check by code that blocks. A call that was given up and heeds no interrupt keeps its thread; so
 * while there is one the code is not called again, and one such thread is all that hangs.
 */
final class BlockingCheck implements DependencyCheck {
  /** What code that heeds an interrupt has to do so. */
  private static final long GRACE_NANOS = Duration.ofMillis(100).toNanos();

  private final Blocking code;
  private final Set<Call> running = ConcurrentHashMap.newKeySet();

  BlockingCheck(Blocking code) {
    this.code = code;
  }

  /** One call of the code, from when it began until it returned. */
  private static final class Call {
    private final TimeSource time;
    private final Instant began;
    private volatile boolean isGivenUp;
    private volatile long givenUpNanos;

    Call(TimeSource time) {
      this.time = time;
      began = time.wall();
    }

    void giveUp() {
      givenUpNanos = time.nanos();
      isGivenUp = true;
    }

    boolean hangs() {
      return isGivenUp && time.nanos() - givenUpNanos >= GRACE_NANOS;
    }
  }

  @Override
  public CompletionStage<CheckResult> check(CheckContext context) {
    Optional<Call> hanging =
        running.stream().filter(Call::hangs).min(Comparator.comparing(one -> one.began));
    if (hanging.isPresent()) {
      return CompletableFuture.completedFuture(
          CheckResult.failed(
              "hangs since "
                  + hanging.get().began
                  + ": that call was given up and has not returned, so there is no other"));
    }
    Call call = new Call(context.runtime().time());
    CompletableFuture<CheckResult> result =
        BlockingCall.on(
            context.runtime().strand(Strand.Kind.IO, "check"),
            () -> {
              running.add(call);
              try {
                return code.check(context);
              } finally {
                running.remove(call);
              }
            });
    result.whenComplete(
        (value, error) -> {
          if (result.isCancelled()) {
            call.giveUp();
          }
        });
    return result;
  }
}
