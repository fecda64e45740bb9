package dev.reliability.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several JVMs that claim, work, renew and complete on one database, while they are killed, stopped
 * for longer than a lease, and (on PostgreSQL) the server is restarted under them: nothing is done
 * twice, nothing that was completed is lost, nothing is left over. Short as part of every build; 8
 * JVMs and a minute each with the profile {@code torture}.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "stops processes with signals")
@Tag("once")
class TortureTest {
  private static final int SECONDS = Integer.getInteger("torture.seconds", 8);
  private static final int JVMS = Integer.getInteger("torture.jvms", 4);
  private static final Duration LEASE = Duration.ofMillis(1_500);
  private static final int AHEAD = 200;

  private final SplittableRandom random = new SplittableRandom(Long.getLong("torture.seed", 42));
  private final Map<Integer, Process> workers = new LinkedHashMap<>();
  private final Map<Integer, Long> stoppedUntil = new LinkedHashMap<>();
  private int started;
  private int enqueued;
  private int kills;
  private int stops;
  private int restarts;
  @TempDir Path directory;

  @AfterEach
  void endAll() {
    workers.values().forEach(Process::destroyForcibly);
  }

  /** What differs between the databases. */
  private interface Server {
    String address();

    boolean restart() throws IOException;
  }

  @Test
  void sqlite() throws Exception {
    String address = "jdbc:sqlite:" + directory.resolve("torture.db");
    torture(
        "SQLite",
        new Server() {
          @Override
          public String address() {
            return address;
          }

          @Override
          public boolean restart() {
            return false;
          }
        });
  }

  @Test
  void postgresql() throws Exception {
    try (RestartablePostgres postgres = new RestartablePostgres(directory.resolve("pg"))) {
      torture(
          "PostgreSQL",
          new Server() {
            @Override
            public String address() {
              return postgres.address();
            }

            @Override
            public boolean restart() throws IOException {
              postgres.restart();
              return true;
            }
          });
    }
  }

