package dev.reliability.jdbc;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.util.Set;

/** What an exception of a driver means for the step that it ended. */
enum SqlFault {
  /** Somebody was in the way. The step was undone and may be taken again. */
  CONTENTION,
  /** The connection is gone. Whether the step was taken is not known. */
  CONNECTION_LOST,
  /** The database refused, and would again. The step was undone. */
  REFUSED;

  private static final Set<String> IN_THE_WAY = Set.of("40001", "40P01", "55P03");
  private static final Set<String> GOING_DOWN = Set.of("57P01", "57P02", "57P03");
  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_LOCKED = 6;

  /** Too big, constraint, mismatch. */
  private static final Set<Integer> SQLITE_DATA = Set.of(18, 19, 20);

  static SqlFault of(Dialect dialect, SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        SqlFault fault = ofOne(dialect, sql);
        if (fault != REFUSED) {
          return fault;
        }
      }
    }
    return REFUSED;
  }

  private static SqlFault ofOne(Dialect dialect, SQLException e) {
    if (dialect == Dialect.SQLITE) {
      int code = e.getErrorCode() & 0xff; // the rest is detail
      return code == SQLITE_BUSY || code == SQLITE_LOCKED ? CONTENTION : REFUSED;
    }
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (IN_THE_WAY.contains(state)) {
      return CONTENTION;
    }
    return state.startsWith("08")
            || GOING_DOWN.contains(state)
            || e instanceof SQLRecoverableException
        ? CONNECTION_LOST
        : REFUSED;
  }

  /** Whether a value cannot be stored: it is too long, or of a kind that the database lacks. */
  static boolean isData(Dialect dialect, SQLException e) {
    if (dialect == Dialect.SQLITE) {
      return SQLITE_DATA.contains(e.getErrorCode() & 0xff);
    }
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
  }
}
