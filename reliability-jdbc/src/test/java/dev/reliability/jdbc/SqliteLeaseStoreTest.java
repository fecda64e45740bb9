package dev.reliability.jdbc;

import dev.reliability.core.store.LeaseStore;
import dev.reliability.testkit.store.LeaseStoreContract;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Leases in SQLite keep the contract, to the nanosecond of a clock that stands still. */
class SqliteLeaseStoreTest extends LeaseStoreContract {
  @TempDir Path directory;
  private TestDatabase database;
  private LeaseStore store;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.of(Dialect.SQLITE, directory);
    store = database.openWithTestClock().leases();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Override
  protected LeaseStore store() {
    return store;
  }

  @Override
  protected void advance(Duration by) {
    database.advance(by);
  }

  @Override
  protected Duration tick() {
    return Duration.ofNanos(1);
  }
}
