package dev.reliability.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * On PostgreSQL a refusal draws no token, takes no transaction number and writes no row. What is
 * compared belongs to the whole server, so this one has no other users and nothing that vacuums.
 */
class QuietRefusalsTest {
  private static final ClaimRequest TERMS =
      new ClaimRequest("node-1", Duration.ofMinutes(1), 1, Duration.ofHours(1));

  private EmbeddedPostgres server;
  private TestDatabase database;
  private LeaseStore store;

  @BeforeEach
  void open() throws IOException, SQLException {
    server = PostgresServer.builder().setServerConfig("autovacuum", "off").start();
    database = TestDatabase.at(server.getJdbcUrl("postgres", "postgres"));
    store = database.openWithTestClock().leases();
  }

  @AfterEach
  void close() throws IOException {
    database.close();
    server.close();
  }

  private Lease claimed(ItemKey key) {
    return ((Claim.Granted) store.claim(key, TERMS)).lease();
  }

  /** All that a write would move; the number that is next is asked for without drawing it. */
  private List<String> marks() throws SQLException {
    return List.of(
        database.text("SELECT pg_snapshot_xmax(pg_current_snapshot())"),
        database.text("SELECT last_value FROM reliability_token"),
        database.text("SELECT string_agg(ctid::text || xmax::text, ' ') FROM reliability_items"),
        database.text("SELECT string_agg(ctid::text || xmax::text, ' ') FROM reliability_lanes"));
  }

  @Test
  void refusalsWriteNothing() throws SQLException {
    ItemKey held = new ItemKey("lane", "held");
    ItemKey done = new ItemKey("lane", "done");
    ItemKey spent = new ItemKey("lane", "spent");
    ItemKey paused = new ItemKey("paused", "item");
    Lease lease = claimed(held);
    Lease finished = claimed(done);
    store.complete(done, finished.token(), null);
    store.release(spent, claimed(spent).token());
    store.enqueue(paused, null);
    store.pauseLane("paused", null, "operator", "why");
    database.execute("VACUUM reliability_items", "VACUUM reliability_lanes");
    String wal = database.text("SELECT pg_current_wal_insert_lsn()");
    List<String> before = marks();
    for (int i = 0; i < 20; i++) {
      assertThat(store.claim(held, TERMS)).isInstanceOf(Claim.Duplicate.class);
      assertThat(store.claim(done, TERMS)).isInstanceOf(Claim.AlreadyDone.class);
      assertThat(store.claim(spent, TERMS)).isInstanceOf(Claim.AttemptsExhausted.class);
      assertThat(store.claim(paused, TERMS)).isInstanceOf(Claim.LanePaused.class);
      assertThat(store.claim(new ItemKey("paused", "new"), TERMS))
          .isInstanceOf(Claim.LanePaused.class);
      assertThat(store.claimQueued("paused", 9, TERMS)).isEmpty();
      assertThat(store.claimQueued("lane", 9, TERMS)).isEmpty();
      assertThat(store.renew(held, lease.token() + 99, Duration.ofMinutes(1)).isHeld()).isFalse();
      assertThat(store.release(held, lease.token() + 99).isHeld()).isFalse();
      assertThat(store.complete(held, lease.token() + 99, "r").isOk()).isFalse();
      assertThat(store.complete(done, finished.token(), "r"))
          .isInstanceOf(Completion.Duplicate.class);
      assertThat(store.enqueue(paused, "again")).isFalse();
    }
    assertThat(marks()).isEqualTo(before);
    // The server notes now and then who runs, in some bytes; 240 writes would write far more.
    long bytes =
        database.number("SELECT (pg_current_wal_insert_lsn() - '" + wal + "'::pg_lsn)::bigint");
    assertThat(bytes).isLessThan(4096);
  }

  @Test
  void aGrantIsOneTransaction() throws SQLException {
    store.enqueue(new ItemKey("lane", "another"), null); // the first write takes a number
    long before = database.number("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
    ItemKey key = new ItemKey("lane", "item");
    Lease lease = claimed(key);
    store.renew(key, lease.token(), Duration.ofMinutes(1));
    store.complete(key, lease.token(), "r");
    assertThat(database.number("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))
        .isEqualTo(before + 3);
  }
}
