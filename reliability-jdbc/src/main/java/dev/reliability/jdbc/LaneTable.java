package dev.reliability.jdbc;

import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table of lanes. A lane has a row from its first pause on. */
final class LaneTable {
  /** A trial that ran out is shown as open: the next claim takes it up. */
  private static final String SHOWN =
      """
      SELECT lane, episode, paused, reason, actor, since_at,
        resume_actor, resume_reason, resume_at,
        CASE WHEN trial = 'under_way' AND trial_until <= {now} THEN 'open' ELSE trial END AS trial
      FROM {lanes}
      """;

  private final Names names;
  private final Sql find;
  private final Sql all;
  private final Sql awaitClaims;
  private final Sql pauseKnown;
  private final Sql pauseNew;
  private final Sql resume;
  private final Sql openTrial;

  LaneTable(Names names) {
    this.names = names;
    find = new Sql(names, SHOWN + " WHERE lane = :lane");
    all = new Sql(names, SHOWN + " ORDER BY lane");
    awaitClaims = new Sql(names, PostgresSql.AWAIT_CLAIMS);
    pauseKnown =
        new Sql(
            names,
            """
            UPDATE {lanes} SET paused = 1, reason = :reason, actor = :actor, since_at = {now},
              trial = 'none', trial_token = 0
            WHERE lane = :lane AND paused = 0 AND (:any = 1 OR episode = :episode)
            """);
    pauseNew =
        new Sql(
            names,
            """
            INSERT INTO {lanes} (lane, episode, paused, reason, actor, since_at,
              trial, trial_token, trial_ns, trial_until)
            SELECT :lane, 0, 1, :reason, :actor, {now}, 'none', 0, 0, 0
            WHERE NOT EXISTS (SELECT 1 FROM {lanes} WHERE lane = :lane)
            ON CONFLICT (lane) DO NOTHING
            """);
    resume =
        new Sql(
            names,
            """
            UPDATE {lanes} SET paused = 0, actor = :actor, since_at = {now},
              resume_actor = :actor, resume_reason = :reason, resume_at = {now},
              episode = episode + 1, trial = 'none', trial_token = 0
            WHERE lane = :lane AND paused = 1 AND (:any = 1 OR episode = :episode)
            """);
    openTrial =
        new Sql(
            names,
            """
            UPDATE {lanes} SET actor = :actor, trial = 'open', trial_token = 0, trial_ns = :trial,
              resume_actor = :actor, resume_reason = :reason, resume_at = {now}
            WHERE lane = :lane AND paused = 1 AND trial = 'none'
              AND (:any = 1 OR episode = :episode)
            """);
  }

  /** Returns when no claim can be on its way any more that did not see the pause. */
  LaneView pause(Session session, String lane, @Nullable Long episode, String actor, String reason)
      throws SQLException {
    Sql.Args args = args(lane, episode, actor, reason);
    if (names.dialect() == Dialect.POSTGRESQL) {
      awaitClaims.one(session, args, row -> true);
    }
    if (pauseKnown.update(session, args) == 0 && (episode == null || episode == 0)) {
      pauseNew.update(session, args);
    }
    return view(session, lane);
  }

  private static Sql.Args args(String lane, @Nullable Long episode, String actor, String reason) {
    return new Sql.Args()
        .text("lane", lane)
        .text("actor", actor)
        .text("reason", reason)
        .number("any", episode == null ? 1L : 0L)
        .number("episode", episode == null ? 0L : episode);
  }

  LaneView resume(
      Session session,
      String lane,
      @Nullable Long episode,
      String actor,
      String reason,
      @Nullable Duration trial)
      throws SQLException {
    Sql.Args args = args(lane, episode, actor, reason);
    if (trial == null) {
      resume.update(session, args);
    } else {
      openTrial.update(session, args.number("trial", Nanos.of(trial)));
    }
    return view(session, lane);
  }

  LaneView view(Session session, String lane) throws SQLException {
    LaneView view = find.first(session, new Sql.Args().text("lane", lane), this::view);
    return view == null ? LaneView.fresh(lane) : view;
  }

  List<LaneView> all(Session session) throws SQLException {
    return List.copyOf(all.all(session, new Sql.Args(), this::view));
  }

  private LaneView view(ResultSet row) throws SQLException {
    String lane = row.getString("lane");
    return new LaneView(
        lane,
        row.getLong("episode"),
        row.getLong("paused") != 0,
        row.getString("reason"),
        row.getString("actor"),
        Nanos.instantOrNull(Sql.number(row, "since_at")),
        trial(lane, row.getString("trial")),
        resume(row));
  }

  private static LaneView.@Nullable Resume resume(ResultSet row) throws SQLException {
    String actor = row.getString("resume_actor");
    String reason = row.getString("resume_reason");
    Long at = Sql.number(row, "resume_at");
    return actor == null || reason == null || at == null
        ? null
        : new LaneView.Resume(actor, reason, Nanos.instant(at));
  }

  private LaneView.Trial trial(String lane, String spelled) {
    for (LaneView.Trial trial : LaneView.Trial.values()) {
      if (trial.name().toLowerCase(Locale.ROOT).equals(spelled)) {
        return trial;
      }
    }
    throw new StoreException(
        names.of("lanes")
            + ", lane "
            + lane
            + ", trial: expected none, open or under_way, got \""
            + spelled
            + "\"",
        null);
  }
}
