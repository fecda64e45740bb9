package dev.reliability.jdbc;

import dev.reliability.core.event.Event;
import dev.reliability.journal.CodecException;
import dev.reliability.journal.EventCodec;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalFilter;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events that {@link JdbcEventSink}s wrote to a database, as a {@link
 * dev.reliability.journal.JournalReader} reads files: by sequence within an incarnation, merged by
 * time across them, with what is missing or cannot be read told where it stands. An entry's file is
 * the table's name, its line the event's number.
 *
 * <p>What stands before the first event of an incarnation is not told as missing: it may have been
 * removed. Events that are written while it reads may be among those it gives.
 *
 * <p>It asks for 512 events at a time, of each incarnation that was active at the time being read,
 * and holds no connection in between. Reading changes nothing. Not thread-safe. Get one from {@link
 * JdbcStore#readEvents}.
 */
public final class JdbcEventReader implements Iterator<JournalEntry> {
  private static final int PAGE = 512;

  private final Database database;
  private final JournalFilter filter;
  private final long since;
  private final long until;
  private final Path table;
  private final Sql page;
  private final PriorityQueue<Incarnation> incarnations =
      new PriorityQueue<>(
          Comparator.comparingLong((Incarnation one) -> one.at).thenComparing(one -> one.epoch));

  JdbcEventReader(Database database, JournalFilter filter, Predicate<String> epochs) {
    this.database = database;
    this.filter = filter;
    since = filter.since() == null ? Long.MIN_VALUE : nanos(filter.since());
    until = filter.until() == null ? Long.MAX_VALUE : nanos(filter.until());
    table = Path.of(database.names().of("events"));
    page =
        new Sql(
            database.names(),
            """
            SELECT seq, at, type, line FROM {events}
            WHERE epoch = :epoch AND seq >= :next AND seq <= :last ORDER BY seq LIMIT :page
            """);
    for (Range range : ranges()) {
      if (epochs.test(range.epoch)) {
        Incarnation incarnation = new Incarnation(range);
        if (incarnation.advance()) {
          incarnations.add(incarnation);
        }
      }
    }
  }

  /** What an incarnation wrote in the time asked for, with a neighbour on each side. */
  private record Range(String epoch, long first, long last) {}

  private List<Range> ranges() {
    Sql sql =
        new Sql(
            database.names(),
            """
            SELECT w.epoch AS epoch,
              COALESCE((SELECT MAX(b.seq) FROM {events} b WHERE b.epoch = w.epoch AND b.seq < w.low),
                w.low) AS low,
              COALESCE((SELECT MIN(a.seq) FROM {events} a WHERE a.epoch = w.epoch AND a.seq > w.high),
                w.high) AS high
            FROM (SELECT epoch, MIN(seq) AS low, MAX(seq) AS high FROM {events}
              WHERE at >= :since AND at < :until GROUP BY epoch) w
            """);
    return database.read(
        "reading events",
        (session, again) ->
            sql.all(
                session,
                new Sql.Args().number("since", since).number("until", until),
                row -> new Range(row.getString("epoch"), row.getLong("low"), row.getLong("high"))));
  }

  private static long nanos(Instant time) {
    try {
      return Nanos.of(time);
    } catch (ArithmeticException | IllegalArgumentException e) {
      return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** {@inheritDoc} */
  @Override
  public boolean hasNext() {
    return !incarnations.isEmpty();
  }

  /**
   * The next entry.
   *
   * @throws NoSuchElementException if there is none
   * @throws dev.reliability.core.store.StoreException if the database does not answer
   */
  @Override
  public JournalEntry next() {
    Incarnation first = incarnations.poll();
    if (first == null) {
      throw new NoSuchElementException("there are no more events");
    }
    JournalEntry entry = first.ready.remove();
    if (first.advance()) {
      incarnations.add(first);
    }
    return entry;
  }

  private record Row(long seq, long at, String type, String line) {
    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getLong("seq"), row.getLong("at"), row.getString("type"), row.getString("line"));
    }
  }

  /** Walks through what one incarnation wrote. */
  private final class Incarnation {
    private final String epoch;
    private final long last;
    private final Deque<Row> rows = new ArrayDeque<>();
    private final Deque<JournalEntry> ready = new ArrayDeque<>(2);
    private long next;
    private boolean done;
    private @Nullable Row before;

    /** The time of what is ready. */
    private long at;

    Incarnation(Range range) {
      epoch = range.epoch;
      next = range.first;
      last = range.last;
    }

    /** Goes on to the next entry; false if there is none. */
    boolean advance() {
      while (ready.isEmpty()) {
        Row row = rows.poll();
        if (row != null) {
          read(row);
        } else if (done) {
          return false;
        } else {
          load();
        }
      }
      return true;
    }

    private void load() {
      Sql.Args args =
          new Sql.Args()
              .text("epoch", epoch)
              .number("next", next)
              .number("last", last)
              .number("page", (long) PAGE);
      List<Row> more =
          database.read("reading events", (session, again) -> page.all(session, args, Row::of));
      rows.addAll(more);
      done = more.size() < PAGE;
      if (!done) {
        next = more.get(more.size() - 1).seq + 1;
      }
    }

    private void read(Row row) {
      boolean inTime = isInTime(row);
      Row previous = before;
      before = row;
      if (previous != null && row.seq != previous.seq + 1 && (inTime || isInTime(previous))) {
        ready.add(new JournalEntry.Gap(epoch, previous.seq + 1, row.seq, table, row.seq, 0));
      }
      if (inTime && (filter.types().isEmpty() || filter.types().contains(row.type))) {
        ready.add(decoded(row));
      }
      at = row.at;
    }

    private boolean isInTime(Row row) {
      return row.at >= since && (row.at < until || filter.until() == null);
    }

    private JournalEntry decoded(Row row) {
      try {
        Event event = EventCodec.decode(row.line);
        return new JournalEntry.Read(event, table, row.seq, 0);
      } catch (CodecException e) {
        return new JournalEntry.Malformed(table, row.seq, 0, String.valueOf(e.getMessage()));
      }
    }
  }
}
