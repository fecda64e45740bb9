package dev.reliability.jdbc;

import java.util.ArrayList;
import java.util.List;

/**
 * The shape of the tables, as statements. Each version only adds to the one before, so that a node
 * that knows the version before goes on working with the tables of this one: a new column may be
 * absent, and nothing is ever renamed or dropped. Times are those of {@link Nanos}.
 */
final class Tables {
  /** The version that this library makes and works with. */
  static final int VERSION = 3;

  /** The oldest version of this library's tables whose nodes can work with these. */
  static final int READABLE_BY = 1;

  private static final List<String> FIRST =
      List.of(
          """
          CREATE TABLE {items} (
            lane TEXT {c} NOT NULL,
            item TEXT {c} NOT NULL,
            state TEXT NOT NULL,
            token BIGINT NOT NULL,
            holder TEXT,
            attempts BIGINT NOT NULL,
            queue_no BIGINT NOT NULL,
            enqueued_at BIGINT NOT NULL,
            claimed_at BIGINT,
            renewed_at BIGINT,
            until_at BIGINT,
            budget_ns BIGINT,
            done_at BIGINT,
            payload TEXT,
            result TEXT,
            PRIMARY KEY (lane, item)
          ) {rows}
          """,
          "CREATE INDEX {p}items_queue ON {items} (lane, queue_no) WHERE done_at IS NULL",
          "CREATE INDEX {p}items_done ON {items} (done_at) WHERE done_at IS NOT NULL",
          """
          CREATE TABLE {lanes} (
            lane TEXT {c} NOT NULL PRIMARY KEY,
            episode BIGINT NOT NULL,
            paused BIGINT NOT NULL,
            reason TEXT,
            actor TEXT,
            since_at BIGINT,
            trial TEXT NOT NULL,
            trial_token BIGINT NOT NULL,
            trial_ns BIGINT NOT NULL,
            trial_until BIGINT NOT NULL
          )
          """,
          """
          CREATE TABLE {runs} (
            id TEXT {c} NOT NULL PRIMARY KEY,
            lane TEXT NOT NULL,
            item TEXT NOT NULL,
            state TEXT NOT NULL,
            worker TEXT,
            reason TEXT,
            detail TEXT,
            owner TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            started_at BIGINT,
            ended_at BIGINT
          )
          """,
          "CREATE INDEX {p}runs_state ON {runs} (state, created_at)",
          """
          CREATE TABLE {docs} (
            name TEXT {c} NOT NULL PRIMARY KEY,
            version BIGINT NOT NULL,
            body TEXT NOT NULL
          )
          """);

  private static final List<String> TOKENS_SQLITE =
      List.of(
          "CREATE TABLE {counters} (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)",
          "INSERT INTO {counters} (name, value) VALUES ('token', 0)");

  private static final List<String> TOKENS_POSTGRESQL = List.of("CREATE SEQUENCE {token}");

  /** Who took a step, so that it can be recognised when its answer was lost; and events. */
  private static final List<String> SECOND =
      List.of(
          "ALTER TABLE {items} ADD COLUMN client BIGINT",
          "ALTER TABLE {items} ADD COLUMN request BIGINT",
          "ALTER TABLE {docs} ADD COLUMN client BIGINT",
          "ALTER TABLE {docs} ADD COLUMN request BIGINT",
          """
          CREATE TABLE {events} (
            epoch TEXT {c} NOT NULL,
            seq BIGINT NOT NULL,
            at BIGINT NOT NULL,
            type TEXT NOT NULL,
            lane TEXT,
            item TEXT,
            run TEXT,
            line TEXT NOT NULL,
            PRIMARY KEY (epoch, seq)
          )
          """,
          "CREATE INDEX {p}events_at ON {events} (at)");

  /** Who had a lane resumed last, why and when; a node of version 2 leaves that as it was. */
  private static final List<String> THIRD =
      List.of(
          "ALTER TABLE {lanes} ADD COLUMN resume_actor TEXT",
          "ALTER TABLE {lanes} ADD COLUMN resume_reason TEXT",
          "ALTER TABLE {lanes} ADD COLUMN resume_at BIGINT");

  private Tables() {}

  /** What tells the version; made before all others. */
  static String meta() {
    return "CREATE TABLE IF NOT EXISTS {meta} (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)";
  }

  /** The statements that lead from {@code version - 1} to {@code version}. */
  static List<String> step(Dialect dialect, int version) {
    return switch (version) {
      case 1 -> {
        List<String> all = new ArrayList<>(FIRST);
        all.addAll(dialect == Dialect.SQLITE ? TOKENS_SQLITE : TOKENS_POSTGRESQL);
        yield all.stream().map(sql -> spell(dialect, sql)).toList();
      }
      case 2 -> {
        List<String> all = new ArrayList<>(SECOND);
        if (dialect == Dialect.POSTGRESQL) {
          all.addAll(PostgresFunctions.ALL);
        }
        yield all.stream().map(sql -> spell(dialect, sql)).toList();
      }
      case 3 -> THIRD.stream().map(sql -> spell(dialect, sql)).toList();
      default -> throw new IllegalArgumentException("no version " + version);
    };
  }

  /** Keys are ordered by their bytes, and rows have room to be changed in place. */
  private static String spell(Dialect dialect, String sql) {
    boolean postgres = dialect == Dialect.POSTGRESQL;
    return sql.replace("{c}", postgres ? "COLLATE \"C\"" : "")
        .replace("{rows}", postgres ? "WITH (fillfactor = 70)" : "WITHOUT ROWID");
  }
}
