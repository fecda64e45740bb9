package dev.reliability.jdbc;

import dev.reliability.core.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the tables and brings them up to date. Any number of nodes may try at once: one does it,
 * the others wait and find it done.
 */
final class Schema {
  private static final Logger log = LoggerFactory.getLogger(JdbcStore.class);
  private static final String VERSION = "version";
  private static final String READABLE_BY = "readable_by";

  /** Any number, the same for all nodes; the prefix is added, so that sets of tables differ. */
  private static final long LOCK = 0x72656c6961626c65L;

  private final Database database;
  private final Names names;

  Schema(Database database) {
    this.database = database;
    this.names = database.names();
  }

  /** Makes what is missing. Changes nothing if the tables are up to date. */
  void bringUpToDate() {
    int found = database.read("reading the version of the tables", (c, again) -> usable(c));
    if (found < Tables.VERSION) {
      database.transaction(
          "making the tables",
          (c, again) -> {
            exclude(c);
            upgrade(c, Tables.VERSION);
            return Tables.VERSION;
          });
    }
  }

  /** The version found, if these tables can be worked with; 0 if there are none. */
  private int usable(Session session) throws SQLException {
    if (!exists(session)) {
      return 0;
    }
    Integer version = meta(session, VERSION);
    Integer readableBy = meta(session, READABLE_BY);
    if (version == null) {
      return 0;
    }
    if (readableBy != null && readableBy > Tables.VERSION) {
      throw new StoreException(
          names.where()
              + ": expected tables for version "
              + Tables.VERSION
              + ", got version "
              + version
              + ", which needs a library for version "
              + readableBy
              + " or later",
          null);
    }
    return version;
  }

  private boolean exists(Session session) throws SQLException {
    String sql =
        names.dialect() == Dialect.POSTGRESQL
            ? "SELECT 1 WHERE to_regclass('{meta}') IS NOT NULL"
            : "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{meta}'";
    return new Sql(names, sql).first(session, new Sql.Args(), row -> 1) != null;
  }

  private @Nullable Integer meta(Session session, String name) throws SQLException {
    return new Sql(names, "SELECT value FROM {meta} WHERE name = :name")
        .first(session, new Sql.Args().text("name", name), row -> row.getInt(1));
  }

  /** The lock ends with the transaction; SQLite's transaction is a lock of its own. */
  private void exclude(Session session) throws SQLException {
    if (names.dialect() == Dialect.POSTGRESQL) {
      new Sql(names, "SELECT pg_advisory_xact_lock(:key)")
          .one(session, new Sql.Args().number("key", LOCK + names.of("").hashCode()), row -> true);
    }
  }

  /** Takes all steps up to {@code target} that were not taken yet. */
  void upgrade(Session session, int target) throws SQLException {
    try (Statement statement = session.connection().createStatement()) {
      makeSchema(statement);
      statement.execute(names.fill(Tables.meta()));
      int from = usable(session);
      for (int version = from + 1; version <= target; version++) {
        for (String sql : Tables.step(names.dialect(), version)) {
          statement.execute(names.fill(sql));
        }
      }
      if (from < target) {
        put(statement, VERSION, target);
        put(statement, READABLE_BY, Math.min(target, Tables.READABLE_BY));
        log.info("{}: from version {} to {}", names.where(), from, target);
      }
    }
  }

  private void put(Statement statement, String name, int value) throws SQLException {
    statement.execute(
        names.fill(
            "INSERT INTO {meta} (name, value) VALUES ('"
                + name
                + "', "
                + value
                + ") ON CONFLICT (name) DO UPDATE SET value = excluded.value"));
  }

  /** Asks first: to make a schema takes a right that one who only uses it need not have. */
  private void makeSchema(Statement statement) throws SQLException {
    String schema = names.schema();
    if (schema == null) {
      return;
    }
    boolean missing;
    try (ResultSet rows =
        statement.executeQuery("SELECT 1 FROM pg_namespace WHERE nspname = '" + schema + "'")) {
      missing = !rows.next();
    }
    if (missing) {
      statement.execute("CREATE SCHEMA " + schema);
    }
  }
}
