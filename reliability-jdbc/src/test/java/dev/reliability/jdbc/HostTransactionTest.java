package dev.reliability.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the host writes and the completion of its claim are done together or not at all. */
@ExtendWith(PostgresServer.class)
class HostTransactionTest {
  private static final ItemKey KEY = new ItemKey("lane", "item");
  private static final ClaimRequest TERMS =
      new ClaimRequest("node-1", Duration.ofMinutes(1), 3, Duration.ofHours(1));

  @TempDir Path directory;

  private static Lease claimed(JdbcStore store) {
    return ((Claim.Granted) store.leases().claim(KEY, TERMS)).lease();
  }

  private static Completion worked(Connection connection, JdbcStore store, long token)
      throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO host (result) VALUES ('r')");
    }
    return store.leases().complete(connection, KEY, token, "r");
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void bothAreDoneWithTheCommit(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore store = database.open();
      database.execute("CREATE TABLE host (result TEXT)");
      Lease lease = claimed(store);
      try (Connection connection = database.pool().getConnection()) {
        assertThat(worked(connection, store, lease.token()))
            .isInstanceOf(Completion.Accepted.class);
        assertThat(store.leases().find(KEY).orElseThrow().state()).isEqualTo(ItemView.State.LEASED);
        connection.commit();
      }
      assertThat(store.leases().find(KEY).orElseThrow().state()).isEqualTo(ItemView.State.DONE);
      assertThat(database.number("SELECT count(*) FROM host")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void neitherIsDoneWithARollback(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore store = database.open();
      database.execute("CREATE TABLE host (result TEXT)");
      Lease lease = claimed(store);
      try (Connection connection = database.pool().getConnection()) {
        assertThat(worked(connection, store, lease.token()).isOk()).isTrue();
        connection.rollback();
      }
      assertThat(store.leases().find(KEY).orElseThrow().state()).isEqualTo(ItemView.State.LEASED);
      assertThat(database.number("SELECT count(*) FROM host")).isZero();
      assertThat(store.leases().complete(KEY, lease.token(), "r").isOk()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void whoWasSupersededIsToldInTime(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore store = database.openWithTestClock();
      database.execute("CREATE TABLE host (result TEXT)");
      Lease old = claimed(store);
      database.advance(Duration.ofMinutes(1));
      Lease current = claimed(store);
      try (Connection connection = database.pool().getConnection()) {
        assertThat(worked(connection, store, old.token()))
            .isEqualTo(new Completion.Superseded(current.token()));
        connection.rollback();
      }
      assertThat(store.leases().renew(KEY, current.token(), TERMS.ttl()).isHeld()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void itTakesATransaction(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory);
        Connection connection = database.pool().getConnection()) {
      JdbcStore store = database.open();
      assertThatThrownBy(() -> store.leases().complete(connection, KEY, 1, "r"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("auto-commit off");
      connection.setAutoCommit(false);
      connection.close();
      assertThatThrownBy(() -> store.leases().complete(connection, KEY, 1, "r"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("completion of lane/item in the host's transaction");
    }
  }
}
