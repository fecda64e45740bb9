package dev.reliability.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.journal.EventCodec;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events in a table, also where the database does not always take them. */
@ExtendWith(PostgresServer.class)
class JdbcEventSinkTest {
  private static final String EPOCH = "20260101T000000Z-0a1b2c3d";
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final String COUNT = "SELECT count(*) FROM reliability_events";

  @TempDir Path directory;

  private static Event event(long seq) {
    return event(seq, "lane", new RunEvent.Starting((int) seq));
  }

  private static Event sample(long seq) {
    return event(seq, "lane", new RunEvent.Progress(2, seq));
  }

  private static Event event(long seq, String lane, EventData data) {
    return new Event(
        new EventId(EPOCH, seq),
        START.plusMillis(seq),
        seq,
        "node",
        Subject.ofRun(lane, "item", "run"),
        null,
        data);
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void eventsAreInTheTableAsTheirLines(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcEventSink sink = database.open().events();
      sink.accept(event(1));
      assertThat(sink.status().waiting()).isEqualTo(1);
      sink.accept(event(2, "a\0b", new RunEvent.Starting(2)));
      sink.caughtUp();
      String line = database.text("SELECT line FROM reliability_events WHERE seq = 1");
      assertThat(EventCodec.decode(line)).isEqualTo(event(1));
      assertThat(database.text("SELECT type FROM reliability_events WHERE seq = 1"))
          .isEqualTo("run.starting");
      assertThat(database.text("SELECT lane FROM reliability_events WHERE seq = 2"))
          .isEqualTo("a\uFFFDb");
      assertThat(sink.status().written()).isEqualTo(2);
      assertThat(sink.status().waiting()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void anEventThatComesAgainChangesNothing(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore store = database.open();
      for (int times = 0; times < 2; times++) {
        try (JdbcEventSink sink = store.events()) {
          for (int seq = 1; seq <= 600; seq++) {
            sink.accept(event(seq));
          }
        }
      }
      assertThat(database.number(COUNT)).isEqualTo(600);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aFullBatchIsWrittenAtOnce(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcEventSink sink = database.open().events();
      for (int seq = 1; seq <= 300; seq++) {
        sink.accept(event(seq));
      }
      assertThat(database.number(COUNT)).isEqualTo(256);
      assertThat(sink.status().waiting()).isEqualTo(44);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void whatADatabaseDoesNotTakeWaitsAndIsToldOf(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcEventSink sink = database.open().events();
      database.execute("ALTER TABLE reliability_events RENAME TO away");
      for (int seq = 1; seq <= 1000; seq++) {
        sink.accept(event(seq));
      }
      sink.caughtUp();
      assertThat(sink.status().failing()).isTrue();
      assertThat(sink.status().lastError()).contains("writing 256 events");
      assertThat(sink.status().waiting()).isEqualTo(1000);
      assertThat(sink.status().failures()).isBetween(1L, 5L);
      assertThat(sink.status().dropped()).isZero();
      database.execute("ALTER TABLE away RENAME TO reliability_events");
      sink.caughtUp();
      assertThat(database.number(COUNT)).isEqualTo(1000);
      assertThat(sink.status().failing()).isFalse();
      assertThat(sink.status().written()).isEqualTo(1000);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void theBacklogIsBounded(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcEventSink sink = database.open().events();
      database.execute("ALTER TABLE reliability_events RENAME TO away");
      int half = JdbcEventSink.MOST_WAITING / 2;
      for (int seq = 1; seq <= half + 10; seq++) {
        sink.accept(sample(seq));
      }
      assertThat(sink.status().droppedSamples()).isEqualTo(10);
      for (int seq = half + 11; seq <= 2 * half + 30; seq++) {
        sink.accept(event(seq));
      }
      assertThat(sink.status().waiting()).isEqualTo(JdbcEventSink.MOST_WAITING);
      assertThat(sink.status().dropped()).isEqualTo(30);
      assertThat(sink.status().droppedSamples()).isEqualTo(10);
      sink.close();
      assertThat(sink.status().dropped()).isEqualTo(30 + JdbcEventSink.MOST_WAITING);
      sink.accept(event(1));
      assertThat(sink.status().lastError()).contains("closed");
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void oneThatCannotBeWrittenHoldsUpNoOther(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcEventSink sink = database.open().events();
      database.execute(
          "CREATE UNIQUE INDEX one_is_refused ON reliability_events (type)"
              + " WHERE type = 'run.start_failed'");
      sink.accept(event(1, "lane", new RunEvent.StartFailed(1, "f", "first", null)));
      sink.accept(event(2));
      sink.accept(event(3, "lane", new RunEvent.StartFailed(1, "f", "second", null)));
      sink.accept(event(4));
      sink.caughtUp();
      assertThat(database.number(COUNT)).isEqualTo(3);
      assertThat(sink.status().dropped()).isEqualTo(1);
      assertThat(sink.status().lastError()).contains(EPOCH + "#3 dropped");
      assertThat(sink.status().waiting()).isZero();
    }
  }
}
