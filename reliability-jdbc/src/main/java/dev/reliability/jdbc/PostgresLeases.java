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
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
    Answer answer = ask(session, claim, args);
    if (answer == null) {
      return null;
    }
    switch (answer.word) {
      case "granted" -> {
        return new Claim.Granted(granted(key, request, answer));
      }
      case "mine" -> {
        Lease mine = items.lease(session, key, asked);
        return mine == null ? null : new Claim.Granted(mine);
      }
      case "duplicate" -> {
        String[] parts = answer.parts(2);
        return new Claim.Duplicate(parts[1], time(parts[0]));
      }
      case "done" -> {
        return new Claim.AlreadyDone(time(answer.rest));
      }
      case "lane_paused" -> {
        String[] parts = answer.parts(2);
        return new Claim.LanePaused(key.lane(), parts.length == 2 ? parts[1] : "", time(parts[0]));
      }
      case "exhausted" -> {
        return new Claim.AttemptsExhausted(Integer.parseInt(answer.rest));
      }
      default -> throw Seen.strange(key, names, answer.rest);
    }
  }

  /** Whether it is a trial, when, the token, attempts, and a payload if there is one. */
  private static Lease granted(ItemKey key, ClaimRequest request, Answer answer) {
    String[] parts = answer.parts(5);
    long now = Long.parseLong(parts[1]);
    return new Lease(
        key,
        Long.parseLong(parts[2]),
        request.holder(),
        Integer.parseInt(parts[3]),
        Nanos.instant(now),
        Nanos.instant(now + Nanos.of(request.ttl())),
        parts.length == 5 ? parts[4] : null,
        parts[0].equals("1"));
  }

  /** What one of {@link PostgresFunctions} says: a word, and what belongs to it. */
  private record Answer(String word, String rest) {
    static Answer of(String text) {
      int blank = text.indexOf(' ');
      return blank < 0
          ? new Answer(text, "")
          : new Answer(text.substring(0, blank), text.substring(blank + 1));
    }

    /** The last part may have blanks of its own. */
    String[] parts(int most) {
      return rest.split(" ", most);
    }
  }

  private static @Nullable Answer ask(Session session, Sql sql, Sql.Args args) throws SQLException {
    return sql.one(session, args, row -> Optional.ofNullable(row.getString(1)))
        .map(Answer::of)
        .orElse(null);
  }

  private static Instant time(String nanos) {
    return Nanos.instant(Long.parseLong(nanos));
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
    Answer answer = ask(session, sql, args);
    if (answer == null) {
      return null;
    }
    return switch (answer.word) {
      case "held" -> new Renewal.Held(time(answer.rest));
      case "strange" -> throw Seen.strange(key, names, answer.rest);
      default -> new Renewal.Lost(answer.word);
    };
  }

  @Override
  public @Nullable Completion complete(
      Session session, ItemKey key, long token, @Nullable String result) throws SQLException {
    Answer answer = ask(session, complete, args(key, token).text("result", result));
    if (answer == null) {
      return null;
    }
    return switch (answer.word) {
      case "accepted" -> new Completion.Accepted(time(answer.rest));
      case "duplicate" -> new Completion.Duplicate(time(answer.rest));
      case "superseded" -> new Completion.Superseded(Long.parseLong(answer.rest));
      default -> throw Seen.strange(key, names, answer.rest);
    };
  }

  private static Sql.Args args(ItemKey key, long token) {
    return new Sql.Args().text("lane", key.lane()).text("item", key.item()).number("token", token);
  }
}
