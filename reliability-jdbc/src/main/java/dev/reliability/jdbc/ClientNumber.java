package dev.reliability.jdbc;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A number that no other store in these tables has, drawn where the tokens are: when something is
 * first written, so that who only reads writes nothing (requirement F6). Thread-safe.
 */
final class ClientNumber {
  private static final long NONE = 0;

  private final Database database;
  private final AtomicLong number = new AtomicLong(NONE);

  ClientNumber(Database database) {
    this.database = database;
  }

  /** The number. Of two that are drawn at once, one is never used. */
  long get() {
    long known = number.get();
    if (known != NONE) {
      return known;
    }
    long drawn = draw();
    return number.compareAndSet(NONE, drawn) ? drawn : number.get();
  }

  /** To draw again is harmless, so nothing has to be known of a draw whose answer was lost. */
  private long draw() {
    String what = "taking a number for this store";
    return database.dialect() == Dialect.POSTGRESQL
        ? database.read(what, (session, again) -> one(session, "SELECT nextval('{token}')"))
        : database.transaction(
            what,
            (session, again) ->
                one(
                    session,
                    "UPDATE {counters} SET value = value + 1 WHERE name = 'token' RETURNING value"));
  }

  private long one(Session session, String sql) throws SQLException {
    return new Sql(database.names(), sql).one(session, new Sql.Args(), row -> row.getLong(1));
  }
}
