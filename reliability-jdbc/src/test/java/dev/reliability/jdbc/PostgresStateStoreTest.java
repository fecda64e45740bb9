package dev.reliability.jdbc;

import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.store.StateStoreContract;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Documents in PostgreSQL keep the contract. */
@ExtendWith(PostgresServer.class)
class PostgresStateStoreTest extends StateStoreContract {
  @TempDir Path directory;
  private TestDatabase database;
  private StateStore store;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.of(Dialect.POSTGRESQL, directory);
    store = database.open().states();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Override
  protected StateStore store() {
    return store;
  }

  @Override
  protected StateStore another() {
    return database.open().states();
  }
}
