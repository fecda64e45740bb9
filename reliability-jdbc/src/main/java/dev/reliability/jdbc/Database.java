package dev.reliability.jdbc;

import dev.reliability.core.runtime.Pause;
import dev.reliability.core.store.StoreException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Takes steps in a database: borrows a connection for each, begins and ends the transaction, takes
 * a step again where that is safe, and says in words what failed. Thread-safe.
 */
final class Database {
  /** How often a step is taken when others are in the way. */
  private static final int MOST_CONTENDED = 6;

  /** How often a step is asked for when connections break. */
  private static final int MOST_LOST = 3;

  /** How often a file is put into WAL mode while others open it, for some seconds. */
  private static final int MOST_OPENING = 300;

  private static final long PAUSE_NANOS = 2_000_000;

  private final DataSource source;
  private final Names names;
  private final SqliteWriter writer;
  private final AtomicLong chance = new AtomicLong();

  /** Steps on the tables of {@code names}; {@code file} tells databases of SQLite apart. */
  Database(DataSource source, Names names, String file) {
    this.source = source;
    this.names = names;
    this.writer = new SqliteWriter(file, this::connect);
  }

  Names names() {
    return names;
  }

  Dialect dialect() {
    return names.dialect();
  }

  /** One step on a connection. */
  @FunctionalInterface
  interface Step<T> {
    /**
     * Takes it.
     *
     * @param again whether it was asked for before, and nobody knows whether it was taken
     */
    T take(Session session, boolean again) throws SQLException;
  }

  private enum Mode {
    READ,
    STATEMENT,
    TRANSACTION
  }

  /** A step that only looks, with one statement. */
  <T> T read(String what, Step<T> step) {
    return ask(what, Mode.READ, step);
  }

  /** A step that is one statement on PostgreSQL; on SQLite a transaction. */
  <T> T statement(String what, Step<T> step) {
    return ask(what, Mode.STATEMENT, step);
  }

  /** A step that is a transaction. */
  <T> T transaction(String what, Step<T> step) {
    return ask(what, Mode.TRANSACTION, step);
  }

  private <T> T ask(String what, Mode mode, Step<T> step) {
    boolean unknown = false;
    int contended = 0;
    int lost = 0;
    while (true) {
      try {
        return once(mode, step, unknown);
      } catch (NotConnectedException e) {
        throw failure(what, "no connection", unknown, e.sql());
      } catch (SQLException e) {
        switch (SqlFault.of(dialect(), e)) {
          case CONTENTION -> {
            if (++contended == MOST_CONTENDED) {
              throw failure(what, "others are in the way", unknown, e);
            }
          }
          case CONNECTION_LOST -> {
            unknown |= mode != Mode.READ;
            if (++lost == MOST_LOST) {
              throw failure(what, "the connection was lost", unknown, e);
            }
          }
          case REFUSED -> throw failure(what, "refused", unknown, e);
        }
      }
      pause(contended + lost);
    }
  }

  /** Waits for a few milliseconds, more with each attempt, and not the same for all. */
  void pause(int attempt) {
    long spread = (chance.addAndGet(0x9E3779B97F4A7C15L) ^ System.identityHashCode(this)) >>> 11;
    long most = PAUSE_NANOS << Math.min(attempt, 4);
    Pause.ofNanos(most / 2 + spread % (most / 2));
  }

  StoreException failure(String what, String how, boolean unknown, @Nullable SQLException e) {
    String why = e == null ? "" : ": " + told(e);
    return new StoreException(
        what
            + " failed at "
            + names.where()
            + " ("
            + how
            + ")"
            + why
            + (unknown ? "; it is not known whether the step was taken" : "; nothing was changed"),
        e);
  }

  /** Without the values, which the exception of a batch would spell out. */
  private static String told(SQLException e) {
    SQLException one = e instanceof BatchUpdateException ? e.getNextException() : null;
    return String.valueOf((one == null ? e : one).getMessage());
  }

  private <T> T once(Mode mode, Step<T> step, boolean again) throws SQLException {
    if (dialect() == Dialect.SQLITE && mode != Mode.READ) {
      return writer.write(step, again);
    }
    try (Connection connection = connect()) {
      boolean auto = connection.getAutoCommit();
      boolean wanted = mode != Mode.TRANSACTION;
      if (auto != wanted) {
        connection.setAutoCommit(wanted);
      }
      try {
        T answer =
            wanted
                ? step.take(Session.passing(connection), again)
                : committed(connection, step, again);
        if (auto != wanted) {
          connection.setAutoCommit(auto);
        }
        return answer;
      } catch (SQLException | RuntimeException e) {
        restore(connection, wanted, auto, e);
        throw e;
      }
    }
  }

  private static <T> T committed(Connection connection, Step<T> step, boolean again)
      throws SQLException {
    T answer = step.take(Session.passing(connection), again);
    connection.commit();
    return answer;
  }

  private static void restore(Connection connection, boolean wanted, boolean auto, Exception e) {
    try {
      if (!wanted) {
        connection.rollback();
      }
      if (auto != wanted) {
        connection.setAutoCommit(auto);
      }
    } catch (SQLException second) {
      e.addSuppressed(second);
    }
  }

  /** Readers and the writer then do not wait for each other. Stays with the file. */
  void useWriteAheadLog(Connection connection) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try (Statement control = connection.createStatement()) {
        SqliteWriter.settings(Session.passing(connection));
        try (ResultSet row = control.executeQuery("PRAGMA journal_mode = WAL")) {
          String mode = row.next() ? row.getString(1) : "nothing";
          if (!"wal".equals(mode)) {
            throw new StoreException("journal_mode: expected wal, got " + mode, null);
          }
          return;
        }
      } catch (SQLException e) {
        // Others that open the file at this moment are not waited for by SQLite itself.
        if (SqlFault.of(dialect(), e) != SqlFault.CONTENTION || attempt == MOST_OPENING) {
          throw e;
        }
        pause(attempt);
      }
    }
  }

  private Connection connect() throws SQLException {
    try {
      return source.getConnection();
    } catch (SQLException e) {
      throw new NotConnectedException(e);
    }
  }

  /** There was no connection, so nothing can have happened. */
  private static final class NotConnectedException extends SQLException {
    private static final long serialVersionUID = 1;

    NotConnectedException(SQLException cause) {
      super(cause);
    }

    SQLException sql() {
      return getCause() instanceof SQLException sql ? sql : this;
    }
  }
}
