package dev.reliability.jdbc;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** An item and its lane as a statement of {@link LeaseRules#seen} found them, and its verdict. */
record Seen(
    String verdict,
    long now,
    boolean paused,
    @Nullable String reason,
    @Nullable Long since,
    @Nullable String state,
    long token,
    @Nullable String holder,
    int attempts,
    @Nullable Long until,
    @Nullable Long done) {

  static Seen read(ResultSet row) throws SQLException {
    return new Seen(
        row.getString("verdict"),
        row.getLong("now"),
        row.getLong("paused") != 0,
        row.getString("reason"),
        Sql.number(row, "since_at"),
        row.getString("state"),
        row.getLong("token"),
        row.getString("holder"),
        row.getInt("attempts"),
        Sql.number(row, "until_at"),
        Sql.number(row, "done_at"));
  }

  boolean isClaimable() {
    return verdict.equals("new") || verdict.equals("again");
  }

  /** The answer to a claim that cannot be granted. */
  Claim refusal(ItemKey key, Names names) {
    return switch (verdict) {
      case "lane_paused" ->
          new Claim.LanePaused(key.lane(), text(reason), Nanos.instant(number(since)));
      case "done" -> new Claim.AlreadyDone(Nanos.instant(number(done)));
      case "duplicate" -> new Claim.Duplicate(text(holder), Nanos.instant(number(until)));
      case "exhausted" -> new Claim.AttemptsExhausted(attempts);
      default -> throw strange(key, names);
    };
  }

  /** That the row says what no version of this library wrote. */
  StoreException strange(ItemKey key, Names names) {
    return strange(key, names, text(state));
  }

  static StoreException strange(ItemKey key, Names names, String state) {
    return new StoreException(
        names.of("items")
            + ", item "
            + key
            + ", state: expected queued, leased or done, got \""
            + state
            + "\"",
        null);
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static long number(@Nullable Long value) {
    return value == null ? 0 : value;
  }
}
