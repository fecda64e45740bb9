package dev.reliability.jdbc;

import dev.reliability.core.check.CheckContext;
import dev.reliability.core.check.CheckResult;
import dev.reliability.core.check.DependencyCheck;
import dev.reliability.core.runtime.BlockingCall;
import dev.reliability.core.runtime.Strand;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A check of a database: it gives a connection, and the connection answers. By default the driver
 * is asked whether the connection is valid; a query of the host's own may be asked instead.
 *
 * <p>When the attempt is given up, a connection that hangs is aborted, and a pool that does not
 * give one is interrupted; a driver that heeds neither keeps one thread until it returns. Immutable
 * and thread-safe.
 */
public final class JdbcCheck implements DependencyCheck {
  private static final Logger log = LoggerFactory.getLogger(JdbcCheck.class);

  private final DataSource source;
  private final @Nullable String query;

  private JdbcCheck(DataSource source, @Nullable String query) {
    this.source = source;
    this.query = query;
  }

  /** Asks the driver whether a connection is valid. */
  public static JdbcCheck of(DataSource source) {
    return new JdbcCheck(Objects.requireNonNull(source, "source"), null);
  }

  /**
   * The same with a query that has to give at least one row.
   *
   * @param sql such as {@code SELECT 1 FROM orders LIMIT 1}
   * @throws IllegalArgumentException if it is blank
   */
  public JdbcCheck query(String sql) {
    if (sql.isBlank()) {
      throw new IllegalArgumentException("query: expected SQL, got \"" + sql + "\"");
    }
    return new JdbcCheck(source, sql);
  }

  @Override
  public CompletionStage<CheckResult> check(CheckContext context) {
    AtomicReference<@Nullable Connection> open = new AtomicReference<>();
    CompletableFuture<CheckResult> result =
        BlockingCall.on(
            context.runtime().strand(Strand.Kind.IO, "database check"),
            () -> ask(open, context.remaining()));
    result.whenComplete(
        (value, error) -> {
          Connection hanging = open.get();
          if (result.isCancelled() && hanging != null) {
            abort(hanging);
          }
        });
    return result;
  }

  private CheckResult ask(AtomicReference<@Nullable Connection> open, Duration remaining) {
    try (Connection connection = source.getConnection()) {
      open.set(connection);
      try {
        return query == null ? valid(connection, remaining) : answered(connection, query);
      } finally {
        open.set(null);
      }
    } catch (SQLException e) {
      String state = e.getSQLState();
      return CheckResult.failed(
          "the database refused"
              + (state == null ? "" : " (SQL state " + state + ")")
              + ": "
              + e.getMessage());
    }
  }

  private static CheckResult valid(Connection connection, Duration remaining) throws SQLException {
    int seconds = (int) Math.max(1, Math.min(remaining.toSeconds(), Integer.MAX_VALUE));
    return connection.isValid(seconds)
        ? CheckResult.passed("the database answers")
        : CheckResult.failed("the database gave a connection that is not valid");
  }

  private static CheckResult answered(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(1);
      try (ResultSet rows = statement.executeQuery(query)) {
        return rows.next()
            ? CheckResult.passed("the database answers")
            : CheckResult.failed("the query gave no row: " + query);
      }
    }
  }

  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException | RuntimeException | LinkageError e) {
      log.warn("A connection that hangs could not be aborted", e);
    }
  }
}
