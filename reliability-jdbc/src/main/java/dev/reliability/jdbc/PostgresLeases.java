package dev.reliability.jdbc;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.Renewal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Leases in PostgreSQL: each step is one statement, so one round trip, and a transaction of its
 * own. Steps on one item are those of {@link PostgresFunctions}. A refusal writes nothing and waits
 * for nobody.
 */
final class PostgresLeases implements LeaseSteps {
  private final Names names;
  private final Sql claim;
  private final Sql claimQueued;
  private final Sql claimQueuedTrial;
  private final Sql renew;
  private final Sql release;
  private final Sql complete;
  private final ItemTable items;
  private final long durableReleases;

  PostgresLeases(Names names, ItemTable items, boolean durableReleases) {
    this.names = names;
    this.items = items;
    this.durableReleases = durableReleases ? 1 : 0;
    claim = new Sql(names, PostgresSql.CLAIM);
    claimQueued = new Sql(names, PostgresSql.claimQueued(false));
    claimQueuedTrial = new Sql(names, PostgresSql.claimQueued(true));
    renew = new Sql(names, PostgresSql.RENEW);
    release = new Sql(names, PostgresSql.RELEASE);
    complete = new Sql(names, PostgresSql.COMPLETE);
  }

  @Override
  public @Nullable Claim claim(Session session, ItemKey key, ClaimRequest request, Asked asked)
      throws SQLException {
    Sql.Args args = terms(request, asked).text("lane", key.lane()).text("item", key.item());
    Answer answer = claim.one(session, args, row -> Answer.read(row, key, request));
    if (answer.lease != null) {
      return new Claim.Granted(answer.lease);
    }
    if (answer.seen.verdict().equals("mine")) {
      Lease mine = items.lease(session, key, asked);
      return mine == null ? null : new Claim.Granted(mine);
    }
    return answer.seen.isClaimable() ? null : answer.seen.refusal(key, names);
  }

  private record Answer(Seen seen, @Nullable Lease lease) {
    static Answer read(ResultSet row, ItemKey key, ClaimRequest request) throws SQLException {
      Seen seen = Seen.read(row);
      String granted = row.getString("granted");
      if (granted == null) {
        return new Answer(seen, null);
      }
      String[] parts = granted.split(" ", 3); // token, attempts, and a payload if there is one
      return new Answer(
          seen,
          new Lease(
              key,
              Long.parseLong(parts[0]),
              request.holder(),
              Integer.parseInt(parts[1]),
              Nanos.instant(seen.now()),
              Nanos.instant(seen.now() + Nanos.of(request.ttl())),
              parts.length == 3 ? parts[2] : null,
              seen.paused()));
    }
  }

  private static Sql.Args terms(ClaimRequest request, Asked asked) {
    return asked
        .in(new Sql.Args())
        .text("holder", request.holder())
        .number("ttl", Nanos.of(request.ttl()))
        .number("max", (long) request.maxAttempts())
        .number("budget", Durations.saturatedNanos(request.budget()));
  }

  @Override
  public List<Lease> claimQueued(
      Session session, String lane, int limit, ClaimRequest request, Asked asked)
      throws SQLException {
    Sql.Args args = terms(request, asked).text("lane", lane).number("limit", (long) limit);
    List<Batch> rows = claimQueued.all(session, args, row -> Batch.read(row, lane, request, false));
    if (rows.stream().anyMatch(row -> row.trying)) {
      rows =
          claimQueuedTrial.all(
              session, args.number("limit", 1L), row -> Batch.read(row, lane, request, true));
    }
    return rows.stream().map(row -> row.lease).filter(Objects::nonNull).toList();
  }

  private record Batch(boolean trying, @Nullable Lease lease) {
    static Batch read(ResultSet row, String lane, ClaimRequest request, boolean trial)
        throws SQLException {
      String item = row.getString("item");
      long now = row.getLong("now");
      if (item == null) {
        return new Batch(row.getLong("trying") != 0, null);
      }
      return new Batch(
          false,
          new Lease(
              new ItemKey(lane, item),
              row.getLong("token"),
              request.holder(),
              row.getInt("attempts"),
              Nanos.instant(now),
              Nanos.instant(now + Nanos.of(request.ttl())),
              row.getString("payload"),
              trial));
    }
  }

  @Override
  public @Nullable Renewal renew(Session session, ItemKey key, long token, long ttl)
      throws SQLException {
    return renewal(session, renew, args(key, token).number("ttl", ttl), key);
  }

  @Override
  public @Nullable Renewal release(Session session, ItemKey key, long token) throws SQLException {
    return renewal(session, release, args(key, token).number("durable", durableReleases), key);
  }

  private @Nullable Renewal renewal(Session session, Sql sql, Sql.Args args, ItemKey key)
      throws SQLException {
    return sql.one(
            session,
            args,
            row -> {
              Long until = Sql.number(row, "new_until");
              if (until != null) {
                return new RenewalAnswer(new Renewal.Held(Nanos.instant(until)));
              }
              Seen seen = Seen.read(row);
              return switch (seen.verdict()) {
                case "held" -> new RenewalAnswer(null);
                case "strange" -> throw seen.strange(key, names);
                default -> new RenewalAnswer(new Renewal.Lost(seen.verdict()));
              };
            })
        .renewal;
  }

  private record RenewalAnswer(@Nullable Renewal renewal) {}

  private record CompletionAnswer(@Nullable Completion completion) {}

  @Override
  public @Nullable Completion complete(
      Session session, ItemKey key, long token, @Nullable String result) throws SQLException {
    return complete.one(
            session,
            args(key, token).text("result", result),
            row -> {
              Long done = Sql.number(row, "new_done");
              if (done != null) {
                return new CompletionAnswer(new Completion.Accepted(Nanos.instant(done)));
              }
              Seen seen = Seen.read(row);
              return switch (seen.verdict()) {
                case "open" -> new CompletionAnswer(null);
                case "duplicate" ->
                    new CompletionAnswer(
                        new Completion.Duplicate(
                            Nanos.instant(Objects.requireNonNull(seen.done()))));
                case "superseded" -> new CompletionAnswer(new Completion.Superseded(seen.token()));
                default -> throw seen.strange(key, names);
              };
            })
        .completion;
  }

  private static Sql.Args args(ItemKey key, long token) {
    return new Sql.Args().text("lane", key.lane()).text("item", key.item()).number("token", token);
  }
}
