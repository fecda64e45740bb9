package dev.reliability.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes to one file of SQLite. Writers of one process wait here in turn: SQLite would let them
 * poll, and starve some for seconds. Whoever is first takes the steps of those behind it along, one
 * after the other in one transaction, so that they wait for the disk once.
 *
 * <p>A transaction takes the lock for writing at once, so that it never has to give up late.
 */
final class SqliteWriter {
  private static final int BUSY_TIMEOUT_MILLIS = 5_000;
  private static final int MOST_TOGETHER = 64;
  private static final int MOST_SESSIONS = 16;

  /** For all stores of this process, by file. */
  private static final Map<String, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final ReentrantLock lock;
  private final Connections connections;
  private final ConcurrentLinkedQueue<Waiting<?>> queue = new ConcurrentLinkedQueue<>();

  /** By the driver's own connection; changed with the lock held. */
  private final Map<Connection, Session> sessions = new LinkedHashMap<>();

  /** Where connections come from. */
  @FunctionalInterface
  interface Connections {
    Connection borrow() throws SQLException;
  }

  SqliteWriter(String file, Connections connections) {
    this.lock = LOCKS.computeIfAbsent(file, key -> new ReentrantLock(true));
    this.connections = connections;
  }

  /** A step that waits for its turn. All but what it asks for is changed with the lock held. */
  private static final class Waiting<T> {
    final Database.Step<T> step;
    final boolean again;
    @Nullable T answer;
    @Nullable Exception failure;
    boolean over;

    Waiting(Database.Step<T> step, boolean again) {
      this.step = step;
      this.again = again;
    }

    void take(Session session) throws SQLException {
      answer = step.take(session, again);
    }

    void end(@Nullable Exception why) {
      failure = why;
      over = true;
    }
  }

  /** Takes a step in a transaction, maybe together with others' steps. */
  @SuppressWarnings("NullAway") // an answer is as null as the step made it
  <T> T write(Database.Step<T> step, boolean again) throws SQLException {
    Waiting<T> mine = new Waiting<>(step, again);
    queue.add(mine);
    lock.lock();
    try {
      while (!mine.over) {
        takeTurn();
      }
    } finally {
      lock.unlock();
    }
    if (mine.failure instanceof SQLException e) {
      throw e;
    }
    if (mine.failure instanceof RuntimeException e) {
      throw e;
    }
    return mine.answer;
  }

  private void takeTurn() {
    List<Waiting<?>> turn = new ArrayList<>();
    Waiting<?> next = queue.poll();
    while (next != null) {
      turn.add(next);
      next = turn.size() < MOST_TOGETHER ? queue.poll() : null;
    }
    try (Connection connection = connections.borrow()) {
      Session session = session(connection);
      if (!together(session, turn)) {
        for (Waiting<?> each : turn) {
          together(session, List.of(each));
        }
      }
    } catch (SQLException | RuntimeException e) {
      end(turn, e);
    } finally {
      if (!turn.stream().allMatch(each -> each.over)) { // an error: nobody may wait for ever
        end(turn, new IllegalStateException("the thread that took this step along has died"));
      }
    }
  }

  /** False if one of several steps failed: then nothing was done, and each is taken alone. */
  private static boolean together(Session session, List<Waiting<?>> turn) throws SQLException {
    session.execute("BEGIN IMMEDIATE");
    try {
      for (Waiting<?> each : turn) {
        each.take(session);
      }
    } catch (SQLException | RuntimeException e) {
      rollback(session, e);
      if (turn.size() > 1) {
        return false;
      }
      end(turn, e);
      return true;
    }
    try {
      session.execute("COMMIT");
      end(turn, null);
    } catch (SQLException | RuntimeException e) {
      rollback(session, e);
      end(turn, e);
    }
    return true;
  }

  private static void end(List<Waiting<?>> turn, @Nullable Exception why) {
    for (Waiting<?> each : turn) {
      if (!each.over) {
        each.end(why);
      }
    }
  }

  private static void rollback(Session session, Exception why) {
    try {
      session.execute("ROLLBACK");
    } catch (SQLException second) {
      why.addSuppressed(second);
    }
  }

  /** The session of the connection behind a pool's; a new one if nobody pools. */
  private Session session(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.setAutoCommit(true); // BEGIN and COMMIT are said here
    }
    Connection own = connection.unwrap(Connection.class);
    boolean pooled = own != connection;
    Session session = pooled ? sessions.get(own) : null;
    if (session == null) {
      session = pooled ? Session.keeping(own) : Session.passing(connection);
      settings(session);
      if (pooled) {
        sessions.put(own, session);
        forgetOldest();
      }
    }
    return session;
  }

  /** Connections that a pool has closed are never seen again. */
  private void forgetOldest() throws SQLException {
    Iterator<Session> oldest = sessions.values().iterator();
    while (sessions.size() > MOST_SESSIONS) {
      oldest.next().close();
      oldest.remove();
    }
  }

  /** What SQLite keeps per connection. */
  static void settings(Session session) throws SQLException {
    session.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
    session.execute("PRAGMA synchronous = FULL");
  }
}
