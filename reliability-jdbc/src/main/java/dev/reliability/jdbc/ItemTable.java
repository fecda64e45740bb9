package dev.reliability.jdbc;

import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all databases do alike with the table of items. */
final class ItemTable {
  private final Names names;
  private final Sql find;
  private final Map<ItemView.State, Sql> all = new EnumMap<>(ItemView.State.class);
  private final Map<ItemView.State, Sql> ofLane = new EnumMap<>(ItemView.State.class);
  private final Sql exhausted;
  private final Sql exhaustedOfLane;
  private final Sql lease;
  private final Sql leases;
  private final Sql asked;
  private final Sql enqueueSqlite;
  private final Sql enqueuePostgres;
  private final Sql nextQueueNumber;
  private final Sql purge;

  ItemTable(Names names) {
    this.names = names;
    find = new Sql(names, "SELECT * FROM {items} WHERE lane = :lane AND item = :item");
    for (ItemView.State state : ItemView.State.values()) {
      String age =
          switch (state) {
            case QUEUED -> "enqueued_at";
            case LEASED -> "claimed_at";
            case DONE -> "done_at";
          };
      String done = // said once more for the sake of the indexes: those that are done are the most
          state == ItemView.State.DONE ? "done_at IS NOT NULL" : "done_at IS NULL";
      String sql =
          "SELECT * FROM {items} WHERE state = '%s' AND %s %s"
              + " ORDER BY %s, lane || '/' || item LIMIT :limit";
      all.put(state, new Sql(names, sql.formatted(spell(state), done, "", age)));
      ofLane.put(state, new Sql(names, sql.formatted(spell(state), done, "AND lane = :lane", age)));
    }
    String exhaustedSql =
        """
        SELECT * FROM {items} WHERE done_at IS NULL AND attempts >= :max %s
          AND (state = 'queued' OR (state = 'leased' AND until_at <= {now}))
        ORDER BY enqueued_at, lane || '/' || item LIMIT :limit
        """;
    exhausted = new Sql(names, exhaustedSql.formatted(""));
    exhaustedOfLane = new Sql(names, exhaustedSql.formatted("AND lane = :lane"));
    String leased =
        """
        SELECT i.*, CASE WHEN l.paused = 1 AND l.trial_token = i.token THEN 1 ELSE 0 END AS tried
        FROM {items} i LEFT JOIN {lanes} l ON l.lane = i.lane
        WHERE i.lane = :lane AND i.done_at IS NULL AND i.state = 'leased'
          AND i.client = :client AND i.request = :request
        """;
    lease = new Sql(names, leased + " AND i.item = :item");
    leases = new Sql(names, leased + " ORDER BY i.queue_no");
    asked =
        new Sql(
            names,
            """
            SELECT 1 FROM {items} WHERE lane = :lane AND item = :item
              AND client = :client AND request = :request
            """);
    String columns =
        """
        INSERT INTO {items} (lane, item, state, token, attempts, queue_no, enqueued_at, payload,
          client, request)
        SELECT :lane, :item, 'queued', 0, 0, %s, {now}, :payload, :client, :request
        WHERE NOT EXISTS (SELECT 1 FROM {items} WHERE lane = :lane AND item = :item)
        ON CONFLICT (lane, item) DO NOTHING
        """;
    enqueueSqlite =
        new Sql(
            names, columns.formatted("(SELECT value + 1 FROM {counters} WHERE name = 'token')"));
    enqueuePostgres = new Sql(names, columns.formatted("nextval('{token}')"));
    nextQueueNumber =
        new Sql(names, "UPDATE {counters} SET value = value + 1 WHERE name = 'token'");
    purge = new Sql(names, "DELETE FROM {items} WHERE done_at < :before AND state = 'done'");
  }

