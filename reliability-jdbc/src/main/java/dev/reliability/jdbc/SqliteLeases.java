package dev.reliability.jdbc;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.Renewal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Leases in SQLite. Each step is a few statements in a transaction that holds the one lock for
 * writing from its beginning: nothing changes between looking and acting.
 */
final class SqliteLeases implements LeaseSteps {
  private static final String AT_ITEM = "WHERE lane = :lane AND item = :item";
  private static final String GRANT =
      """
      state = 'leased', token = :token, holder = :holder, attempts = attempts + 1,
      claimed_at = :now, renewed_at = :now, until_at = :now + :ttl, budget_ns = :budget,
      client = :client, request = :request
      """;

  private final Names names;
  private final ItemTable items;
  private final Sql tokens;
  private final Sql seenForClaim;
  private final Sql again;
  private final Sql first;
  private final Sql gate;
  private final Sql picked;
  private final Sql beginTrial;
  private final Sql seenForHolder;
  private final Sql renew;
  private final Sql release;
  private final Sql endTrial;
  private final Sql seenForCompletion;
  private final Sql complete;
  private final Sql resume;

  SqliteLeases(Names names, ItemTable items) {
    this.names = names;
    this.items = items;
    tokens =
        new Sql(
            names,
            "UPDATE {counters} SET value = value + :count WHERE name = 'token' RETURNING value");
    seenForClaim = new Sql(names, LeaseRules.seen(LeaseRules.CLAIM_VERDICT));
    again =
        new Sql(names, "UPDATE {items} SET " + GRANT + AT_ITEM + " RETURNING attempts, payload");
    first =
        new Sql(
            names,
            """
            INSERT INTO {items} (lane, item, state, token, holder, attempts, queue_no, enqueued_at,
              claimed_at, renewed_at, until_at, budget_ns, client, request)
            VALUES (:lane, :item, 'leased', :token, :holder, 1, :token, :now,
              :now, :now, :now + :ttl, :budget, :client, :request)
            RETURNING attempts, payload
            """);
    gate =
        new Sql(
            names,
            """
            SELECT t.now AS now, coalesce(l.paused, 0) AS paused,
              CASE WHEN l.paused = 1 AND %s THEN 1 ELSE 0 END AS trying
            FROM (SELECT {now} AS now) t LEFT JOIN {lanes} l ON l.lane = :lane
            """
                .formatted(LeaseRules.TRYING));
    picked =
        new Sql(
            names,
            "SELECT i.item FROM {items} i WHERE "
                + LeaseRules.CLAIMABLE.formatted(":now")
                + " ORDER BY i.queue_no LIMIT :limit");
    beginTrial =
        new Sql(
            names,
            """
            UPDATE {lanes} SET trial = 'under_way', trial_token = :token,
              trial_until = :now + trial_ns WHERE lane = :lane
            """);
    seenForHolder = new Sql(names, LeaseRules.seen(LeaseRules.HELD_VERDICT));
    renew =
        new Sql(names, "UPDATE {items} SET until_at = :now + :ttl, renewed_at = :now " + AT_ITEM);
    release = new Sql(names, "UPDATE {items} SET state = 'queued', queue_no = :queue " + AT_ITEM);
    endTrial =
        new Sql(
            names,
            """
            UPDATE {lanes} SET trial = 'none', trial_token = 0
            WHERE lane = :lane AND trial_token = :token
            """);
    seenForCompletion = new Sql(names, LeaseRules.seen(LeaseRules.COMPLETE_VERDICT));
    complete =
        new Sql(
            names,
            "UPDATE {items} SET state = 'done', done_at = :now, result = :result " + AT_ITEM);
    resume =
        new Sql(
            names,
            """
            UPDATE {lanes} SET paused = 0, episode = episode + 1, since_at = :now,
              trial = 'none', trial_token = 0
            WHERE lane = :lane AND trial_token = :token
            """);
  }

  @Override
  public @Nullable Claim claim(Session session, ItemKey key, ClaimRequest request, Asked asked)
      throws SQLException {
    Sql.Args args = asked.in(at(key)).number("max", (long) request.maxAttempts());
    Seen seen = seenForClaim.one(session, args, Seen::read);
    if (seen.verdict().equals("mine")) {
      return new Claim.Granted(Objects.requireNonNull(items.lease(session, key, asked)));
    }
    if (!seen.isClaimable()) {
      return seen.refusal(key, names);
    }
    Sql sql = seen.verdict().equals("new") ? first : again;
    long token = nextToken(session, 1);
    Lease lease = grant(session, sql, key, request, asked, token, seen.now(), seen.paused());
    return new Claim.Granted(lease);
  }

