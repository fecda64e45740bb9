package dev.reliability.jdbc;

import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.journal.JournalFilter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The stores of the library in SQLite or PostgreSQL.
 *
 * <pre>{@code
 * JdbcStore store = JdbcStore.open(dataSource);
 * RunSupervisor supervisor = RunSupervisor.builder().runtime(runtime).store(store.runs()).build();
 * Claim claim = store.leases().claim(new ItemKey("andy-developer", "issue-42"), terms);
 * }</pre>
 *
 * <p>Opening makes the tables, or brings those of an older version up to date, which only adds to
 * them: nodes of the version before go on working. Any number of nodes may open at once. A node
 * that finds its tables up to date needs no right to make any.
 *
 * <p>A connection is borrowed for each step and given back at its end, so it wants a pool; how long
 * to wait for a connection and for an answer of the server is the pool's and the driver's to limit.
 * The stores hold nothing that has to be closed. On SQLite the file is put into WAL mode, and every
 * step is on the disk when it returns (synchronous FULL); writers of one process wait in turn,
 * those of several up to 5 s for each other, and then try again a few times.
 *
 * <p>A step is taken again by itself only where that is safe: after a deadlock, a serialization
 * failure or a busy database six times at most, after a lost connection three times, with pauses of
 * a few milliseconds in between. What else fails is a {@link StoreException} that says what was
 * attempted, and whether it may have been done. Thread-safe.
 */
public final class JdbcStore {
  private final Database database;
  private final JdbcLeaseStore leases;
  private final JdbcRunStore runs;
  private final JdbcStateStore states;

  private JdbcStore(Builder builder) {
    database = builder.connect();
    new Schema(database).bringUpToDate();
    Dialect dialect = database.dialect();
    String timeSql = builder.timeSql;
    String clock = timeSql == null ? dialect.clock : "clock of " + dialect.title + ": " + timeSql;
    ClientNumber client = new ClientNumber(database);
    leases = new JdbcLeaseStore(database, clock, builder.durableReleases, client);
    runs = new JdbcRunStore(database);
    states = new JdbcStateStore(database, client);
  }

  /**
   * The stores in the database of {@code source}, with all defaults.
   *
   * @throws StoreException as {@link Builder#open()} does
   */
  public static JdbcStore open(DataSource source) {
    return builder(source).open();
  }

  /** Settings for the stores in the database of {@code source}. */
  public static Builder builder(DataSource source) {
    return new Builder(source);
  }

  /** Leases and lanes: a {@link LeaseStore} that can also complete inside a host's transaction. */
  public JdbcLeaseStore leases() {
    return leases;
  }

  /**
   * Runs. Times of day are kept from the year 1677 to 2262, to the nanosecond.
   *
   * <p>A state or reason in the table that this version does not know is a {@link StoreException}
   * that names it.
   */
  public RunStore runs() {
    return runs;
  }

  /**
   * Documents. If the connection is lost while a document is removed, and it is gone when asked
   * again, that is a {@link StoreException}: nobody knows who removed it.
   */
  public StateStore states() {
    return states;
  }

  /** A new sink that writes events to the same database; add it to one bus. */
  public JdbcEventSink events() {
    return new JdbcEventSink(database);
  }

  /**
   * Reads the events that {@link #events} wrote, of all incarnations.
   *
   * @throws StoreException if the database does not answer
   */
  public JdbcEventReader readEvents(JournalFilter filter) {
    return readEvents(filter, epoch -> true);
  }

  /**
   * Reads the events that {@link #events} wrote, of some incarnations.
   *
   * @param epochs of which ones
   * @throws StoreException if the database does not answer
   */
  public JdbcEventReader readEvents(JournalFilter filter, Predicate<String> epochs) {
    return new JdbcEventReader(database, filter, epochs);
  }

  /**
   * The incarnations of which events are there.
   *
   * @throws StoreException if the database does not answer
   */
  public Set<String> epochs() {
    return Set.copyOf(
        database.read(
            "looking whose events are there",
            (session, again) ->
                new Sql(database.names(), "SELECT DISTINCT epoch FROM {events}")
                    .all(session, new Sql.Args(), row -> row.getString("epoch"))));
  }

  /** Which of the databases this is. */
  public Dialect dialect() {
    return database.dialect();
  }

  /** Collects the settings. Not thread-safe. */
  public static final class Builder {
    private final DataSource source;
    private @Nullable Dialect dialect;
    private @Nullable String schema;
    private String prefix = "reliability_";
    private @Nullable String timeSql;
    private boolean durableReleases;

    private Builder(DataSource source) {
      this.source = Objects.requireNonNull(source, "source");
    }

    /** Which database it is; by default it is asked for its name. */
    public Builder dialect(Dialect value) {
      dialect = value;
      return this;
    }

    /**
     * What the names of all tables begin with; {@code reliability_} by default.
     *
     * @throws IllegalArgumentException naming the value, unless it is a letter of a-z and up to 39
     *     more of a-z, 0-9 and _
     */
    public Builder tablePrefix(String value) {
      prefix = Names.checkedPrefix(value);
      return this;
    }

    /**
     * The schema of the tables, on PostgreSQL, which is made if it is not there; by default the
     * first of the connection's search path.
     *
     * @throws IllegalArgumentException naming the value, unless it is one of a-z and _ and up to 62
     *     more of a-z, 0-9 and _
     */
    public Builder schema(String value) {
      schema = Names.checkedSchema(value);
      return this;
    }

    /**
     * An expression of SQL by which leases go instead of the database's clock, for tests that need
     * exact instants; it gives nanoseconds since 1970, such as {@code (SELECT nanos FROM
     * test_clock)}. It is trusted as it is.
     */
    public Builder timeSql(String expression) {
      timeSql = Objects.requireNonNull(expression, "expression");
      return this;
    }

    /**
     * Whether giving an item back waits until it is on PostgreSQL's disk. By default it does not,
     * which is faster: after a crash of the server an item may then still be leased until its lease
     * ends, but never to two at once. On SQLite it always waits.
     */
    public Builder durableReleases(boolean value) {
      durableReleases = value;
      return this;
    }

    /**
     * Connects, makes or upgrades the tables, and gives the stores.
     *
     * @throws IllegalArgumentException if a schema was given for SQLite
     * @throws StoreException if the database cannot be reached or is none of those understood, if
     *     the tables cannot be made, or if they are of a version that this one cannot work with
     */
    public JdbcStore open() {
      return new JdbcStore(this);
    }

    private Database connect() {
      try (Connection connection = source.getConnection()) {
        Dialect found = dialect == null ? Dialect.of(connection) : dialect;
        if (schema != null && found == Dialect.SQLITE) {
          throw new IllegalArgumentException(
              "schema: expected none, since SQLite has none, got \"" + schema + "\"");
        }
        Names names = new Names(found, schema, prefix, timeSql == null ? found.timeSql : timeSql);
        String file = found == Dialect.SQLITE ? sqliteFile(connection) : "";
        Database database = new Database(source, names, file);
        if (found == Dialect.SQLITE) {
          database.useWriteAheadLog(connection);
        }
        return database;
      } catch (SQLException e) {
        throw new StoreException("opening the stores failed: " + e.getMessage(), e);
      }
    }

    private static String sqliteFile(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("PRAGMA database_list")) {
        while (rows.next()) {
          String file = rows.getString("file");
          if ("main".equals(rows.getString("name")) && file != null && !file.isEmpty()) {
            return file;
          }
        }
      }
      throw new StoreException("database: expected a file, got a database in memory", null);
    }
  }
}