  private static String spell(ItemView.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  /** Makes an item known; queue numbers and tokens are drawn from the same source. */
  boolean enqueue(Session session, ItemKey key, @Nullable String payload, LeaseSteps.Asked by)
      throws SQLException {
    Sql.Args args = by.in(at(key)).text("payload", payload);
    if (names.dialect() == Dialect.POSTGRESQL) {
      return enqueuePostgres.update(session, args) == 1;
    }
    if (enqueueSqlite.update(session, args) == 0) {
      return false;
    }
    nextQueueNumber.update(session, args);
    return true;
  }

  /** Whether the item's last change was asked for by {@code by}. */
  boolean wasAsked(Session session, ItemKey key, LeaseSteps.Asked by) throws SQLException {
    return asked.first(session, by.in(at(key)), row -> 1) != null;
  }

  /** The lease that {@code by} was granted, if it was not given back since. */
  @Nullable Lease lease(Session session, ItemKey key, LeaseSteps.Asked by) throws SQLException {
    return lease.first(session, by.in(at(key)), this::lease);
  }

  /** The leases of a lane that {@code by} was granted. */
  List<Lease> leases(Session session, String lane, LeaseSteps.Asked by) throws SQLException {
    return leases.all(session, by.in(new Sql.Args().text("lane", lane)), this::lease);
  }

  private Lease lease(ResultSet row) throws SQLException {
    return new Lease(
        new ItemKey(row.getString("lane"), row.getString("item")),
        row.getLong("token"),
        row.getString("holder"),
        row.getInt("attempts"),
        Nanos.instant(row.getLong("claimed_at")),
        Nanos.instant(row.getLong("until_at")),
        row.getString("payload"),
        row.getLong("tried") != 0);
  }

  @Nullable ItemView find(Session session, ItemKey key) throws SQLException {
    return find.first(session, at(key), this::view);
  }

  List<ItemView> items(Session session, ItemView.State state, @Nullable String lane, int limit)
      throws SQLException {
    Sql.Args args = new Sql.Args().text("lane", lane).number("limit", (long) Math.max(0, limit));
    Sql sql = lane == null ? all.get(state) : ofLane.get(state);
    return sql == null ? List.of() : List.copyOf(sql.all(session, args, this::view));
  }

  /** Items whose attempts are spent, that nobody holds. */
  List<ItemView> exhausted(Session session, @Nullable String lane, long maxAttempts, int limit)
      throws SQLException {
    Sql.Args args =
        new Sql.Args()
            .text("lane", lane)
            .number("max", maxAttempts)
            .number("limit", (long) Math.max(0, limit));
    Sql sql = lane == null ? exhausted : exhaustedOfLane;
    return List.copyOf(sql.all(session, args, this::view));
  }

  int purge(Session session, Instant before) throws SQLException {
    return purge.update(session, new Sql.Args().number("before", Nanos.of(before)));
  }

  private ItemView view(ResultSet row) throws SQLException {
    ItemKey key = new ItemKey(row.getString("lane"), row.getString("item"));
    Long budget = Sql.number(row, "budget_ns");
    return new ItemView(
        key,
        state(key, row.getString("state")),
        row.getLong("token"),
        row.getString("holder"),
        row.getInt("attempts"),
        Nanos.instant(row.getLong("enqueued_at")),
        Nanos.instantOrNull(Sql.number(row, "claimed_at")),
        Nanos.instantOrNull(Sql.number(row, "renewed_at")),
        Nanos.instantOrNull(Sql.number(row, "until_at")),
        budget == null ? null : Duration.ofNanos(budget),
        Nanos.instantOrNull(Sql.number(row, "done_at")),
        row.getString("payload"),
        row.getString("result"));
  }

  private ItemView.State state(ItemKey key, String spelled) {
    for (ItemView.State state : ItemView.State.values()) {
      if (spell(state).equals(spelled)) {
        return state;
      }
    }
    throw new StoreException(
        names.of("items")
            + ", item "
            + key
            + ", state: expected queued, leased or done, got \""
            + spelled
            + "\"",
        null);
  }

  private static Sql.Args at(ItemKey key) {
    return new Sql.Args().text("lane", key.lane()).text("item", key.item());
  }
}
