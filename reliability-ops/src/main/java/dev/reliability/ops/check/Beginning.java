package dev.reliability.ops.check;

import dev.reliability.core.check.CheckOutput;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Reads the first 1,500 bytes of a body into a check's output, and then no more. */
final class Beginning implements BodySubscriber<Void> {
  private static final int MOST = 1500;

  private final CheckOutput output;
  private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
  private int read;
  private Flow.@Nullable Subscription subscription;

  Beginning(CheckOutput output) {
    this.output = output;
  }

  @Override
  public CompletionStage<Void> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Flow.Subscription value) {
    subscription = value;
    value.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[Math.min(buffer.remaining(), MOST - read)];
      buffer.get(bytes);
      output.append(bytes, 0, bytes.length, false);
      read += bytes.length;
    }
    Flow.Subscription more = subscription;
    if (more == null) {
      return;
    } else if (read < MOST) {
      more.request(1);
    } else {
      more.cancel();
      done.complete(null);
    }
  }

  @Override
  public void onError(Throwable error) {
    done.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    done.complete(null);
  }
}
