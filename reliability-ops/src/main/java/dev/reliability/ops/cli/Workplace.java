package dev.reliability.ops.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.RunLock;
import dev.reliability.core.health.RunLocks;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalFilter;
import dev.reliability.journal.JournalStatus;
import dev.reliability.journal.JournalWriter;
import dev.reliability.journal.LeftOut;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What a verb works with; opened when it is first asked for. Not thread-safe. */
final class Workplace implements AutoCloseable {
  private static final String DATABASE = "reliability.db";
  private static final int LOOKING = 2;
  private static final int ACTING = 8;
  private static final long CONNECTION_LIMIT_MS = 5_000;

  private final Common common;
  private final PrintWriter err;
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final Instant now;
  private @Nullable HikariDataSource pool;
  private @Nullable JdbcStore store;
  private @Nullable JournalWriter journal;
  private @Nullable EventBus bus;
  private @Nullable SqliteCopy copy;
  private @Nullable Object opened;
  private final List<String> notes = new ArrayList<>();

  Workplace(Common common, PrintWriter err) {
    this.common = common;
    this.err = err;
    now = common.now == null ? runtime.time().wall() : common.now;
  }

  /** The time that reports are made at: the same all along. */
  Instant now() {
    return now;
  }

  /** Where everything is. */
  Path directory() {
    return common.directory;
  }

  /** The same, for verbs that look: at {@link #now} all along. */
  ReliabilityRuntime standstill() {
    return isNowGiven() ? new Standstill(runtime, now) : runtime;
  }

  /** Whether somebody said which time to take it for. */
  boolean isNowGiven() {
    return common.now != null;
  }

  /** Whether there is a store to be asked: one that was named, or one in the directory. */
  boolean hasStore() {
    return common.store != null || Files.exists(common.directory.resolve(DATABASE));
  }

  /** Does a part of what is to be done, on other threads. */
  private Executor helper() {
    return runtime.strand(Strand.Kind.IO, "read-ahead");
  }

  /**
   * The stores to look at, which have to be there: to look must not make them. Where they cannot be
   * written, on a full or read-only disk, this is a copy.
   *
   * @throws CommandException if they are not there or do not answer
   */
  JdbcStore store() {
    JdbcStore open = store;
    if (open != null) {
      return open;
    }
    if (common.store != null) {
      return open(common.store, LOOKING);
    }
    copy = SqliteCopy.ifNeeded(existing());
    if (copy != null) {
      notes.add(copy.why());
    }
    return open("jdbc:sqlite:" + (copy == null ? existing() : copy.database()), LOOKING);
  }

  /**
   * The stores to change, which have to be there.
   *
   * @throws CommandException if they are not there or do not answer
   */
  JdbcStore storeToChange() {
    JdbcStore open = store;
    if (open != null) {
      return open;
    }
    if (common.store != null) {
      return open(common.store, ACTING);
    }
    Path database = existing();
    String trouble = SqliteCopy.trouble(database);
    if (trouble != null) {
      throw CommandException.unknown("the store " + database + " cannot be used: " + trouble);
    }
    return open("jdbc:sqlite:" + database, ACTING);
  }

  /**
   * The stores to change, made if they are not there.
   *
   * @throws CommandException if they do not answer, or cannot be made
   */
  JdbcStore makeStore() {
    if (common.store != null) {
      return storeToChange();
    }
    try {
      Files.createDirectories(common.directory);
    } catch (IOException e) {
      throw CommandException.usage(
          "the directory " + common.directory + " (--dir) cannot be made: " + e);
    }
    return open("jdbc:sqlite:" + common.directory.resolve(DATABASE), ACTING);
  }

  /**
   * For who stays: a file of SQLite that was replaced, by a backup that was put back, is opened
   * anew.
   *
   * @throws CommandException if it is not there any more
   */
  void reopenIfReplaced() {
    if (common.store != null) {
      return;
    }
    Object now = key(existing());
    if (opened != null && !opened.equals(now)) {
      store = null;
    }
    storeToChange();
    opened = now;
  }

