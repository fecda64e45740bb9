package dev.reliability.jdbc;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.store.StoreException;
import dev.reliability.journal.EventCodec;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sink that writes events to a table, each as the line that {@link EventCodec} spells, under
 * its id: an event that is written again changes nothing.
 *
 * <p>Events are written in batches of up to 256, when so many wait or when the sink has caught up
 * with the bus. A database that takes none loses none at first: they wait, up to 65,536 of them,
 * and every further batch tries again. From half of that on samples are dropped, beyond it every
 * event is. An event that the database takes by no means, or that has no spelling, is dropped
 * alone. What is dropped is counted in {@link #status()}, logged at WARN (the 1st, 2nd, 4th, 8th
 * ... time), and shows in the sequence as a gap. No method throws for any of this.
 *
 * <p>Thread-safe, although a bus calls from one strand only, on which no other sink waits. {@link
 * #status()} never waits for the database; the other methods may. Get one from {@link
 * JdbcStore#events()}.
 */
public final class JdbcEventSink implements EventSink, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JdbcEventSink.class);
  private static final int BATCH = 256;
  static final int MOST_WAITING = 65_536;

  private final Database database;
  private final Sql insert;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Line> backlog = new ArrayDeque<>();
  private int nextAttempt = BATCH;
  private boolean closed;
  private volatile Status status = new Status(0, 0, 0, 0, 0, false, null);

  JdbcEventSink(Database database) {
    this.database = database;
    insert =
        new Sql(
            database.names(),
            """
            INSERT INTO {events} (epoch, seq, at, type, lane, item, run, line)
            VALUES (:epoch, :seq, :at, :type, :lane, :item, :run, :line)
            ON CONFLICT (epoch, seq) DO NOTHING
            """);
  }

  /**
   * How the sink is doing. All counts are since it was made.
   *
   * @param written events that are in the table, whoever wrote them first
   * @param waiting events that wait for the next batch, or for a database that takes them
   * @param dropped events that will not be in the table by this sink
   * @param droppedSamples how many of the dropped ones were samples
   * @param failures attempts to write that failed
   * @param failing whether the last attempt failed
   * @param lastError what went wrong last, in words, or null if nothing ever did
   */
  public record Status(
      long written,
      long waiting,
      long dropped,
      long droppedSamples,
      long failures,
      boolean failing,
      @Nullable String lastError) {

    private Status wrote(int count, int left) {
      return new Status(written + count, left, dropped, droppedSamples, failures, false, lastError);
    }

    private Status waits(int count) {
      return new Status(written, count, dropped, droppedSamples, failures, failing, lastError);
    }

    private Status lost(int count, boolean sample, int left, String why) {
      return new Status(
          written,
          left,
          dropped + count,
          droppedSamples + (sample ? count : 0),
          failures,
          failing,
          why);
    }

    private Status failed(String why) {
      return new Status(written, waiting, dropped, droppedSamples, failures + 1, true, why);
    }
  }

  private record Line(String id, boolean sample, Sql.Args args) {
    static Line of(Event event) {
      return new Line(
          event.id().toString(),
          event.data().isSample(),
          new Sql.Args()
              .text("epoch", storable(event.id().epoch()))
              .number("seq", event.id().seq())
              .number("at", Nanos.of(event.time()))
              .text("type", storable(event.type()))
              .text("lane", storable(event.subject().lane()))
              .text("item", storable(event.subject().item()))
              .text("run", storable(event.subject().run()))
              .text("line", EventCodec.encode(event)));
    }

    /** No column holds the character 0; the line spells it in its own way. */
    private static @Nullable String storable(@Nullable String text) {
      return text == null ? null : text.replace('\0', '\uFFFD');
    }
  }

  @Override
  public String name() {
    return "jdbc";
  }

  /** How it goes. Never waits. */
  public Status status() {
    return status;
  }

  /** Takes one event, which is in the table after the next {@link #caughtUp()}, if that works. */
  @Override
  public void accept(Event event) {
    lock.lock();
    try {
      boolean sample = event.data().isSample();
      if (closed) {
        drop(event.id().toString(), sample, "the sink is closed");
      } else if (backlog.size() >= (sample ? MOST_WAITING / 2 : MOST_WAITING)) {
        drop(event.id().toString(), sample, "too many wait to be written");
      } else {
        add(event, sample);
      }
      if (backlog.size() >= nextAttempt) {
        write();
      }
    } finally {
      lock.unlock();
    }
  }

  private void add(Event event, boolean sample) {
    try {
      backlog.add(Line.of(event));
      status = status.waits(backlog.size());
    } catch (RuntimeException e) {
      drop(event.id().toString(), sample, e.toString());
    }
  }

  /** Writes what waits. */
  @Override
  public void caughtUp() {
    lock.lock();
    try {
      write();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what waits, for the last time. Events that come later are counted as dropped. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      write();
      closed = true;
      for (Line line : backlog) {
        status = status.lost(1, line.sample, 0, "the sink was closed before it could be written");
      }
      if (!backlog.isEmpty()) {
        log.warn("events: {} could not be written and are lost", backlog.size());
        backlog.clear();
      }
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    while (!backlog.isEmpty()) {
      List<Line> batch = new ArrayList<>(BATCH);
      Iterator<Line> oldest = backlog.iterator();
      while (batch.size() < BATCH && oldest.hasNext()) {
        batch.add(oldest.next());
      }
      try {
        insert(batch);
        wrote(batch.size());
      } catch (StoreException e) {
        if (!isAboutOne(e) || !writeEach(batch)) {
          failed(e);
          nextAttempt = backlog.size() + BATCH; // not for each event anew
          return;
        }
      }
    }
    nextAttempt = BATCH;
  }

  private void insert(List<Line> lines) {
    List<Sql.Args> batch = lines.stream().map(Line::args).toList();
    database.transaction(
        "writing " + lines.size() + " events",
        (Session session, boolean again) -> {
          insert.updateAll(session, batch);
          return true;
        });
  }

  /** Whether the database refuses what one of the events says, and not all of them. */
  private boolean isAboutOne(StoreException e) {
    return e.getCause() instanceof SQLException sql && SqlFault.isData(database.dialect(), sql);
  }

  /** Writes one at a time, so that one that cannot be written holds up no other. */
  private boolean writeEach(List<Line> batch) {
    for (Line line : batch) {
      try {
        insert(List.of(line));
        wrote(1);
      } catch (StoreException e) {
        if (!isAboutOne(e)) {
          return false;
        }
        backlog.remove();
        drop(line.id, line.sample, String.valueOf(e.getMessage()));
      }
    }
    return true;
  }

  private void wrote(int count) {
    for (int i = 0; i < count; i++) {
      backlog.remove();
    }
    if (status.failing()) {
      log.info("events: written again, after {} failures", status.failures());
    }
    status = status.wrote(count, backlog.size());
  }

  private void failed(StoreException e) {
    status = status.failed(String.valueOf(e.getMessage()));
    if (Long.bitCount(status.failures()) == 1) {
      log.warn(
          "events: cannot write, {} times so far; {} events wait",
          status.failures(),
          backlog.size(),
          e);
    }
  }

  private void drop(String id, boolean sample, String why) {
    status = status.lost(1, sample, backlog.size(), "event " + id + " dropped: " + why);
    if (Long.bitCount(status.dropped()) == 1) {
      log.warn("events: {}, {} dropped so far", status.lastError(), status.dropped());
    }
  }
}
