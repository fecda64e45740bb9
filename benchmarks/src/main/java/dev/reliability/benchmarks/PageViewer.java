package dev.reliability.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** Watches the page as a browser does, on a plain socket, and counts what comes. */
final class PageViewer implements AutoCloseable {
  private final Socket socket;
  private final AtomicLong bytes = new AtomicLong();
  private volatile long firstBytes;
  private volatile double firstMillis;
  private volatile boolean isOver;

  /** Begins to watch; returns when the first board is there. */
  PageViewer(int port) throws IOException, InterruptedException {
    long start = System.nanoTime();
    socket = new Socket("127.0.0.1", port);
    String request = "GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    Thread reader = new Thread(() -> read(start), "viewer");
    reader.setDaemon(true);
    reader.start();
    while (firstBytes == 0 && !isOver) {
      Thread.sleep(1);
    }
    if (isOver) {
      throw new IOException("nothing to watch on port " + port);
    }
  }

  private void read(long start) {
    byte[] buffer = new byte[64 * 1024];
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    try {
      InputStream in = socket.getInputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        bytes.addAndGet(length);
        if (firstBytes == 0) {
          first.write(buffer, 0, length);
          int end = first.toString(StandardCharsets.ISO_8859_1).indexOf("event: at");
          if (end > 0) { // comes right after the first board
            firstMillis = (System.nanoTime() - start) / 1e6;
            firstBytes = end;
          }
        }
      }
    } catch (IOException e) {
      // closed by us
    } finally {
      isOver = true;
    }
  }

  /** What came so far, as it went over the wire. */
  long bytes() {
    return bytes.get();
  }

  /** How much of it was the first board, with the head of the answer. */
  long firstBytes() {
    return firstBytes;
  }

  /** How long the first board took from the wish to watch on. */
  double firstMillis() {
    return firstMillis;
  }

  /** Whether it was let go. */
  boolean isOver() {
    return isOver;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