  /** What tells a file from another one of the same name; null if the system has nothing such. */
  private static @Nullable Object key(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      throw CommandException.unknown("the store " + file + " cannot be used: " + e);
    }
  }

  private Path existing() {
    Path database = common.directory.resolve(DATABASE);
    if (!Files.isRegularFile(database)) {
      throw CommandException.usage(
          "there is no "
              + database
              + ": expected the directory of an installation (--dir), or a store (--store)");
    }
    return database;
  }

  private JdbcStore open(String url, int connections) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(CONNECTION_LIMIT_MS);
    config.setInitializationFailTimeout(-1);
    try {
      if (pool != null) {
        pool.close(); // of an attempt that failed
      }
      pool = new HikariDataSource(config);
      JdbcStore open = JdbcStore.open(pool);
      store = open;
      return open;
    } catch (RuntimeException e) {
      throw CommandException.unknown(
          "the store " + withoutSecrets(url) + " cannot be used: " + withoutSecrets(reasons(e)));
    }
  }

  /** Where journals are: in the directory, and of other nodes. */
  List<Path> journalDirectories() {
    List<Path> directories = new ArrayList<>();
    directories.add(common.directory);
    directories.addAll(common.journals);
    return Journals.distinct(directories);
  }

  /**
   * What was told: the journal, those of other nodes, and the store's table of events, as asked
   * for.
   *
   * @throws CommandException if one is not there
   */
  Journals journals(JournalFilter filter, LeftOut leftOut) {
    List<Path> directories = new ArrayList<>();
    if (!common.events || Files.isDirectory(common.directory)) {
      directories.add(common.directory);
    }
    directories.addAll(common.journals);
    directories = Journals.distinct(directories);
    return common.events
        ? Journals.with(store(), directories, filter, leftOut, helper())
        : Journals.of(directories, filter, leftOut, helper());
  }

  /** Who works on what, at the time that reports are made at. */
  List<RunLock> locks() {
    RunLocks locks = new RunLocks(store().leases());
    return common.now == null ? locks.locks() : locks.locks(now);
  }

  /** Where what is done is told: in the journal of the directory. Only for verbs that act. */
  EventBus bus() {
    EventBus open = bus;
    if (open == null) {
      try {
        journal = JournalWriter.open(common.directory);
      } catch (UncheckedIOException e) {
        throw CommandException.unknown(String.valueOf(e.getMessage()));
      }
      open = EventBus.builder(runtime).sink(journal).build();
      bus = open;
    }
    return open;
  }

  /** The clock, the timers and the threads. */
  ReliabilityRuntime runtime() {
    return runtime;
  }

  /**
   * Writes what was told so far; nothing more can be told then.
   *
   * @return how that went; null if nothing was told
   */
  @Nullable JournalStatus finish() {
    if (bus == null || journal == null) {
      return null;
    }
    bus.close();
    journal.close();
    return journal.status();
  }

  /** What whoever reads the report should know beside it. */
  List<String> notes() {
    return notes;
  }

  /** Shows that a long reading gets on, if somebody sits before it. */
  Progress progress() {
    return Progress.on(err, runtime.time());
  }

  /**
   * Waits until everything that was told stands in the journal: for what has no other place.
   *
   * @throws CommandException if it does not
   */
  void written() {
    EventBus told = bus();
    JournalWriter writer = journal;
    if (writer == null) {
      return;
    }
    runtime.await(told.drained());
    writer.caughtUp();
    JournalStatus status = writer.status();
    if (status.failing() || status.waiting() > 0 || status.dropped() > 0) {
      throw CommandException.unknown(
          "the journal in " + common.directory + " could not be written: " + status.lastError());
    }
  }

  /**
   * The same for who stays: then closes the journal, so that nobody takes a command that serves for
   * a process that supervises. What is told after that opens it anew.
   *
   * @throws CommandException if it does not
   */
  void told() {
    if (bus == null) {
      return;
    }
    try {
      written();
    } finally {
      finish();
      bus = null;
      journal = null;
    }
  }

  /** For verbs that only look: nothing of what is told is kept. */
  EventBus silentBus() {
    return EventBus.builder(standstill()).build();
  }

  private static String withoutSecrets(String text) {
    return text.replaceAll("(?i)(password=)[^&;\\s]*", "$1***")
        .replaceAll("(//[^/@:\\s]*:)[^/@\\s]*@", "$1***@");
  }

  private static String reasons(Throwable e) {
    StringBuilder reasons = new StringBuilder(String.valueOf(e.getMessage()));
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      String reason = String.valueOf(cause.getMessage());
      if (reasons.indexOf(reason) < 0) {
        reasons.append(": ").append(reason);
      }
    }
    return reasons.toString();
  }

  @Override
  public void close() {
    finish();
    if (pool != null) {
      pool.close();
    }
    if (copy != null) {
      copy.close();
    }
    runtime.close();
  }
}
