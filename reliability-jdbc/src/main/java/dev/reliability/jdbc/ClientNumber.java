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
    long drawn = database.transaction("taking a number for this store", this::draw);
    return number.compareAndSet(NONE, drawn) ? drawn : number.get();
  }

  private long draw(Session session, boolean again) throws SQLException {
    String sql =
        database.dialect() == Dialect.POSTGRESQL
            ? "SELECT nextval('{token}')"
            : "UPDATE {counters} SET value = value + 1 WHERE name = 'token' RETURNING value";
    return new Sql(database.names(), sql).one(session, new Sql.Args(), row -> row.getLong(1));
  }
}
