package dev.reliability.ops.serve;

import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.io.Connection;

/**
 * Closes connections that have no whole request for long, however slowly bytes of one drip in:
 * Jetty's own limit starts again with each byte. Thread-safe.
 */
final class Connections implements Connection.Listener {
  /** How long a request may take to arrive as a whole, and a connection to send the next. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final ReliabilityRuntime runtime;
  private final Strand strand;
  private final Map<Connection, Long> waitedFor = new ConcurrentHashMap<>();
  private volatile boolean isClosed;

  Connections(ReliabilityRuntime runtime) {
    this.runtime = runtime;
    strand = runtime.strand(Strand.Kind.MONITOR, "connections");
  }

  /** Looks from now on. */
  void start() {
    try {
      runtime.scheduler().schedule(strand, LOOK_EVERY.toNanos(), this::look);
    } catch (RejectedExecutionException closed) {
      isClosed = true;
    }
  }

  void close() {
    isClosed = true;
  }

  @Override
  public void onOpened(Connection connection) {
    waitedFor.put(connection, runtime.time().nanos());
  }

  @Override
  public void onClosed(Connection connection) {
    waitedFor.remove(connection);
  }

  /** Its request is there as a whole. */
  void isWhole(Connection connection) {
    waitedFor.remove(connection);
  }

  /** Its request was answered. */
  void isAnswered(Connection connection) {
    if (connection.getEndPoint().isOpen()) {
      waitedFor.put(connection, runtime.time().nanos());
      if (!connection.getEndPoint().isOpen()) {
        waitedFor.remove(connection); // it was closed meanwhile, and nobody tells of that again
      }
    }
  }

  private void look() {
    if (isClosed) {
      return;
    }
    start();
    long now = runtime.time().nanos();
    waitedFor.forEach(
        (connection, since) -> {
          if (now - since > PATIENCE.toNanos() && waitedFor.remove(connection, since)) {
            connection.getEndPoint().close();
          }
        });
  }
}
