package dev.reliability.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables are made, upgraded, shared and refused. */
@ExtendWith(PostgresServer.class)
class OpeningTest {
  private static final ClaimRequest TERMS =
      new ClaimRequest("node-1", Duration.ofMinutes(1), 3, Duration.ofHours(1));

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void tenNodesMayStartAtOnce(Dialect dialect) throws Exception {
    int nodes = 10;
    ExecutorService threads = Executors.newFixedThreadPool(nodes);
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      CyclicBarrier start = new CyclicBarrier(nodes);
      Callable<Claim> node =
          () -> {
            try (HikariDataSource own = TestDatabase.newPool(database.url(), 1)) {
              own.getConnection().close();
              start.await();
              return JdbcStore.open(own).leases().claim(new ItemKey("lane", "item"), TERMS);
            }
          };
      List<Future<Claim>> claims = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        claims.add(threads.submit(node));
      }
      int granted = 0;
      for (Future<Claim> claim : claims) {
        granted += claim.get() instanceof Claim.Granted ? 1 : 0;
      }
      assertThat(granted).isEqualTo(1);
      assertThat(database.number("SELECT value FROM reliability_meta WHERE name = 'version'"))
          .isEqualTo(Tables.VERSION);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Tables of version 1, with what a node of that version wrote. */
  private static void makeVersion1(TestDatabase database, Dialect dialect) throws SQLException {
    Names names = new Names(dialect, null, "reliability_", dialect.timeSql);
    Schema schema = new Schema(new Database(database.pool(), names, ""));
    try (Connection connection = database.pool().getConnection()) {
      schema.upgrade(Session.passing(connection), 1);
    }
    database.execute(
        """
        INSERT INTO reliability_items (lane, item, state, token, holder, attempts, queue_no,
          enqueued_at, claimed_at, renewed_at, until_at, budget_ns)
        VALUES ('lane', 'held', 'leased', 3, 'old node', 1, 3, 1, 2, 2, 4000000000000000000, 5)
        """,
        """
        INSERT INTO reliability_items (lane, item, state, token, attempts, queue_no, enqueued_at,
          payload)
        VALUES ('lane', 'queued', 'queued', 0, 0, 4, 1, 'p')
        """,
        """
        INSERT INTO reliability_lanes (lane, episode, paused, reason, actor, since_at, trial,
          trial_token, trial_ns, trial_until)
        VALUES ('paused', 2, 1, 'why', 'who', 7, 'none', 0, 0, 0)
        """,
        """
        INSERT INTO reliability_runs (id, lane, item, state, owner, created_at)
        VALUES ('r1', 'lane', 'held', 'queued', 'epoch', 9)
        """,
        "INSERT INTO reliability_docs (name, version, body) VALUES ('doc', 3, 'a=b\n')",
        dialect == Dialect.SQLITE
            ? "UPDATE reliability_counters SET value = 4"
            : "SELECT setval('reliability_token', 4)");
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void tablesOfVersion1AreUpgradedWithTheirData(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      makeVersion1(database, dialect);
      JdbcStore store = database.open();
      ItemView held = store.leases().find(new ItemKey("lane", "held")).orElseThrow();
      assertThat(held.holder()).isEqualTo("old node");
      assertThat(held.budget()).isEqualTo(Duration.ofNanos(5));
      assertThat(store.leases().claim(held.key(), TERMS))
          .isEqualTo(new Claim.Duplicate("old node", Nanos.instant(4_000_000_000_000_000_000L)));
      assertThat(store.leases().claimQueued("lane", 9, TERMS))
          .singleElement()
          .satisfies(lease -> assertThat(lease.payload()).isEqualTo("p"))
          .satisfies(lease -> assertThat(lease.token()).isGreaterThan(4));
      assertThat(store.leases().lane("paused"))
          .isEqualTo(
              new LaneView("paused", 2, true, "why", "who", Nanos.instant(7), LaneView.Trial.NONE));
      LaneView resumed = store.leases().resumeLane("paused", 2L, "operator", "fixed", null);
      assertThat(resumed.episode()).isEqualTo(3);
      assertThat(resumed.resume())
          .isNotNull()
          .extracting(LaneView.Resume::actor, LaneView.Resume::reason)
          .containsExactly("operator", "fixed");
      assertThat(store.runs().find("r1"))
          .contains(RunRecord.queued("r1", "lane", "held", "epoch", Instant.EPOCH.plusNanos(9)));
      assertThat(store.states().read("doc").orElseThrow().values()).isEqualTo(Map.of("a", "b"));
      assertThat(store.states().write("doc", 3, Map.of("a", "c"))).isTrue();
    }
  }