  private void torture(String title, Server server) throws Exception {
    try (HikariDataSource source = TortureWorker.source(server.address(), 2)) {
      JdbcLeaseStore leases = JdbcStore.open(source).leases();
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE torture_fence (item VARCHAR(40) PRIMARY KEY, token BIGINT NOT NULL, holder VARCHAR(40))");
        statement.execute(
            "CREATE TABLE torture_effect (item VARCHAR(40) NOT NULL, token BIGINT NOT NULL, holder VARCHAR(40))");
        statement.execute("CREATE TABLE torture_count (what VARCHAR(60) NOT NULL)");
      }
      for (int i = 0; i < JVMS; i++) {
        workers.put(i, start(server.address(), i));
      }
      long begin = System.nanoTime();
      long end = begin + Duration.ofSeconds(SECONDS).toNanos();
      long restartAt = begin + Duration.ofSeconds(SECONDS).toNanos() / 3;
      while (System.nanoTime() < end || kills == 0) {
        enqueue(source, leases);
        disturb(server.address());
        if (System.nanoTime() >= restartAt && server.restart()) {
          restarts++;
          restartAt += Duration.ofSeconds(Math.max(10, SECONDS / 3)).toNanos();
        }
        pass(Duration.ofMillis(100 + random.nextInt(200)));
      }
      heal(server.address());
      await("all items done")
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(200))
          .ignoreExceptions()
          .until(() -> done(source) == enqueued);
      report(title, source, leases);
    }
  }

  // ---- trouble ----

  private void disturb(String address) throws IOException {
    long now = System.nanoTime();
    for (int i : List.copyOf(workers.keySet())) {
      Process worker = workers.get(i);
      Long until = stoppedUntil.get(i);
      if (until != null) {
        if (now >= until) {
          signal(worker, "CONT");
          stoppedUntil.remove(i);
        }
      } else if (random.nextInt(10) == 0) {
        worker.destroyForcibly();
        kills++;
        workers.put(i, start(address, i));
      } else if (random.nextInt(15) == 0) {
        signal(worker, "STOP");
        stops++;
        stoppedUntil.put(i, now + LEASE.toNanos() * 3 / 2);
      }
    }
  }

  private void heal(String address) throws IOException {
    for (int i : List.copyOf(workers.keySet())) {
      if (stoppedUntil.remove(i) != null) {
        signal(workers.get(i), "CONT");
      }
      if (!workers.get(i).isAlive()) {
        workers.put(i, start(address, i));
      }
    }
  }

  private Process start(String address, int number) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx96m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            TortureWorker.class.getName(),
            address,
            "worker-" + number + "-" + started++,
            Long.toString(LEASE.toMillis()),
            Long.toString(random.nextLong()));
    builder.redirectOutput(directory.resolve("out-" + number).toFile());
    builder.redirectError(directory.resolve("err-" + number).toFile());
    return builder.start();
  }

  private static void signal(Process process, String name) throws IOException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().onExit().join();
  }

  private static void pass(Duration time) {
    await().pollDelay(time).atMost(time.plusSeconds(60)).until(() -> true);
  }

  // ---- the work and its count ----

  /** Keeps some items ahead of the workers; what fails because the server is away comes later. */
  private void enqueue(HikariDataSource source, JdbcLeaseStore leases) {
    try {
      long open = enqueued - done(source);
      for (long i = open; i < AHEAD; i++) {
        String item = "item-" + enqueued;
        try (Connection connection = source.getConnection();
            Statement statement = connection.createStatement()) {
          statement.execute(
              "INSERT INTO torture_fence (item, token) VALUES ('"
                  + item
                  + "', 0) ON CONFLICT (item) DO NOTHING");
        }
        leases.enqueue(new ItemKey(TortureWorker.LANE, item), null);
        enqueued++;
      }
    } catch (RuntimeException | SQLException away) {
      // the next round goes on with the same item
    }
  }

  private static long done(HikariDataSource source) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return TortureWorker.number(connection, "SELECT count(*) FROM torture_effect");
    }
  }

  private void report(String title, HikariDataSource source, JdbcLeaseStore leases)
      throws SQLException {
    Map<String, Long> counts = new LinkedHashMap<>();
    try (Connection connection = source.getConnection()) {
      counts.put(
          "effects", TortureWorker.number(connection, "SELECT count(*) FROM torture_effect"));
      counts.put(
          "done twice",
          TortureWorker.number(
              connection,
              "SELECT count(*) FROM (SELECT item FROM torture_effect GROUP BY item HAVING count(*) > 1) AS twice"));
      counts.put(
          "effects under a token that was superseded",
          TortureWorker.number(
              connection,
              "SELECT count(*) FROM torture_effect e JOIN torture_fence f ON f.item = e.item WHERE e.token < f.token"));
      for (String what :
          List.of(
              "stale starts refused",
              "renewals refused",
              "stale completions refused",
              "duplicate completions")) {
        counts.put(
            what,
            TortureWorker.number(
                connection, "SELECT count(*) FROM torture_count WHERE what = '" + what + "'"));
      }
    }
    long done = leases.items(ItemView.State.DONE, TortureWorker.LANE, Integer.MAX_VALUE).size();
    List<ItemView> left = new ArrayList<>();
    left.addAll(leases.items(ItemView.State.LEASED, TortureWorker.LANE, 100));
    left.addAll(leases.items(ItemView.State.QUEUED, TortureWorker.LANE, 100));
    System.out.printf(
        "torture of %s: %d JVMs, %d s: %d items, %d done, %d stuck, %s; %d kills, %d stops, %d restarts%n",
        title, JVMS, SECONDS, enqueued, done, left.size(), counts, kills, stops, restarts);
    assertThat(left).as("stuck").isEmpty();
    assertThat(counts.get("done twice")).as("done twice").isZero();
    assertThat(counts.get("effects under a token that was superseded")).isZero();
    assertThat(done).as("completions lost").isEqualTo(enqueued);
    assertThat(counts.get("effects")).isEqualTo((long) enqueued);
    assertThat(kills).as("it was a torture at all").isPositive();
  }
}
