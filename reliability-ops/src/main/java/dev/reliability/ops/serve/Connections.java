package dev.reliability.ops.serve;

import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.io.Connection;

/**
 * Closes connections that for long have no whole request, or have not read a whole answer, however
 * slowly its bytes drip: Jetty's own limit starts again with each byte. Thread-safe.
 */
final class Connections implements Connection.Listener {
  /** How long a request may take to arrive as a whole, and a connection to send the next. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  /** How long an answer may take to be read as a whole; what is watched has no end. */
  static final Duration READING = Duration.ofMinutes(1);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final ReliabilityRuntime runtime;
  private final Strand strand;
  private final Map<Connection, Long> closeAt = new ConcurrentHashMap<>();
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
    closeIn(PATIENCE, connection);
  }

  @Override
  public void onClosed(Connection connection) {
    closeAt.remove(connection);
  }

  /** Its request is there as a whole. */
  void isWhole(Connection connection) {
    closeAt.remove(connection);
  }

  /** Its answer is on the way. */
  void isSent(Connection connection) {
    closeIn(READING, connection);
  }

  /** Its request was answered. */
  void isAnswered(Connection connection) {
    if (connection.getEndPoint().isOpen()) {
      closeIn(PATIENCE, connection);
      if (!connection.getEndPoint().isOpen()) {
        closeAt.remove(connection); // it was closed meanwhile, and nobody tells of that again
      }
    }
  }

  private void closeIn(Duration time, Connection connection) {
    closeAt.put(connection, runtime.time().nanos() + time.toNanos());
  }

  private void look() {
    if (isClosed) {
      return;
    }
    start();
    long now = runtime.time().nanos();
    closeAt.forEach(
        (connection, at) -> {
          if (now - at > 0 && closeAt.remove(connection, at)) {
            connection.getEndPoint().close();
          }
        });
  }
}