  /** What a node of version 1 says goes on working, with what this version wrote in between. */
  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aNodeOfTheVersionBeforeGoesOnWorking(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore store = database.open();
      assertThat(database.number("SELECT value FROM reliability_meta WHERE name = 'readable_by'"))
          .isEqualTo(1);
      database.execute(
          """
          INSERT INTO reliability_items (lane, item, state, token, attempts, queue_no, enqueued_at)
          VALUES ('lane', 'of 1', 'queued', 0, 0, 0, 1)
          """,
          "INSERT INTO reliability_docs (name, version, body) VALUES ('of 1', 1, '')");
      assertThat(store.leases().claimQueued("lane", 9, TERMS)).hasSize(1);
      assertThat(store.states().names("")).containsExactly("of 1");
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aNewerVersionIsUsedIfItSaysSo(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      database.open();
      database.execute(
          "UPDATE reliability_meta SET value = 99 WHERE name = 'version'",
          "ALTER TABLE reliability_items ADD COLUMN of_later TEXT");
      JdbcStore store = database.open();
      assertThat(store.leases().claim(new ItemKey("lane", "item"), TERMS))
          .isInstanceOf(Claim.Granted.class);
      assertThat(database.number("SELECT value FROM reliability_meta WHERE name = 'version'"))
          .isEqualTo(99);
      database.execute("UPDATE reliability_meta SET value = 98 WHERE name = 'readable_by'");
      assertThatThrownBy(database::open)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("expected tables for version 3, got version 99")
          .hasMessageContaining("version 98 or later");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A_", "1a", "a-b", "a b", "x\"; DROP TABLE y; --", "_a", "a.b"})
  void aPrefixIsANameOrAnError(String prefix) {
    assertThatThrownBy(() -> JdbcStore.builder(new HikariDataSource()).tablePrefix(prefix))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tablePrefix: expected a letter of a-z")
        .hasMessageContaining("got \"" + prefix + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "1a", "a.b", "a;b"})
  void aSchemaIsANameOrAnError(String schema) {
    assertThatThrownBy(() -> JdbcStore.builder(new HikariDataSource()).schema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schema: expected")
        .hasMessageContaining("got \"" + schema + "\"");
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void whoOnlyLooksWritesNothing(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      database.open().leases().claim(new ItemKey("lane", "item"), TERMS);
      String next =
          dialect == Dialect.POSTGRESQL
              ? "SELECT last_value FROM reliability_token"
              : "SELECT value FROM reliability_counters WHERE name = 'token'";
      long before = database.number(next);
      JdbcStore looking = database.open();
      assertThat(looking.leases().lanes()).isEmpty();
      assertThat(looking.states().read("nothing")).isEmpty();
      assertThat(database.number(next)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void twoPrefixesAreTwoStores(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore one = JdbcStore.builder(database.pool()).tablePrefix("one_").open();
      JdbcStore two = JdbcStore.builder(database.pool()).tablePrefix("two_").open();
      ItemKey key = new ItemKey("lane", "item");
      assertThat(one.leases().claim(key, TERMS)).isInstanceOf(Claim.Granted.class);
      assertThat(two.leases().claim(key, TERMS)).isInstanceOf(Claim.Granted.class);
      one.leases().pauseLane("lane", null, "operator", "why");
      assertThat(two.leases().lanes()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aSchemaIsMadeWhereThereAreSchemas(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore.Builder builder = JdbcStore.builder(database.pool()).schema("apart");
      if (dialect == Dialect.SQLITE) {
        assertThatThrownBy(builder::open)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("SQLite has none, got \"apart\"");
        return;
      }
      builder.open().leases().claim(new ItemKey("lane", "item"), TERMS);
      builder.open().leases().pauseLane("lane", null, "operator", "why");
      assertThat(database.number("SELECT count(*) FROM apart.reliability_items")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void whatNobodyWroteIsAnErrorThatNamesIt(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore store = database.open();
      ItemKey key = new ItemKey("lane", "item");
      store.leases().claim(key, TERMS);
      RunRecord run = RunRecord.queued("r1", "lane", "item", "epoch", Instant.EPOCH);
      store.runs().create(run);
      store.states().write("doc", 0, Map.of("a", "b"));
      database.execute(
          "UPDATE reliability_items SET state = 'weird'",
          "UPDATE reliability_runs SET state = 'odd'",
          "UPDATE reliability_docs SET body = 'torn'");
      assertThatThrownBy(() -> store.leases().claim(key, TERMS))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("got \"weird\"");
      assertThatThrownBy(() -> store.leases().find(key))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("got \"weird\"");
      assertThatThrownBy(() -> store.runs().find("r1"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("run r1")
          .hasMessageContaining("got \"odd\"");
      assertThatThrownBy(
              () ->
                  store
                      .runs()
                      .transition(
                          RunState.QUEUED,
                          run.ended(RunState.FAILED, EndReason.SPAWN_FAILED, null, Instant.EPOCH)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("got \"odd\"");
      assertThatThrownBy(() -> store.states().read("doc"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("document doc")
          .hasMessageContaining("got \"torn\"");
    }
  }
}
