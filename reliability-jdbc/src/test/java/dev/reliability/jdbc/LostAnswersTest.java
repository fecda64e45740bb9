package dev.reliability.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.Renewal;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.jdbc.FlakyDataSource.Loss;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connection breaks on the way there, or on the way back. */
@ExtendWith(PostgresServer.class)
class LostAnswersTest {
  private static final ClaimRequest TERMS =
      new ClaimRequest("node-1", Duration.ofMinutes(1), 3, Duration.ofHours(1));
  private static final ItemKey KEY = new ItemKey("lane", "item");

  @TempDir Path directory;
  private TestDatabase database;
  private FlakyDataSource flaky;
  private JdbcStore store;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.of(Dialect.POSTGRESQL, directory);
    flaky = new FlakyDataSource(database.pool());
    store = JdbcStore.open(flaky.asDataSource());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Lease claimed(ItemKey key) {
    return ((Claim.Granted) store.leases().claim(key, TERMS)).lease();
  }

  @ParameterizedTest
  @EnumSource(
      value = Loss.class,
      names = {"QUESTION", "ANSWER"})
  void aClaimIsGrantedOnce(Loss loss) {
    flaky.lose(loss, 1);
    Lease lease = claimed(KEY);
    assertThat(lease.attempt()).isEqualTo(1);
    assertThat(store.leases().find(KEY).orElseThrow().token()).isEqualTo(lease.token());
    assertThat(store.leases().claim(KEY, TERMS)).isInstanceOf(Claim.Duplicate.class);
  }

  @Test
  void aClaimAfterAReleaseIsRecognisedToo() {
    store.leases().release(KEY, claimed(KEY).token());
    flaky.lose(Loss.ANSWER, 1);
    assertThat(claimed(KEY).attempt()).isEqualTo(2);
  }

  @Test
  void aTrialIsRecognised() {
    store.leases().pauseLane("lane", null, "operator", "why");
    store.leases().resumeLane("lane", null, "operator", "try", Duration.ofMinutes(1));
    flaky.lose(Loss.ANSWER, 2); // looking, then asking; the second attempt goes through
    Lease lease = claimed(KEY);
    assertThat(lease.trial()).isTrue();
    store.leases().complete(KEY, lease.token(), null);
    assertThat(store.leases().lane("lane").paused()).isFalse();
  }

  @Test
  void aBatchIsClaimedOnce() {
    for (String item : List.of("a", "b", "c")) {
      store.leases().enqueue(new ItemKey("lane", item), "payload of " + item);
    }
    flaky.lose(Loss.ANSWER, 1);
    List<Lease> leases = store.leases().claimQueued("lane", 2, TERMS);
    assertThat(leases).extracting(lease -> lease.key().item()).containsExactly("a", "b");
    assertThat(leases).extracting(Lease::payload).containsExactly("payload of a", "payload of b");
    assertThat(store.leases().claimQueued("lane", 9, TERMS)).hasSize(1);
  }

  @Test
  void holdersAreToldTheTruth() {
    Lease lease = claimed(KEY);
    flaky.lose(Loss.ANSWER, 1);
    assertThat(store.leases().renew(KEY, lease.token(), Duration.ofMinutes(2)).isHeld()).isTrue();
    flaky.lose(Loss.ANSWER, 1);
    assertThat(store.leases().release(KEY, lease.token()).isHeld()).isTrue();
    assertThat(store.leases().release(KEY, lease.token())).isEqualTo(new Renewal.Lost("released"));
    Lease next = claimed(KEY);
    flaky.lose(Loss.ANSWER, 1);
    assertThat(store.leases().complete(KEY, next.token(), "r"))
        .isInstanceOf(Completion.Duplicate.class);
    assertThat(store.leases().find(KEY).orElseThrow().result()).isEqualTo("r");
  }

  @Test
  void otherStepsAreRecognised() {
    flaky.lose(Loss.ANSWER, 1);
    assertThat(store.leases().enqueue(KEY, null)).isTrue();
    assertThat(store.leases().enqueue(KEY, null)).isFalse();
    RunRecord run = RunRecord.queued("r1", "lane", "item", "epoch", Instant.EPOCH);
    flaky.lose(Loss.ANSWER, 1);
    assertThat(store.runs().create(run)).isTrue();
    RunRecord failed =
        run.ended(RunState.FAILED, EndReason.SPAWN_FAILED, null, Instant.EPOCH.plusNanos(1));
    flaky.lose(Loss.ANSWER, 1);
    assertThat(store.runs().transition(RunState.QUEUED, failed))
        .isEqualTo(new RunStore.Applied(failed));
    flaky.lose(Loss.ANSWER, 1);
    assertThat(store.states().write("doc", StateStore.NEW, Map.of("a", "b"))).isTrue();
    flaky.lose(Loss.ANSWER, 1);
    assertThat(store.states().write("doc", 1, Map.of("a", "c"))).isTrue();
    assertThat(store.states().read("doc").orElseThrow().version()).isEqualTo(2);
  }

  @Test
  void aRemovalWhoseAnswerWasLostIsNotGuessed() {
    store.states().write("doc", StateStore.NEW, Map.of());
    flaky.lose(Loss.QUESTION, 1);
    assertThat(store.states().remove("doc", 1)).isTrue();
    store.states().write("doc", StateStore.NEW, Map.of());
    flaky.lose(Loss.ANSWER, 1);
    assertThatThrownBy(() -> store.states().remove("doc", 2))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("removing document doc")
        .hasMessageContaining("not known whether the step was taken");
  }

  @Test
  void aConnectionThatStaysLostIsAnErrorThatSaysSo() {
    store.states().write("doc", StateStore.NEW, Map.of());
    store.leases().enqueue(new ItemKey("lane", "another"), null);
    flaky.lose(Loss.ANSWER, Integer.MAX_VALUE);
    assertThatThrownBy(() -> store.leases().claim(KEY, TERMS))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("claim of lane/item")
        .hasMessageContaining("PostgreSQL tables reliability_*")
        .hasMessageContaining("not known whether the step was taken");
  }

  @Test
  void whereThereIsNoConnectionNothingIsChanged() {
    database.close();
    assertThatThrownBy(() -> store.leases().claim(KEY, TERMS))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no connection")
        .hasMessageContaining("nothing was changed");
  }
}
