package dev.reliability.jdbc;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real PostgreSQL that keeps its data and its port over a restart, and forces its writes. */
final class RestartablePostgres implements Closeable {
  private final Path data;
  private final int port;
  private EmbeddedPostgres server;

  RestartablePostgres(Path data) throws IOException {
    this.data = data;
    server = start(0);
    port = server.getPort();
  }

  String address() {
    return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
  }

  /** Ends the connections of everybody, then the server, and starts it again. */
  void restart() throws IOException {
    server.close();
    Path running = data.resolve("postmaster.pid"); // close gives up on a server that takes long
    await("it stops").atMost(Duration.ofMinutes(1)).until(() -> Files.notExists(running));
    server = start(port);
  }

  private EmbeddedPostgres start(int wanted) throws IOException {
    EmbeddedPostgres.Builder builder =
        PostgresServer.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on");
    if (wanted != 0) {
      builder.setPort(wanted);
    }
    return builder.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
