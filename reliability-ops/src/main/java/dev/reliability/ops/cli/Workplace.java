package dev.reliability.ops.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalStatus;
import dev.reliability.journal.JournalWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a verb works with; opened when it is first asked for. Not thread-safe. */
final class Workplace implements AutoCloseable {
  private static final String DATABASE = "reliability.db";
  private static final long CONNECTION_LIMIT_MS = 5_000;

  private final Common common;
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final Instant now;
  private @Nullable HikariDataSource pool;
  private @Nullable JdbcStore store;
  private @Nullable JournalWriter journal;
  private @Nullable EventBus bus;

  Workplace(Common common) {
    this.common = common;
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

  /** Time and threads. */
  ReliabilityRuntime runtime() {
    return runtime;
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
    return common.store != null || Files.isRegularFile(common.directory.resolve(DATABASE));
  }

  /**
   * The stores, which have to be there: to look must not make them.
   *
   * @throws CommandException if they are not there or do not answer
   */
  JdbcStore store() {
    JdbcStore open = store;
    if (open != null) {
      return open;
    }
    String url = common.store;
    if (url == null) {
      Path database = common.directory.resolve(DATABASE);
      if (!Files.isRegularFile(database)) {
        throw CommandException.usage(
            "there is no "
                + database
                + ": expected the directory of an installation (--dir), or a store (--store)");
      }
      url = "jdbc:sqlite:" + database;
    }
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(2);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(CONNECTION_LIMIT_MS);
    config.setInitializationFailTimeout(-1);
    try {
      if (pool != null) {
        pool.close(); // of an attempt that failed
      }
      pool = new HikariDataSource(config);
      open = JdbcStore.open(pool);
    } catch (RuntimeException e) {
      throw CommandException.unknown(
          "the store " + withoutSecrets(url) + " cannot be used: " + withoutSecrets(reasons(e)));
    }
    store = open;
    return open;
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
    if (bus != null) {
      bus.close();
    }
    if (journal != null) {
      journal.close();
    }
    if (pool != null) {
      pool.close();
    }
    runtime.close();
  }
}
