package dev.reliability.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Many threads over few connections, and connections as they come from a pool. */
@ExtendWith(PostgresServer.class)
class PoolsTest {
  private static final ClaimRequest TERMS =
      new ClaimRequest("node-1", Duration.ofMinutes(1), 1_000_000, Duration.ofHours(1));

  @TempDir Path directory;

  static Stream<Arguments> pools() {
    return Stream.of(Dialect.values())
        .flatMap(dialect -> Stream.of(1, 8).map(size -> Arguments.of(dialect, size)));
  }

  @ParameterizedTest
  @MethodSource("pools")
  void eightThreadsShareAPool(Dialect dialect, int size) throws Exception {
    int items = 200;
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (TestDatabase database = TestDatabase.of(dialect, directory, size)) {
      JdbcStore store = database.open();
      Set<ItemKey> done = ConcurrentHashMap.newKeySet();
      List<Future<?>> workers = new ArrayList<>();
      for (int worker = 0; worker < 8; worker++) {
        workers.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < items; i++) {
                    ItemKey key = new ItemKey("lane", "item-" + i);
                    if (store.leases().claim(key, TERMS) instanceof Claim.Granted won) {
                      Lease lease = won.lease();
                      assertThat(done.add(key)).isTrue();
                      assertThat(store.leases().renew(key, lease.token(), TERMS.ttl()).isHeld())
                          .isTrue();
                      assertThat(store.leases().complete(key, lease.token(), null).isOk()).isTrue();
                    }
                  }
                }));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
      assertThat(done).hasSize(items);
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aConnectionComesBackAsItWas(Dialect dialect) throws Exception {
    try (TestDatabase database = TestDatabase.of(dialect, directory, 1)) {
      JdbcStore store = database.open();
      store.leases().claim(new ItemKey("lane", "item"), TERMS);
      store.leases().pauseLane("lane", null, "operator", "why");
      try (Connection connection = database.pool().getConnection()) {
        assertThat(connection.getAutoCommit()).isTrue();
        connection.setAutoCommit(false);
        connection.rollback();
      }
      assertThat(store.leases().lane("lane").paused()).isTrue();
    }
  }
}
