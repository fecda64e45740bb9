package dev.reliability.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.runtime.Pause;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.StoreException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.SplittableRandom;
import javax.sql.DataSource;

/**
 * One worker of the torture, in a JVM of its own: claims, works, renews and completes, together
 * with an effect that must happen once, in one transaction. Ends with its standard input, or
 * whenever somebody kills it.
 */
final class TortureWorker {
  static final String LANE = "torture";

  private final DataSource source;
  private final JdbcLeaseStore leases;
  private final String name;
  private final Duration ttl;
  private final SplittableRandom random;

  private TortureWorker(DataSource source, String name, Duration ttl, long seed) {
    this.source = source;
    this.leases = JdbcStore.open(source).leases();
    this.name = name;
    this.ttl = ttl;
    this.random = new SplittableRandom(seed);
  }

  /** The arguments: address, name, time of a lease in milliseconds, seed. */
  public static void main(String[] arguments) throws IOException {
    Thread work = new Thread(() -> work(arguments), "torture");
    work.setDaemon(true);
    work.start();
    while (System.in.read() >= 0) {
      // nothing is ever said; the end is
    }
    System.exit(0);
  }

  private static void work(String[] arguments) {
    HikariDataSource source = source(arguments[0], 2);
    TortureWorker worker = null;
    Duration ttl = Duration.ofMillis(Long.parseLong(arguments[2]));
    while (true) {
      try {
        if (worker == null) {
          worker = new TortureWorker(source, arguments[1], ttl, Long.parseLong(arguments[3]));
        }
        worker.turn();
      } catch (StoreException | SQLException e) {
        Pause.ofNanos(Duration.ofMillis(50).toNanos()); // the database is away, or busy
      }
    }
  }

  static HikariDataSource source(String address, int connections) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(address);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(5_000);
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  private void turn() throws SQLException {
    ClaimRequest request = new ClaimRequest(name, ttl, 1_000_000, Duration.ofMinutes(1));
    int most = 1 + random.nextInt(3);
    var claimed = leases.claimQueued(LANE, most, request);
    if (claimed.isEmpty()) {
      Pause.ofNanos(Duration.ofMillis(20).toNanos());
    }
    for (Lease lease : claimed) {
      begin(lease);
      Pause.ofNanos(random.nextLong(ttl.toNanos() / 20));
      if (random.nextInt(3) == 0 && !leases.renew(lease.key(), lease.token(), ttl).isHeld()) {
        count("renewals refused");
        continue;
      }
      if (random.nextInt(20) == 0) {
        leases.release(lease.key(), lease.token());
        continue;
      }
      finish(lease);
    }
  }

  /**
   * The resource remembers the highest token it has seen; a lease that comes later has a higher.
   */
  private void begin(Lease lease) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement raise =
          connection.prepareStatement(
              "UPDATE torture_fence SET token = ?, holder = ? WHERE item = ? AND token < ?")) {
        raise.setLong(1, lease.token());
        raise.setString(2, name);
        raise.setString(3, lease.key().item());
        raise.setLong(4, lease.token());
        if (raise.executeUpdate() == 0) {
          insert(connection, "stale starts refused");
        }
      }
      connection.commit();
    }
  }

  /** The effect and the completion in one transaction: both or neither. */
  private void finish(Lease lease) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        Completion completion = leases.complete(connection, lease.key(), lease.token(), name);
        if (completion instanceof Completion.Accepted) {
          try (PreparedStatement effect =
              connection.prepareStatement(
                  "INSERT INTO torture_effect (item, token, holder) VALUES (?, ?, ?)")) {
            effect.setString(1, lease.key().item());
            effect.setLong(2, lease.token());
            effect.setString(3, name);
            effect.executeUpdate();
          }
        } else {
          insert(
              connection,
              completion.isOk() ? "duplicate completions" : "stale completions refused");
        }
        connection.commit();
      } catch (StoreException | SQLException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  private void count(String what) throws SQLException {
    try (Connection connection = source.getConnection()) {
      insert(connection, what);
    }
  }

  private static void insert(Connection connection, String what) throws SQLException {
    try (PreparedStatement count =
        connection.prepareStatement("INSERT INTO torture_count (what) VALUES (?)")) {
      count.setString(1, what);
      count.executeUpdate();
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
