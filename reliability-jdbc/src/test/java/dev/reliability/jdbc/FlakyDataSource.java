package dev.reliability.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Loses connections: before a statement reaches the database, or after, with its answer. */
final class FlakyDataSource {
  enum Loss {
    NOTHING,
    QUESTION,
    ANSWER
  }

  private final DataSource real;
  private Loss loss = Loss.NOTHING;
  private int times;

  FlakyDataSource(DataSource real) {
    this.real = real;
  }

  /** The next {@code count} statements or commits are lost. */
  void lose(Loss next, int count) {
    loss = next;
    times = count;
  }

  DataSource asDataSource() {
    return proxy(
        DataSource.class,
        real,
        (name, result) -> name.equals("getConnection") ? watched((Connection) result) : result,
        null);
  }

  private Connection watched(Connection connection) {
    return proxy(
        Connection.class,
        connection,
        (name, result) ->
            result instanceof PreparedStatement statement
                ? proxy(PreparedStatement.class, statement, (n, r) -> r, connection)
                : result,
        connection);
  }

  private interface Wrap {
    Object wrap(String name, Object result);
  }

  private <T> T proxy(Class<T> type, T target, Wrap wrap, Connection connection) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, args) -> {
              boolean asks =
                  connection != null
                      && (method.getName().startsWith("execute")
                          || method.getName().equals("commit"));
              boolean lost = asks && loss != Loss.NOTHING && times > 0;
              if (lost) {
                times--;
              }
              try {
                if (lost && loss == Loss.QUESTION) {
                  throw broken(connection);
                }
                Object result = wrap.wrap(method.getName(), method.invoke(target, args));
                if (lost) {
                  throw broken(connection);
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
    return type.cast(proxy);
  }

  private static SQLException broken(Connection connection) throws SQLException {
    connection.close();
    return new SQLException("An I/O error occurred while sending to the backend.", "08006");
  }
}
