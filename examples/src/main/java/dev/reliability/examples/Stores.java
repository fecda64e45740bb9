package dev.reliability.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.jdbc.JdbcStore;

/**
 * Where it is kept who works on what.
 *
 * @param leases claims
 * @param runs runs
 * @param states documents
 * @param pool what is to be closed in the end
 */
record Stores(LeaseStore leases, RunStore runs, StateStore states, AutoCloseable pool)
    implements AutoCloseable {
  private static final int CONNECTIONS = 8;
  private static final long CONNECTION_LIMIT_MS = 5_000;

  /** In memory, in a SQLite file of the directory, or where an address says. */
  static Stores open(Options options, ReliabilityRuntime runtime) {
    if (options.store().equals(Options.MEMORY)) {
      return new Stores(
          new InMemoryLeaseStore(runtime.time()),
          new InMemoryRunStore(),
          new InMemoryStateStore(),
          () -> {});
    }
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(
        options.store().equals(Options.SQLITE)
            ? "jdbc:sqlite:" + options.directory().resolve("reliability.db")
            : options.store());
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(CONNECTION_LIMIT_MS);
    config.setInitializationFailTimeout(-1);
    HikariDataSource pool = null;
    try {
      pool = new HikariDataSource(config);
      JdbcStore store = JdbcStore.open(pool);
      return new Stores(store.leases(), store.runs(), store.states(), pool);
    } catch (RuntimeException e) {
      if (pool != null) {
        pool.close();
      }
      throw new UsageException(
          "--store " + withoutSecrets(config.getJdbcUrl()) + ": " + withoutSecrets(reasons(e)));
    }
  }

  /** An address or an error without the passwords that stand in it. */
  static String withoutSecrets(String text) {
    return text.replaceAll("(?i)(password=)[^&;\\s]*", "$1***")
        .replaceAll("(//[^/@:\\s]*:)[^/@\\s]*@", "$1***@");
  }

  /** What went wrong, down to the first cause. */
  private static String reasons(Throwable e) {
    String reasons = String.valueOf(e.getMessage());
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      String reason = String.valueOf(cause.getMessage());
      reasons += reasons.contains(reason) ? "" : ": " + reason;
    }
    return reasons;
  }

  @Override
  public void close() {
    try {
      pool.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
