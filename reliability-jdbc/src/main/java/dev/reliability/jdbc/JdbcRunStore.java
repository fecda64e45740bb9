package dev.reliability.jdbc;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.RunLifecycle;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.core.store.StoredText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs in a database. Thread-safe. */
final class JdbcRunStore implements RunStore {
  private final Database database;
  private final Sql create;
  private final Sql replace;
  private final Sql find;
  private final Sql purge;

  JdbcRunStore(Database database) {
    this.database = database;
    Names names = database.names();
    create =
        new Sql(
            names,
            """
            INSERT INTO {runs} (id, lane, item, state, worker, reason, detail, owner,
              created_at, started_at, ended_at)
            SELECT :id, :lane, :item, :state, :worker, :reason, :detail, :owner,
              :created, :started, :ended
            WHERE NOT EXISTS (SELECT 1 FROM {runs} WHERE id = :id)
            ON CONFLICT (id) DO NOTHING
            """);
    replace =
        new Sql(
            names,
            """
            UPDATE {runs} SET lane = :lane, item = :item, state = :state, worker = :worker,
              reason = :reason, detail = :detail, owner = :owner,
              created_at = :created, started_at = :started, ended_at = :ended
            WHERE id = :id AND state = :expected
            """);
    find = new Sql(names, "SELECT * FROM {runs} WHERE id = :id");
    purge = new Sql(names, "DELETE FROM {runs} WHERE ended_at < :before");
  }

  @Override
  public boolean create(RunRecord record) {
    if (record.state() != RunState.QUEUED) {
      throw new IllegalArgumentException(
          "record.state: expected queued, got "
              + record.state().wireName()
              + " for run "
              + record.id());
    }
    return database.statement(
        "creation of run " + record.id(),
        (c, again) ->
            create.update(c, args(record)) == 1 || (again && record.equals(find(c, record.id()))));
  }

  @Override
  public Transition transition(RunState expected, RunRecord next) {
    String what =
        "transition of run "
            + next.id()
            + " from "
            + expected.wireName()
            + " to "
            + next.state().wireName();
    return database.statement(
        what,
        (c, again) -> {
          while (true) {
            Transition answer = transition(c, expected, next, again);
            if (answer != null) {
              return answer;
            }
          }
        });
  }

  /** Null if the record changed in between. */
  private @Nullable Transition transition(
      Session session, RunState expected, RunRecord next, boolean again) throws SQLException {
    RunLifecycle.Step step = RunLifecycle.step(expected, next.state());
    if (step instanceof RunLifecycle.Allowed
        && replace.update(session, args(next).text("expected", expected.wireName())) == 1) {
      return new Applied(next);
    }
    RunRecord actual = find(session, next.id());
    if (actual == null) {
      return new NotFound(next.id());
    }
    if (again && actual.equals(next)) {
      return new Applied(next);
    }
    if (actual.state() != expected) {
      return new Conflict(
          actual,
          "expected " + expected.wireName() + ", but the run is " + actual.state().wireName());
    }
    return step instanceof RunLifecycle.Rejected rejected
        ? new Conflict(actual, rejected.why())
        : null;
  }

  @Override
  public Optional<RunRecord> find(String id) {
    StoredText.checkedName("run", id);
    return database.read("view of run " + id, (c, again) -> Optional.ofNullable(find(c, id)));
  }

  private @Nullable RunRecord find(Session session, String id) throws SQLException {
    return find.first(session, new Sql.Args().text("id", id), this::record);
  }

  @Override
  public List<RunRecord> findByState(Set<RunState> states, int limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("limit: expected 0 or more, got " + limit);
    }
    if (states.isEmpty()) {
      return List.of();
    }
    String list =
        states.stream()
            .map(state -> "'" + state.wireName() + "'")
            .sorted()
            .collect(Collectors.joining(", "));
    Sql sql =
        new Sql(
            database.names(),
            "SELECT * FROM {runs} WHERE state IN ("
                + list
                + ") ORDER BY created_at, id LIMIT :limit");
    return database.read(
        "view of runs",
        (c, again) ->
            List.copyOf(sql.all(c, new Sql.Args().number("limit", (long) limit), this::record)));
  }

  @Override
  public int purge(Instant before) {
    return database.statement(
        "purge of runs",
        (c, again) -> purge.update(c, new Sql.Args().number("before", Nanos.of(before))));
  }

  private static Sql.Args args(RunRecord run) {
    EndReason reason = run.reason();
    return new Sql.Args()
        .text("id", run.id())
        .text("lane", run.lane())
        .text("item", run.item())
        .text("state", run.state().wireName())
        .text("worker", run.worker())
        .text("reason", reason == null ? null : reason.wireName())
        .text("detail", run.detail())
        .text("owner", run.owner())
        .number("created", Nanos.of(run.createdAt()))
        .number("started", Nanos.ofNullable(run.startedAt()))
        .number("ended", Nanos.ofNullable(run.endedAt()));
  }

  private RunRecord record(ResultSet row) throws SQLException {
    String id = row.getString("id");
    String reason = row.getString("reason");
    try {
      return new RunRecord(
          id,
          row.getString("lane"),
          row.getString("item"),
          RunState.fromWireName(row.getString("state")),
          row.getString("worker"),
          reason == null ? null : EndReason.fromWireName(reason),
          row.getString("detail"),
          row.getString("owner"),
          Nanos.instant(row.getLong("created_at")),
          Nanos.instantOrNull(Sql.number(row, "started_at")),
          Nanos.instantOrNull(Sql.number(row, "ended_at")));
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          database.names().of("runs") + ", run " + id + ": " + e.getMessage(), e);
    }
  }
}
