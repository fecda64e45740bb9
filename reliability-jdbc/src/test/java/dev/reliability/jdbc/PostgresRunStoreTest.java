package dev.reliability.jdbc;

import dev.reliability.core.store.RunStore;
import dev.reliability.testkit.store.RunStoreContract;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs in PostgreSQL keep the contract. */
@ExtendWith(PostgresServer.class)
class PostgresRunStoreTest extends RunStoreContract {
  @TempDir Path directory;
  private TestDatabase database;
  private RunStore store;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.of(Dialect.POSTGRESQL, directory);
    store = database.open().runs();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Override
  protected RunStore store() {
    return store;
  }
}
