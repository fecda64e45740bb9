package dev.reliability.whatsapp.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The body of an answer as text in UTF-8; an error if it is longer than 1 MiB. */
final class CappedText implements BodySubscriber<String> {
  static final int MOST_BYTES = 1 << 20;

  private final CompletableFuture<String> body = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription subscription;

  @Override
  public CompletionStage<String> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription to) {
    subscription = to;
    to.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    for (ByteBuffer part : parts) {
      byte[] next = new byte[part.remaining()];
      part.get(next);
      if (bytes.size() + next.length <= MOST_BYTES) {
        bytes.writeBytes(next);
      } else if (!body.isDone()) {
        body.completeExceptionally(
            new IOException("the answer is longer than " + MOST_BYTES + " bytes"));
      }
    }
    Flow.Subscription from = subscription;
    if (from != null) {
      if (body.isDone()) {
        from.cancel();
      } else {
        from.request(1);
      }
    }
  }

  @Override
  public void onError(Throwable e) {
    body.completeExceptionally(e);
  }

  @Override
  public void onComplete() {
    body.complete(bytes.toString(StandardCharsets.UTF_8));
  }
}
