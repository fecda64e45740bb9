package dev.reliability.whatsapp.gateway;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The body of a request that is written once at most, and of which this side knows whether it was.
 *
 * <p>{@code java.net.http} repeats a GET by itself when a connection that it kept turns out to be
 * closed, and with {@code jdk.httpclient.enableAllMethodRetry} every request; and which of its
 * errors come before something was written is nowhere said. So the bytes are guarded here: whoever
 * asks for them a second time, or after they were revoked, gets an error. Until they were handed
 * out nothing of the message has left this process. Thread-safe.
 */
final class GatewayBody implements BodyPublisher {
  private enum State {
    HELD,
    HANDED_OUT,
    REVOKED
  }

  private final byte[] bytes;
  private final Guard guard;

  GatewayBody(byte[] bytes, Guard guard) {
    this.bytes = bytes.clone();
    this.guard = guard;
  }

  /** Whether a body may be handed out; there may be a guard before there is a body. */
  static final class Guard {
    private final AtomicReference<State> state = new AtomicReference<>(State.HELD);

    /** Whether nothing was handed out, and now never will be. */
    boolean revoke() {
      return state.compareAndSet(State.HELD, State.REVOKED) || isRevoked();
    }

    boolean isRevoked() {
      return state.get() == State.REVOKED;
    }

    private boolean handOut() {
      return state.compareAndSet(State.HELD, State.HANDED_OUT);
    }
  }

  @Override
  public long contentLength() {
    return bytes.length;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    subscriber.onSubscribe(
        new Flow.Subscription() {
          private boolean isDone;

          @Override
          public void request(long count) {
            if (isDone) {
              return;
            }
            isDone = true;
            if (count <= 0) {
              subscriber.onError(
                  new IllegalArgumentException("request: expected at least 1, got " + count));
            } else if (guard.handOut()) {
              subscriber.onNext(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
              subscriber.onComplete();
            } else {
              subscriber.onError(new IOException("this body was written before, or is not to be"));
            }
          }

          @Override
          public void cancel() {
            isDone = true;
          }
        });
  }
}
