package dev.reliability.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.check.DependencyCheck;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.PreflightReport;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Databases that answer, refuse and hang: each bounded and explained. */
@ExtendWith(PostgresServer.class)
class JdbcCheckTest {
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final EventBus bus = EventBus.builder(runtime).build();

  @TempDir Path directory;

  @AfterEach
  void close() {
    bus.close();
    runtime.close();
  }

  private PreflightReport.CheckReport check(DependencyCheck check, Duration limit) {
    Preflight preflight =
        Preflight.builder(bus)
            .attempts(1, Duration.ofMillis(1))
            .check("database", check, limit)
            .build();
    return runtime.await(preflight.run()).checks().get(0);
  }

  private String line(DependencyCheck check) {
    return check(check, Duration.ofMinutes(1)).line();
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void itAnswersOrSaysWhatIsWrong(Dialect dialect) throws SQLException {
    try (TestDatabase database = TestDatabase.of(dialect, directory)) {
      JdbcCheck check = JdbcCheck.of(database.pool());
      assertThat(line(check)).isEqualTo("PASS database: the database answers");
      assertThat(line(check.query("SELECT 1"))).isEqualTo("PASS database: the database answers");
      assertThat(line(check.query("SELECT 1 WHERE 1 = 2")))
          .isEqualTo("FAIL database: the query gave no row: SELECT 1 WHERE 1 = 2");
      assertThat(line(check.query("SELECT 1 FROM orders")))
          .startsWith("FAIL database: the database refused")
          .contains("orders");
      assertThatThrownBy(() -> check.query(" ")).hasMessage("query: expected SQL, got \" \"");
    }
  }

  @Test
  void aQueryThatHangsIsGivenUpAndItsConnectionFreed() throws SQLException {
    try (TestDatabase database = TestDatabase.of(Dialect.POSTGRESQL, directory, 1)) {
      HikariDataSource pool = (HikariDataSource) database.pool();
      PreflightReport.CheckReport report =
          check(JdbcCheck.of(pool).query("SELECT pg_sleep(300)"), Duration.ofSeconds(1));
      assertThat(report.line())
          .isEqualTo("FAIL database: hung: it did not end within PT1S and was given up");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
      assertThat(line(JdbcCheck.of(pool))).isEqualTo("PASS database: the database answers");
    }
  }

  @Test
  void aPoolThatGivesNoConnectionIsGivenUp() throws SQLException {
    try (TestDatabase database = TestDatabase.of(Dialect.SQLITE, directory, 1);
        Connection taken = database.pool().getConnection()) {
      PreflightReport.CheckReport report =
          check(JdbcCheck.of(database.pool()), Duration.ofSeconds(1));
      assertThat(report.why()).isEqualTo("hung: it did not end within PT1S and was given up");
      assertThat(taken.isClosed()).isFalse();
    }
  }

  @Test
  void aServerThatIsNotThereIsExplained() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {1});
    source.setUser("jim");
    source.setPassword("hunter2");
    assertThat(line(JdbcCheck.of(source)))
        .startsWith("FAIL database: the database refused (SQL state 08001): ")
        .contains("127.0.0.1:1")
        .doesNotContain("hunter2");
  }
}
