package dev.reliability.jdbc;

import dev.reliability.core.store.StateStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Documents in a database. Thread-safe. */
final class JdbcStateStore implements StateStore {
  /** Behind everything that may follow in a name. */
  private static final String END = "\u007f";

  private final Database database;
  private final ClientNumber client;
  private final AtomicLong requests = new AtomicLong();
  private final Sql read;
  private final Sql create;
  private final Sql replace;
  private final Sql written;

  /** On PostgreSQL it notes the version as well. */
  private final Sql remove;

  /** The greatest version of a document that was removed: new ones begin behind it. */
  private final @Nullable Sql noteRemoved;

  private final Sql names;

  JdbcStateStore(Database database, ClientNumber client) {
    this.database = database;
    this.client = client;
    Names tables = database.names();
    read = new Sql(tables, "SELECT * FROM {docs} WHERE name = :name");
    create =
        new Sql(
            tables,
            """
            INSERT INTO {docs} (name, version, body, client, request)
            SELECT :name,
              1 + coalesce((SELECT value FROM {meta} WHERE name = 'docs_removed'), 0),
              :body, :client, :request
            WHERE NOT EXISTS (SELECT 1 FROM {docs} WHERE name = :name)
            ON CONFLICT (name) DO NOTHING
            """);
    replace =
        new Sql(
            tables,
            """
            UPDATE {docs} SET version = version + 1, body = :body, client = :client,
              request = :request
            WHERE name = :name AND version = :expected
            """);
    written =
        new Sql(
            tables,
            "SELECT 1 FROM {docs} WHERE name = :name AND client = :client AND request = :request");
    String delete = "DELETE FROM {docs} WHERE name = :name AND version = :expected";
    String note =
        """
        INSERT INTO {meta} AS m (name, value) SELECT 'docs_removed', %s
        ON CONFLICT (name) DO UPDATE SET value = %s(m.value, excluded.value)
        """;
    if (tables.dialect() == Dialect.POSTGRESQL) {
      String noted = note.formatted("gone.version FROM gone", "greatest");
      remove = new Sql(tables, "WITH gone AS (" + delete + " RETURNING version) " + noted);
      noteRemoved = null;
    } else {
      remove = new Sql(tables, delete);
      noteRemoved = new Sql(tables, note.formatted(":expected WHERE true", "max"));
    }
    names =
        new Sql(
            tables, "SELECT name FROM {docs} WHERE name >= :first AND name < :last ORDER BY name");
  }

  @Override
  public Optional<Doc> read(String name) {
    Sql.Args args = new Sql.Args().text("name", StateStore.checkedName(name));
    return database.read(
        "reading document " + name,
        (c, again) -> Optional.ofNullable(read.first(c, args, this::doc)));
  }

  private Doc doc(ResultSet row) throws SQLException {
    String name = row.getString("name");
    String where = database.names().of("docs") + ", document " + name;
    return new Doc(name, row.getLong("version"), DocBody.parse(where, row.getString("body")));
  }

  @Override
  public boolean write(String name, long expected, Map<String, String> values) {
    Sql.Args args =
        new LeaseSteps.Asked(client.get(), requests.incrementAndGet())
            .in(new Sql.Args())
            .text("name", StateStore.checkedName(name))
            .text("body", DocBody.spell(values))
            .number("expected", expected);
    return database.statement(
        "writing document " + name + " after version " + expected,
        (c, again) ->
            (expected == NEW ? create : replace).update(c, args) == 1
                || (again && wasWritten(c, args)));
  }

  private boolean wasWritten(Session session, Sql.Args args) throws SQLException {
    return written.first(session, args, row -> 1) != null;
  }

  @Override
  public boolean remove(String name, long expected) {
    Sql.Args args =
        new Sql.Args().text("name", StateStore.checkedName(name)).number("expected", expected);
    String what = "removing document " + name + " at version " + expected;
    return database.statement(
        what,
        (c, again) -> {
          boolean removed = remove.update(c, args) == 1;
          if (removed && noteRemoved != null) {
            noteRemoved.update(c, args);
          }
          if (!removed && again) {
            // Gone by the first ask or by somebody else: nobody can tell.
            throw database.failure(what, "the connection was lost", true, null);
          }
          return removed;
        });
  }

  @Override
  public List<String> names(String prefix) {
    if (!prefix.isEmpty() && !isPossible(prefix)) {
      return List.of();
    }
    Sql.Args args = new Sql.Args().text("first", prefix).text("last", prefix + END);
    return database.read(
        "names of documents",
        (c, again) -> List.copyOf(names.all(c, args, row -> row.getString("name"))));
  }

  private static boolean isPossible(String prefix) {
    try {
      return !StateStore.checkedName(prefix).isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