  private Lease grant(
      Session session,
      Sql sql,
      ItemKey key,
      ClaimRequest request,
      Asked asked,
      long token,
      long now,
      boolean trial)
      throws SQLException {
    long ttl = Nanos.of(request.ttl());
    Sql.Args args =
        asked
            .in(at(key))
            .number("token", token)
            .number("now", now)
            .number("ttl", ttl)
            .text("holder", request.holder())
            .number("budget", Durations.saturatedNanos(request.budget()));
    Lease lease =
        sql.one(
            session,
            args,
            row ->
                new Lease(
                    key,
                    token,
                    request.holder(),
                    row.getInt("attempts"),
                    Nanos.instant(now),
                    Nanos.instant(now + ttl),
                    row.getString("payload"),
                    trial));
    if (trial) {
      beginTrial.update(session, args);
    }
    return lease;
  }

  /** The last of {@code count} new tokens. */
  private long nextToken(Session session, long count) throws SQLException {
    return tokens.one(session, new Sql.Args().number("count", count), row -> row.getLong("value"));
  }

  @Override
  public List<Lease> claimQueued(
      Session session, String lane, int limit, ClaimRequest request, Asked asked)
      throws SQLException {
    Sql.Args args = new Sql.Args().text("lane", lane);
    long[] found =
        gate.one(
            session,
            args,
            row -> new long[] {row.getLong("now"), row.getLong("paused"), row.getLong("trying")});
    long now = found[0];
    boolean trial = found[2] != 0;
    if (found[1] != 0 && !trial) {
      return List.of();
    }
    args.number("now", now)
        .number("max", (long) request.maxAttempts())
        .number("limit", trial ? 1L : limit);
    List<String> names = picked.all(session, args, row -> row.getString("item"));
    List<Lease> leases = new ArrayList<>();
    if (!names.isEmpty()) {
      long token = nextToken(session, names.size()) - names.size();
      for (String item : names) {
        ItemKey key = new ItemKey(lane, item);
        leases.add(grant(session, again, key, request, asked, ++token, now, trial));
      }
    }
    return List.copyOf(leases);
  }

  @Override
  public Renewal renew(Session session, ItemKey key, long token, long ttl) throws SQLException {
    Sql.Args args = at(key).number("token", token).number("ttl", ttl);
    Seen seen = seenForHolder.one(session, args, Seen::read);
    if (!seen.verdict().equals("held")) {
      return lost(seen, key);
    }
    renew.update(session, args.number("now", seen.now()));
    return new Renewal.Held(Nanos.instant(seen.now() + ttl));
  }

  @Override
  public Renewal release(Session session, ItemKey key, long token) throws SQLException {
    Sql.Args args = at(key).number("token", token);
    Seen seen = seenForHolder.one(session, args, Seen::read);
    if (!seen.verdict().equals("held")) {
      return lost(seen, key);
    }
    release.update(session, args.number("queue", nextToken(session, 1)));
    endTrial.update(session, args);
    return new Renewal.Held(Nanos.instant(seen.now()));
  }

  private Renewal lost(Seen seen, ItemKey key) {
    if (seen.verdict().equals("strange")) {
      throw seen.strange(key, names);
    }
    return new Renewal.Lost(seen.verdict());
  }

  @Override
  public Completion complete(Session session, ItemKey key, long token, @Nullable String result)
      throws SQLException {
    Sql.Args args = at(key).number("token", token).text("result", result);
    Seen seen = seenForCompletion.one(session, args, Seen::read);
    switch (seen.verdict()) {
      case "open" -> {
        args.number("now", seen.now());
        complete.update(session, args);
        resume.update(session, args);
        return new Completion.Accepted(Nanos.instant(seen.now()));
      }
      case "duplicate" -> {
        return new Completion.Duplicate(Nanos.instant(Objects.requireNonNull(seen.done())));
      }
      case "superseded" -> {
        return new Completion.Superseded(seen.token());
      }
      default -> throw seen.strange(key, names);
    }
  }

  private static Sql.Args at(ItemKey key) {
    return new Sql.Args().text("lane", key.lane()).text("item", key.item());
  }
}
