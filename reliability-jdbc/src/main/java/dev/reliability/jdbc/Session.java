package dev.reliability.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection, and the statements that are prepared on it. Those of a borrowed connection are
 * closed after use (pools and drivers of servers keep them); those of SQLite, where nobody else
 * does, may be kept for the next time.
 */
final class Session {
  private final Connection connection;
  private final @Nullable Map<String, PreparedStatement> kept;

  private Session(Connection connection, @Nullable Map<String, PreparedStatement> kept) {
    this.connection = connection;
    this.kept = kept;
  }

  /** Statements are closed after use. */
  static Session passing(Connection connection) {
    return new Session(connection, null);
  }

  /** Statements are kept, for as long as the connection is open. For one thread at a time. */
  static Session keeping(Connection connection) {
    return new Session(connection, new HashMap<>());
  }

  Connection connection() {
    return connection;
  }

  /** What is done with a statement. */
  @FunctionalInterface
  interface Use<T> {
    T with(PreparedStatement statement) throws SQLException;
  }

  /** One that failed is not kept. */
  <T> T use(String sql, Use<T> use) throws SQLException {
    PreparedStatement old = kept == null ? null : kept.remove(sql);
    PreparedStatement statement = old == null ? connection.prepareStatement(sql) : old;
    boolean keep = false;
    try {
      T used = use.with(statement);
      keep = kept != null;
      return used;
    } finally {
      if (keep && kept != null) {
        kept.put(sql, statement);
      } else {
        statement.close();
      }
    }
  }

  void execute(String sql) throws SQLException {
    use(sql, PreparedStatement::execute);
  }

  /** Forgets what it keeps. */
  void close() throws SQLException {
    if (kept != null) {
      for (PreparedStatement statement : kept.values()) {
        statement.close();
      }
      kept.clear();
    }
  }
}
