package dev.reliability.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;

/** An empty database of either kind, with a pool, and a clock that stands still. */
final class TestDatabase implements AutoCloseable {
  private static final long START = 1_750_000_000_000_000_000L;
  private static final int POOL = 10;

  private final String url;
  private final HikariDataSource pool;

  private TestDatabase(String url, int size) {
    this.url = url;
    this.pool = newPool(url, size);
  }

  static TestDatabase of(Dialect dialect, Path directory) throws SQLException {
    return of(dialect, directory, POOL);
  }

  static TestDatabase of(Dialect dialect, Path directory, int poolSize) throws SQLException {
    String url =
        dialect == Dialect.SQLITE
            ? "jdbc:sqlite:" + directory.resolve("stores.db")
            : PostgresServer.newDatabase();
    return new TestDatabase(url, poolSize);
  }

  static TestDatabase at(String url) {
    return new TestDatabase(url, POOL);
  }

  static HikariDataSource newPool(String url, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }

  String url() {
    return url;
  }

  DataSource pool() {
    return pool;
  }

  JdbcStore open() {
    return JdbcStore.open(pool);
  }

  /** A store that goes by a clock which only {@link #advance} moves. */
  JdbcStore openWithTestClock() throws SQLException {
    execute("CREATE TABLE IF NOT EXISTS test_clock (nanos BIGINT NOT NULL)");
    if (number("SELECT count(*) FROM test_clock") == 0) {
      execute("INSERT INTO test_clock (nanos) VALUES (" + START + ")");
    }
    return JdbcStore.builder(pool).timeSql("(SELECT nanos FROM test_clock)").open();
  }

  Instant start() {
    return Nanos.instant(START);
  }

  void advance(Duration by) {
    try {
      execute("UPDATE test_clock SET nanos = nanos + " + by.toNanos());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  long number(String query) throws SQLException {
    return Long.parseLong(text(query));
  }

  String text(String query) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
