package dev.reliability.ops.serve;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * One who watches: a stream of server-sent events that nobody waits for. Whoever reads slower than
 * is written for long is let go, and may come again for the whole. Thread-safe.
 */
final class HttpViewer implements Viewer {
  private static final int MOST_WAITING = 32;

  private final Response response;
  private final Callback end;
  private final Runnable gone;
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private boolean isWriting;
  private boolean isOver;

  /**
   * A stream.
   *
   * @param end ends the exchange
   * @param gone told once, when it is over
   */
  HttpViewer(Response response, Callback end, Runnable gone) {
    this.response = response;
    this.end = end;
    this.gone = gone;
  }

  @Override
  public void send(byte[] event) {
    boolean isTooSlow;
    synchronized (waiting) {
      if (isOver) {
        return;
      }
      waiting.add(event);
      isTooSlow = waiting.size() > MOST_WAITING;
    }
    if (isTooSlow) {
      over(new IllegalStateException("a viewer that reads too slowly"));
    } else {
      write();
    }
  }

  private void write() {
    byte[] next;
    synchronized (waiting) {
      if (isWriting || isOver || waiting.isEmpty()) {
        return;
      }
      isWriting = true;
      next = waiting.remove();
    }
    response.write(false, ByteBuffer.wrap(next), Callback.from(this::written, this::over));
  }

  private void written() {
    synchronized (waiting) {
      isWriting = false;
    }
    write();
  }

  @Override
  public void over() {
    over(null);
  }

  private void over(@Nullable Throwable why) {
    synchronized (waiting) {
      if (isOver) {
        return;
      }
      isOver = true;
      waiting.clear();
    }
    gone.run();
    if (why == null) {
      end.succeeded();
    } else {
      end.failed(why);
    }
  }
}
