package dev.reliability.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** The databases that are understood. */
public enum Dialect {
  /**
   * SQLite 3.42 or later, in a file: for the processes of one machine. Its clock is the machine's,
   * in steps of a millisecond.
   */
  SQLITE(
      "SQLite",
      "(SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000000)",
      "clock of SQLite (unixepoch), in milliseconds"),

  /**
   * PostgreSQL 14 or later: for many machines. Its clock is the server's, in steps of a
   * microsecond.
   */
  POSTGRESQL(
      "PostgreSQL",
      "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) * 1000",
      "clock of PostgreSQL (clock_timestamp), in microseconds");

  final String title;
  final String timeSql;
  final String clock;

  Dialect(String title, String timeSql, String clock) {
    this.title = title;
    this.timeSql = timeSql;
    this.clock = clock;
  }

  /** The dialect of the database behind {@code connection}. */
  static Dialect of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    for (Dialect dialect : values()) {
      if (dialect.title.toLowerCase(Locale.ROOT).equals(product.toLowerCase(Locale.ROOT))) {
        return dialect;
      }
    }
    throw new SQLException(
        "dialect: expected a database that calls itself SQLite or PostgreSQL, got \""
            + product
            + "\"");
  }
}
