package dev.reliability.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one file. */
class SqliteProcessesTest {
  private static final int ITEMS = 400;

  @TempDir Path directory;

  /** What each process does: claims and completes until nothing is left, and tells its tokens. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] args) {
      ClaimRequest terms = new ClaimRequest(args[1], Duration.ofMinutes(5), 1, Duration.ofHours(1));
      StringBuilder told = new StringBuilder();
      try (HikariDataSource pool = TestDatabase.newPool(args[0], 2)) {
        JdbcStore store = JdbcStore.open(pool);
        List<Lease> leases = store.leases().claimQueued("lane", 3, terms);
        while (!leases.isEmpty()) {
          for (Lease lease : leases) {
            if (store.leases().complete(lease.key(), lease.token(), args[1]).isOk()) {
              told.append(lease.key().item()).append('=').append(lease.token()).append('\n');
            }
          }
          leases = store.leases().claimQueued("lane", 3, terms);
        }
      }
      System.out.print(told);
    }
  }

  @Test
  @Timeout(120)
  void processesShareAFileAndEachItemIsDoneOnce() throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("stores.db");
    try (HikariDataSource pool = TestDatabase.newPool(url, 1)) {
      JdbcStore store = JdbcStore.open(pool);
      for (int i = 0; i < ITEMS; i++) {
        store.leases().enqueue(new ItemKey("lane", "item-" + i), null);
      }
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        processes.add(start(url, "process-" + i));
      }
      List<String> done = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int exit = processes.get(i).waitFor();
        assertThat(exit).as("%s", read("process-" + i + ".err")).isZero();
        read("process-" + i + ".out").lines().forEach(done::add);
      }
      assertThat(done.stream().map(line -> line.substring(0, line.indexOf('='))))
          .hasSize(ITEMS)
          .doesNotHaveDuplicates();
      assertThat(done.stream().map(line -> line.substring(line.indexOf('='))))
          .doesNotHaveDuplicates();
    }
  }

  private Process start(String url, String name) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            Worker.class.getName(),
            url,
            name)
        .redirectOutput(directory.resolve(name + ".out").toFile())
        .redirectError(directory.resolve(name + ".err").toFile())
        .start();
  }

  private String read(String name) throws IOException {
    return Files.readString(directory.resolve(name));
  }
}
