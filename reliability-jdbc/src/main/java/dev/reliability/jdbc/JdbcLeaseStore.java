package dev.reliability.jdbc;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import dev.reliability.core.store.StoreException;
import dev.reliability.core.store.StoredText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Leases and lanes in a database, for every process that shares it. Goes by the database's clock;
 * tokens come from one sequence for all items. Get one from {@link JdbcStore#leases()}.
 *
 * <p>On PostgreSQL a claim, a renewal, a completion, a release and a claim of many are one
 * statement each; a refusal writes nothing and waits for no lock. A claim of many in a paused lane
 * that is being tried out takes a second one. On SQLite each step is a transaction; the writers of
 * one process take turns.
 *
 * <p>A claim whose answer was lost with its connection is asked again, and one's own lease is then
 * recognised. A lease lasts, and a trial waits, for a hundred years at most. Thread-safe.
 *
 * <p>Every method throws {@link StoreException} with what was attempted when the database fails;
 * the message says whether something may have been changed.
 */
public final class JdbcLeaseStore implements LeaseStore {
  /** How often a step is asked for when the item changes under it each time. */
  private static final int MOST_RACES = 100;

  private final Database database;
  private final LeaseSteps steps;
  private final ItemTable items;
  private final LaneTable lanes;
  private final String clock;
  private final Sql now;
  private final ClientNumber client;
  private final AtomicLong requests = new AtomicLong();

  JdbcLeaseStore(Database database, String clock, boolean durableReleases, ClientNumber client) {
    this.database = database;
    this.clock = clock;
    this.client = client;
    Names names = database.names();
    items = new ItemTable(names);
    lanes = new LaneTable(names);
    steps =
        names.dialect() == Dialect.POSTGRESQL
            ? new PostgresLeases(names, items, durableReleases)
            : new SqliteLeases(names, items);
    now = new Sql(names, "SELECT {now} AS now");
  }

  @Override
  public String clock() {
    return clock;
  }

  @Override
  public Instant now() {
    return database.read(
        "reading the clock",
        (c, again) -> now.one(c, new Sql.Args(), row -> Nanos.instant(row.getLong("now"))));
  }

  private LeaseSteps.Asked newRequest() {
    return new LeaseSteps.Asked(client.get(), requests.incrementAndGet());
  }

  @Override
  public boolean enqueue(ItemKey key, @Nullable String payload) {
    StoredText.checkText("payload", payload);
    LeaseSteps.Asked asked = newRequest();
    return database.statement(
        "enqueue of " + key,
        (c, again) ->
            items.enqueue(c, key, payload, asked) || (again && items.wasAsked(c, key, asked)));
  }

  @Override
  public Claim claim(ItemKey key, ClaimRequest request) {
    LeaseSteps.Asked asked = newRequest();
    return settled("claim of " + key, (c, again) -> steps.claim(c, key, request, asked));
  }

  @Override
  public List<Lease> claimQueued(String lane, int limit, ClaimRequest request) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: expected at least 1, got " + limit);
    }
    StoredText.checkedName("lane", lane);
    LeaseSteps.Asked asked = newRequest();
    return database.statement(
        "claim of up to " + limit + " in lane " + lane,
        (c, again) -> {
          List<Lease> mine = again ? items.leases(c, lane, asked) : List.of();
          return mine.isEmpty()
              ? steps.claimQueued(c, lane, limit, request, asked)
              : List.copyOf(mine);
        });
  }

  @Override
  public Renewal renew(ItemKey key, long token, Duration ttl) {
    LeaseStore.checkedTime("ttl", ttl);
    return settled("renewal of " + key, (c, again) -> steps.renew(c, key, token, Nanos.of(ttl)));
  }

  @Override
  public Renewal release(ItemKey key, long token) {
    return settled(
        "release of " + key,
        (c, again) -> {
          Renewal answer = steps.release(c, key, token);
          boolean before =
              again && answer instanceof Renewal.Lost lost && lost.why().equals("released");
          return before ? new Renewal.Held(now(c)) : answer;
        });
  }

  private Instant now(Session session) throws SQLException {
    return now.one(session, new Sql.Args(), row -> Nanos.instant(row.getLong("now")));
  }

  @Override
  public Completion complete(ItemKey key, long token, @Nullable String result) {
    StoredText.checkText("result", result);
    return settled("completion of " + key, (c, again) -> steps.complete(c, key, token, result));
  }

  /**
   * Marks an item as done inside a transaction of the host: if that commits, the item is done and
   * the host's own changes are made, both or neither. Nothing is committed, rolled back or tried
   * again here.
   *
   * <p>So end the transaction soon. On PostgreSQL it holds a lock on the item: whoever renews,
   * completes or gives back that item waits, all others do not; and a {@link StoreException} leaves
   * the transaction unusable: roll it back. On SQLite there is one lock for writing, so until the
   * end every step of every process waits that writes anything, renewals included; a transaction
   * that read before is refused if somebody wrote meanwhile, so begin it with {@code BEGIN
   * IMMEDIATE}.
   *
   * @param connection the host's, to the same database, in a transaction: with auto-commit off
   * @return the answer; a {@link Completion.Superseded} should make the host roll back
   * @throws IllegalArgumentException if auto-commit is on
   */
  public Completion complete(
      Connection connection, ItemKey key, long token, @Nullable String result) {
    StoredText.checkText("result", result);
    String what = "completion of " + key + " in the host's transaction";
    try {
      if (connection.getAutoCommit()) {
        throw new IllegalArgumentException(
            "connection: expected a transaction (auto-commit off), got auto-commit on");
      }
      Session session = Session.passing(connection);
      for (int races = 0; races < MOST_RACES; races++) {
        Completion answer = steps.complete(session, key, token, result);
        if (answer != null) {
          return answer;
        }
      }
    } catch (SQLException e) {
      throw new StoreException(
          what + " failed at " + database.names().where() + ": " + e.getMessage(), e);
    }
    throw tooManyRaces(what);
  }

  /** A step of {@link LeaseSteps}: null if somebody changed the item in between. */
  @FunctionalInterface
  private interface Racing<T> {
    @Nullable T take(Session session, boolean again) throws SQLException;
  }

  /** A step that is asked for again while it finds that the item changed under it. */
  private <T> T settled(String what, Racing<T> step) {
    for (int races = 0; races < MOST_RACES; races++) {
      Optional<T> answer =
          database.statement(what, (c, again) -> Optional.ofNullable(step.take(c, again)));
      if (answer.isPresent()) {
        return answer.get();
      }
      database.pause(races);
    }
    throw tooManyRaces(what);
  }

  private StoreException tooManyRaces(String what) {
    return database.failure(what, "changed under it " + MOST_RACES + " times", false, null);
  }

  @Override
  public LaneView pauseLane(String lane, @Nullable Long episode, String actor, String reason) {
    StoredText.checkedName("lane", lane);
    LeaseStore.checkWords(actor, reason);
    return database.transaction(
        "pause of lane " + lane, (c, again) -> lanes.pause(c, lane, episode, actor, reason));
  }

  @Override
  public LaneView resumeLane(
      String lane, @Nullable Long episode, String actor, String reason, @Nullable Duration trial) {
    if (trial != null) {
      LeaseStore.checkedTime("trial", trial);
    }
    StoredText.checkedName("lane", lane);
    LeaseStore.checkWords(actor, reason);
    return database.transaction(
        "resume of lane " + lane,
        (c, again) -> lanes.resume(c, lane, episode, actor, reason, trial));
  }

  @Override
  public LaneView lane(String lane) {
    StoredText.checkedName("lane", lane);
    return database.read("view of lane " + lane, (c, again) -> lanes.view(c, lane));
  }

  @Override
  public List<LaneView> lanes() {
    return database.read("view of lanes", (c, again) -> lanes.all(c));
  }

  @Override
  public Optional<ItemView> find(ItemKey key) {
    return database.read("view of " + key, (c, again) -> Optional.ofNullable(items.find(c, key)));
  }

  @Override
  public List<ItemView> items(ItemView.State state, @Nullable String lane, int limit) {
    Objects.requireNonNull(state, "state");
    if (lane != null) {
      StoredText.checkedName("lane", lane);
    }
    return database.read("view of items", (c, again) -> items.items(c, state, lane, limit));
  }

  @Override
  public List<ItemView> exhausted(@Nullable String lane, int maxAttempts, int limit) {
    LeaseStore.checkAttempts(maxAttempts);
    if (lane != null) {
      StoredText.checkedName("lane", lane);
    }
    return database.read(
        "view of exhausted items",
        (c, again) -> items.exhausted(c, lane, (long) maxAttempts, limit));
  }

  @Override
  public int purge(Instant before) {
    Objects.requireNonNull(before, "before");
    return database.statement("purge of items", (c, again) -> items.purge(c, before));
  }
}
