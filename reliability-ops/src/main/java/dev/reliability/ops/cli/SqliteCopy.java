package dev.reliability.ops.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a SQLite database to look at, for where the original cannot even be read because
 * nothing can be written beside it: on a full disk, or a read-only one. Removed in the end.
 */
final class SqliteCopy implements AutoCloseable {
  private static final List<String> PARTS = List.of("", "-wal");

  private final Path directory;
  private final Path database;
  private final String why;

  private SqliteCopy(Path directory, Path database, String why) {
    this.directory = directory;
    this.database = database;
    this.why = why;
  }

  /**
   * A copy; null if the original will do.
   *
   * @throws CommandException if the original is no database, or cannot be copied
   */
  static @Nullable SqliteCopy ifNeeded(Path original) {
    String trouble = trouble(original);
    if (trouble == null) {
      return null;
    }
    Path directory = null;
    try {
      directory = Files.createTempDirectory("reliability-look");
      Path name = Objects.requireNonNull(original.getFileName());
      for (String part : PARTS) {
        Path from = original.resolveSibling(name + part);
        if (Files.exists(from)) {
          Files.copy(from, directory.resolve(name + part));
        }
      }
      SqliteCopy copy = new SqliteCopy(directory, directory.resolve(name), trouble);
      String inTheCopy = trouble(copy.database);
      if (inTheCopy != null) {
        throw new IOException(inTheCopy);
      }
      return copy;
    } catch (IOException e) {
      if (directory != null) {
        remove(directory);
      }
      throw CommandException.unknown("the store " + original + " cannot be used: " + trouble);
    }
  }

  /** What is in the way of reading; null if nothing is. */
  static @Nullable String trouble(Path database) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM sqlite_master")) {
      return rows.next() ? null : "it has no tables";
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  Path database() {
    return database;
  }

  /** In words, for whoever reads the report. */
  String why() {
    return "the store could not be read where it is, this is from a copy: " + why;
  }

  @Override
  public void close() {
    remove(directory);
  }

  private static void remove(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
