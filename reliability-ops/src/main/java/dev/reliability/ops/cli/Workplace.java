package dev.reliability.ops.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.RunLock;
import dev.reliability.core.health.RunLocks;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalStatus;
import dev.reliability.journal.JournalWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What a verb works with; opened when it is first asked for. Not thread-safe. */
final class Workplace implements AutoCloseable {
  private static final String DATABASE = "reliability.db";
  private static final int CONNECTIONS = 8;
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

  /** Does a part of what is to be done, on other threads. */
  Executor helper() {
    return runtime.strand(Strand.Kind.IO, "read-ahead");
  }

  /**
   * The stores, which have to be there: to look must not make them.
   *
   * @throws CommandException if they are not there or do not answer
   */
  JdbcStore store() {
    Path database = common.directory.resolve(DATABASE);
    if (common.store == null && !Files.isRegularFile(database)) {
      throw CommandException.usage(
          "there is no "
              + database
              + ": expected the directory of an installation (--dir), or a store (--store)");
    }
    return open(2);
  }

  /**
   * The stores, made if they are not there. Only for verbs that act.
   *
   * @throws CommandException if they do not answer, or cannot be made
   */
  JdbcStore makeStore() {
    if (common.store == null) {
      try {
        Files.createDirectories(common.directory);
      } catch (IOException e) {
        throw CommandException.usage(
            "the directory " + common.directory + " (--dir) cannot be made: " + e);
      }
    }
    return open(CONNECTIONS);
  }

  private JdbcStore open(int connections) {
    JdbcStore open = store;
    if (open != null) {
      return open;
    }
    String url =
        common.store == null ? "jdbc:sqlite:" + common.directory.resolve(DATABASE) : common.store;
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(CONNECTION_LIMIT_MS);
    config.setInitializationFailTimeout(-1);
    try {
      pool = new HikariDataSource(config);
      open = JdbcStore.open(pool);
    } catch (RuntimeException e) {
      throw CommandException.unknown(
          "the store " + withoutSecrets(url) + " cannot be used: " + withoutSecrets(reasons(e)));
    }
    store = open;
    return open;
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

  /** Writes what was told so far, and how that went; nothing more can be told then. */
  JournalStatus finish() {
    bus().close();
    JournalWriter open = Objects.requireNonNull(journal, "journal");
    open.close();
    return open.status();
  }

  /** For verbs that only look: nothing of what is told is kept. */
  EventBus silentBus() {
    return EventBus.builder(runtime).build();
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
