package dev.reliability.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalFilter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events read back from a table. */
@ExtendWith(PostgresServer.class)
class JdbcEventReaderTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path directory;

  private static Event event(String epoch, long seq, long millis) {
    return new Event(
        new EventId(epoch, seq),
        START.plusMillis(millis),
        seq,
        "node",
        Subject.ofRun("lane", "item", "run"),
        null,
        new RunEvent.Starting((int) seq));
  }

  private static void write(JdbcStore store, Event... events) {
    try (JdbcEventSink sink = store.events()) {
      for (Event event : events) {
        sink.accept(event);
      }
    }
  }

  private static List<String> told(Iterator<JournalEntry> entries) {
    List<String> told = new ArrayList<>();
    entries.forEachRemaining(
        entry ->
            told.add(
                entry.fold(
                    read -> read.event().id().toString(),
                    bad -> "malformed " + bad.line(),
                    torn -> "torn",
                    gap -> "gap " + gap.epoch() + " " + gap.expectedSeq() + "-" + gap.foundSeq())));
    return told;
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void incarnationsAreMergedByTimeAndEachKeepsItsOrder(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore store = database.open();
      write(store, event("b", 1, 5), event("b", 2, 2), event("b", 3, 20));
      write(store, event("a", 1, 1), event("a", 2, 6), event("a", 3, 30));
      assertThat(told(store.readEvents(JournalFilter.ALL)))
          .containsExactly("a#1", "b#1", "b#2", "a#2", "b#3", "a#3");
      assertThat(told(store.readEvents(JournalFilter.ALL, "b"::equals)))
          .containsExactly("b#1", "b#2", "b#3");
      assertThat(store.epochs()).containsExactlyInAnyOrder("a", "b");
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void thousandsComePageByPage(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore store = database.open();
      List<String> expected = new ArrayList<>();
      try (JdbcEventSink sink = store.events()) {
        for (int seq = 1; seq <= 1_600; seq++) {
          sink.accept(event("a", seq, seq));
          expected.add("a#" + seq);
        }
      }
      assertThat(told(store.readEvents(JournalFilter.ALL))).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aWindowIsExactAndWhatIsMissingAtItsEdgesIsTold(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore store = database.open();
      write(
          store,
          event("a", 1, 0),
          event("a", 2, 10),
          event("a", 5, 20),
          event("a", 6, 30),
          event("a", 9, 40));
      JournalFilter window =
          JournalFilter.ALL.since(START.plusMillis(20)).until(START.plusMillis(40));
      assertThat(told(store.readEvents(window)))
          .containsExactly("gap a 3-5", "a#5", "a#6", "gap a 7-9");
      assertThat(told(store.readEvents(window.types("run.ended"))))
          .containsExactly("gap a 3-5", "gap a 7-9");
      assertThat(told(store.readEvents(JournalFilter.ALL.until(START.plusMillis(10)))))
          .containsExactly("a#1");
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aLineThatCannotBeReadHidesNoOther(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcStore store = database.open();
      write(store, event("a", 1, 0), event("a", 2, 10), event("a", 3, 20));
      database.execute("UPDATE reliability_events SET line = 'no line' WHERE seq = 2");
      assertThat(told(store.readEvents(JournalFilter.ALL)))
          .containsExactly("a#1", "malformed 2", "a#3");
    }
  }
}
