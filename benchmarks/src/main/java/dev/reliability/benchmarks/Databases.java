package dev.reliability.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** A database for one measurement, with what was opened on it. Ends with it. */
final class Databases implements AutoCloseable {
  private static final String SQLITE_SETTINGS =
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000";

  private final String url;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private Databases(String url, AutoCloseable server) {
    this.url = url;
    open.push(server);
  }

  /** A PostgreSQL that waits for its disk. */
  static Databases postgres() throws IOException {
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setLocaleConfig("locale", "C.UTF-8")
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "300")
            .start();
    return new Databases(server.getJdbcUrl("postgres", "postgres"), server);
  }

  /** A file of SQLite. */
  static Databases sqlite() throws IOException {
    Path directory = Files.createTempDirectory("benchmark");
    Path file = directory.resolve("store.db");
    return new Databases(
        "jdbc:sqlite:" + file,
        () -> {
          for (String suffix : new String[] {"", "-wal", "-shm"}) {
            Files.deleteIfExists(Path.of(file + suffix));
          }
          Files.delete(directory);
        });
  }

  boolean isSqlite() {
    return url.startsWith("jdbc:sqlite");
  }

  /** A pool of so many connections. */
  HikariDataSource pool(int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(size);
    if (isSqlite()) {
      config.setConnectionInitSql(SQLITE_SETTINGS);
    }
    HikariDataSource pool = new HikariDataSource(config);
    open.push(pool);
    return pool;
  }

  /** A connection of one's own. */
  Connection connection() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    open.push(connection);
    if (isSqlite()) {
      execute(connection, SQLITE_SETTINGS);
    }
    return connection;
  }

  /** Statements, one after the other. */
  void execute(String... all) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      execute(connection, all);
    }
  }

  private static void execute(Connection connection, String... all) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : all) {
        for (String one : sql.split(";")) {
          statement.execute(one);
        }
      }
    }
  }

  /** The same statement with many values, in one transaction. */
  void fill(String sql, int count, Filler filler) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      connection.setAutoCommit(false);
      for (int i = 0; i < count; i++) {
        filler.bind(statement, i);
        statement.addBatch();
        if (i % 1_000 == 999) {
          statement.executeBatch();
        }
      }
      statement.executeBatch();
      connection.commit();
    }
  }

  /** Binds the values of row number {@code i}. */
  @FunctionalInterface
  interface Filler {
    void bind(PreparedStatement statement, int i) throws SQLException;
  }

  @Override
  public void close() {
    Consumer<AutoCloseable> end =
        each -> {
          try {
            each.close();
          } catch (Exception e) {
            System.err.println("closing: " + e);
          }
        };
    while (!open.isEmpty()) {
      end.accept(open.pop());
    }
  }
}
