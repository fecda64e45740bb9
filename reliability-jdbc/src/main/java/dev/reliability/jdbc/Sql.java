package dev.reliability.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A statement with named parameters, such as {@code :lane}. Immutable. */
final class Sql {
  private static final Pattern PARAMETER = Pattern.compile(":([a-z]+)");

  private final String text;
  private final String[] parameters;

  /** A statement over the tables of {@code names}. */
  Sql(Names names, String template) {
    List<String> found = new ArrayList<>();
    Matcher matcher = PARAMETER.matcher(template);
    StringBuilder plain = new StringBuilder();
    while (matcher.find()) {
      found.add(matcher.group(1));
      matcher.appendReplacement(plain, "?");
    }
    matcher.appendTail(plain);
    text = names.fill(plain.toString()).replaceAll("\\s+", " ").trim();
    parameters = found.toArray(new String[0]);
  }

  /** The values of parameters. */
  static final class Args {
    private static final Object NO_TEXT = new Object();
    private static final Object NO_NUMBER = new Object();
    private final Map<String, Object> values = new HashMap<>();

    Args text(String name, @Nullable String value) {
      values.put(name, value == null ? NO_TEXT : value);
      return this;
    }

    Args number(String name, @Nullable Long value) {
      values.put(name, value == null ? NO_NUMBER : value);
      return this;
    }

    private void bind(PreparedStatement statement, int index, String name) throws SQLException {
      Object value = values.get(name);
      if (value instanceof String text) {
        statement.setString(index, text);
      } else if (value instanceof Long number) {
        statement.setLong(index, number);
      } else if (value == NO_TEXT) {
        statement.setNull(index, Types.VARCHAR);
      } else if (value == NO_NUMBER) {
        statement.setNull(index, Types.BIGINT);
      } else {
        throw new IllegalStateException("no value for :" + name);
      }
    }
  }

  /** How a row is read. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** All rows, in their order. */
  <T> List<T> all(Session session, Args args, Row<T> row) throws SQLException {
    return session.use(
        text,
        statement -> {
          bind(statement, args);
          List<T> read = new ArrayList<>();
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              read.add(row.read(rows));
            }
          }
          return read;
        });
  }

  /** The first row; null if there is none. */
  <T> @Nullable T first(Session session, Args args, Row<T> row) throws SQLException {
    List<T> read = all(session, args, row);
    return read.isEmpty() ? null : read.get(0);
  }

  /** The one row that there must be. */
  <T> T one(Session session, Args args, Row<T> row) throws SQLException {
    T read = first(session, args, row);
    if (read == null) {
      throw new SQLException("expected a row, got none of: " + text);
    }
    return read;
  }

  /** Changes something, and tells how many rows it changed. */
  int update(Session session, Args args) throws SQLException {
    return session.use(
        text,
        statement -> {
          bind(statement, args);
          return statement.executeUpdate();
        });
  }

  /** Changes something, once for each of {@code batch}. */
  void updateAll(Session session, List<Args> batch) throws SQLException {
    session.use(
        text,
        statement -> {
          for (Args args : batch) {
            bind(statement, args);
            statement.addBatch();
          }
          return statement.executeBatch();
        });
  }

  private void bind(PreparedStatement statement, Args args) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      args.bind(statement, i + 1, parameters[i]);
    }
  }

  /** A number of a row; null if it is absent. */
  static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  @Override
  public String toString() {
    return text;
  }
}
