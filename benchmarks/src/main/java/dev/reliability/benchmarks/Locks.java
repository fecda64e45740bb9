package dev.reliability.benchmarks;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import dev.reliability.jdbc.JdbcLeaseStore;
import dev.reliability.jdbc.JdbcStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.jdbc.JdbcLockProvider;

/** What claims and gives back in a database: the limit, the peer and ours. */
final class Locks {
  private static final int KEYS = 100;
  private static final Duration TTL = Duration.ofMinutes(5);
  private static final long TTL_MILLIS = TTL.toMillis();
  static final ClaimRequest REQUEST =
      new ClaimRequest("holder", TTL, Integer.MAX_VALUE, Duration.ofHours(1));

  private final Databases database;
  private final AtomicLong fresh = new AtomicLong();

  Locks(Databases database) throws SQLException {
    this.database = database;
    String time = database.isSqlite() ? "INTEGER" : "TIMESTAMP";
    database.execute(
        "CREATE TABLE shedlock (name VARCHAR(64) PRIMARY KEY, lock_until %s NOT NULL,"
                .formatted(time)
            + " locked_at %s NOT NULL, locked_by VARCHAR(255) NOT NULL)".formatted(time),
        "CREATE TABLE least (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL,"
            + " token BIGINT NOT NULL)",
        "CREATE TABLE host (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)");
    database.fill("INSERT INTO host (id, value) VALUES (?, 0)", 64, (row, i) -> row.setLong(1, i));
  }

  private String now() {
    return database.isSqlite()
        ? "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
        : "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
  }

  private static String key(int thread, long i) {
    return "key-" + thread + "-" + i % KEYS;
  }

  // ---- claim and release ----

  /** One prepared statement each, on a connection of one's own. */
  Load.Subject limit() {
    return thread -> {
      Connection connection = database.connection();
      PreparedStatement claim =
          connection.prepareStatement(
              """
              INSERT INTO least (name, holder, until, token) VALUES (?, ?, %s + ?, 1)
              ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
                token = least.token + 1
              WHERE least.until <= %s RETURNING token
              """
                  .formatted(now(), now()));
      PreparedStatement release =
          connection.prepareStatement(
              "UPDATE least SET until = 0 WHERE name = ? AND token = ? AND until > " + now());
      long[] i = {0};
      return () -> {
        String name = key(thread, i[0]++);
        claim.setString(1, name);
        claim.setString(2, "holder");
        claim.setLong(3, TTL_MILLIS);
        long token;
        try (ResultSet row = claim.executeQuery()) {
          expect(row.next(), "limit: not claimed");
          token = row.getLong(1);
        }
        release.setString(1, name);
        release.setLong(2, token);
        expect(release.executeUpdate() == 1, "limit: not released");
        return 1;
      };
    };
  }

  /** ShedLock's own provider for plain JDBC. */
  Load.Subject shedLock(DataSource pool) {
    LockProvider provider = new JdbcLockProvider(pool);
    return thread -> {
      long[] i = {0};
      return () -> {
        shed(provider, key(thread, i[0]++))
            .orElseThrow(() -> new IllegalStateException("ShedLock: not locked"))
            .unlock();
        return 1;
      };
    };
  }

  private static Optional<SimpleLock> shed(LockProvider provider, String name) {
    return provider.lock(new LockConfiguration(Instant.now(), name, TTL, Duration.ZERO));
  }

  /** Ours; a release waits for the disk, or does not. */
  Load.Subject ours(DataSource pool, boolean durableReleases) {
    LeaseStore store = JdbcStore.builder(pool).durableReleases(durableReleases).open().leases();
    return thread -> {
      long[] i = {0};
      return () -> {
        ItemKey key = new ItemKey("lane-" + thread % 16, key(thread, i[0]++));
        long token = granted(store.claim(key, REQUEST));
        expect(store.release(key, token) instanceof Renewal.Held, "ours: not released");
        return 1;
      };
    };
  }

  private static long granted(Claim claim) {
    if (claim instanceof Claim.Granted granted) {
      return granted.lease().token();
    }
    throw new IllegalStateException("ours: not granted: " + claim);
  }

  // ---- a claim around a change of the host's own data ----

  /** Lock, the host's transaction, unlock. */
  Load.Subject shedLockAndHost(DataSource pool) {
    LockProvider provider = new JdbcLockProvider(pool);
    return thread -> {
      long[] i = {0};
      return () -> {
        SimpleLock lock =
            shed(provider, key(thread, i[0]++))
                .orElseThrow(() -> new IllegalStateException("ShedLock: not locked"));
        try (Connection connection = pool.getConnection()) {
          connection.setAutoCommit(false);
          changeHost(connection, thread);
          connection.commit();
        }
        lock.unlock();
        return 1;
      };
    };
  }

  /** Claim, the host's transaction with the completion in it. */
  Load.Subject oursAndHost(DataSource pool) {
    JdbcLeaseStore store = JdbcStore.open(pool).leases();
    return thread ->
        () -> {
          ItemKey key = new ItemKey("lane-" + thread % 16, "fresh-" + fresh.incrementAndGet());
          long token = granted(store.claim(key, REQUEST));
          try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            changeHost(connection, thread);
            Completion done = store.complete(connection, key, token, null);
            expect(done instanceof Completion.Accepted, "ours: not completed");
            connection.commit();
          }
          return 1;
        };
  }

  private static void changeHost(Connection connection, int thread) throws SQLException {
    try (PreparedStatement change =
        connection.prepareStatement("UPDATE host SET value = value + 1 WHERE id = ?")) {
      change.setLong(1, thread);
      expect(change.executeUpdate() == 1, "host: not changed");
    }
  }

  // ---- refusals ----

  private static final String HELD = "held";

  /** A look, and a write only if that found the key free: in one prepared statement. */
  Load.Subject refusedLimit() throws SQLException {
    database.execute(
        "INSERT INTO least (name, holder, until, token) VALUES ('"
            + HELD
            + "', 'other', 9000000000000, 1)");
    return thread -> {
      PreparedStatement claim =
          database
              .connection()
              .prepareStatement(
                  """
                  INSERT INTO least (name, holder, until, token)
                  SELECT ?, ?, %s + ?, 1
                  WHERE NOT EXISTS (SELECT 1 FROM least WHERE name = ? AND until > %s)
                  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,
                    until = excluded.until, token = least.token + 1
                  WHERE least.until <= %s RETURNING token
                  """
                      .formatted(now(), now(), now()));
      return () -> {
        claim.setString(1, HELD);
        claim.setString(2, "holder");
        claim.setLong(3, TTL_MILLIS);
        claim.setString(4, HELD);
        try (ResultSet row = claim.executeQuery()) {
          expect(!row.next(), "limit: claimed what is held");
        }
        return 1;
      };
    };
  }

  /** ShedLock on a lock that somebody else holds. */
  Load.Subject refusedShedLock(DataSource pool) {
    LockProvider provider = new JdbcLockProvider(pool);
    if (shed(new JdbcLockProvider(pool), HELD).isEmpty()) {
      System.err.println("  ShedLock: held from before");
    }
    return thread ->
        () -> {
          expect(shed(provider, HELD).isEmpty(), "ShedLock: locked what is held");
          return 1;
        };
  }

  /** Ours on an item that somebody else holds. */
  Load.Subject refusedOurs(DataSource pool) {
    LeaseStore store = JdbcStore.open(pool).leases();
    ItemKey key = new ItemKey("lane", HELD);
    store.claim(key, REQUEST);
    return thread ->
        () -> {
          expect(store.claim(key, REQUEST) instanceof Claim.Duplicate, "ours: not refused");
          return 1;
        };
  }

  // ---- one hot key, for which all compete: what counts is how often anybody wins ----

  /** ShedLock's. */
  Load.Subject hotShedLock(DataSource pool) {
    LockProvider provider = new JdbcLockProvider(pool);
    return thread ->
        () -> {
          Optional<SimpleLock> lock = shed(provider, "hot");
          lock.ifPresent(SimpleLock::unlock);
          return lock.isPresent() ? 1 : backOff();
        };
  }

  /** Ours. */
  Load.Subject hotOurs(DataSource pool) {
    LeaseStore store = JdbcStore.open(pool).leases();
    ItemKey key = new ItemKey("lane", "hot");
    return thread ->
        () -> {
          if (store.claim(key, REQUEST) instanceof Claim.Granted granted) {
            store.release(key, granted.lease().token());
            return 1;
          }
          return backOff();
        };
  }

  /** The same for all: up to a millisecond. */
  private static int backOff() throws InterruptedException {
    Thread.sleep(0, ThreadLocalRandom.current().nextInt(999_999));
    return 0;
  }

  private static void expect(boolean held, String otherwise) {
    if (!held) {
      throw new IllegalStateException(otherwise);
    }
  }
}
