package dev.reliability.testkit.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.Criterion;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.ReadinessEvaluator;
import dev.reliability.core.health.ReadinessGate;
import dev.reliability.core.health.RunLocks;
import dev.reliability.core.health.StandardSignals;
import dev.reliability.core.health.StandardSignals.Handoff;
import dev.reliability.core.health.StandardSignals.OpsState;
import dev.reliability.core.health.Veto;
import dev.reliability.core.lane.FingerprintBreaker;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.testkit.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever looks, however often, changes neither what is stored nor what is seen. */
class LookingChangesNothingTest {
  private static final int LOOKS = 1000;

  @TempDir private Path directory;
  private final World world = World.create(1);
  private final InMemoryLeaseStore leases = new InMemoryLeaseStore(world.time());

  /** Every file with its bytes and the time of its last change. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(
            path.toString(),
            Files.getLastModifiedTime(path) + " " + Arrays.toString(Files.readAllBytes(path)));
      }
    }
    return files;
  }

  private List<Object> rows() {
    return List.of(
        leases.lanes(),
        Arrays.stream(ItemView.State.values())
            .map(state -> leases.items(state, null, Integer.MAX_VALUE))
            .toList());
  }

  @Test
  void aThousandLooksAtEveryViewChangeNoByteOfAnyStore() throws IOException {
    EventBus bus = EventBus.builder(world).build();
    FileStateStore state = FileStateStore.open(directory);
    ReadinessGate gate =
        ReadinessGate.builder("handoff")
            .criterion(Criterion.named("cron"))
            .veto(Veto.handoff())
            .veto(Veto.opsIncident())
            .build();
    ReadinessEvaluator evaluator = ReadinessEvaluator.builder(gate, state, bus).build();
    LaneGuard lanes =
        new LaneGuard(
            leases, state, bus, FingerprintBreaker.of(1, Duration.ofHours(1)), (l, e, f) -> {});
    evaluator.streaks().record("cron", "a", true, "none late", null);
    evaluator.streaks().record("cron", "b", false, "2 late", null);
    evaluator.signals().publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check");
    leases.claim(
        new ItemKey("andy", "task"),
        new ClaimRequest("worker", Duration.ofMinutes(1), 3, Duration.ofMinutes(1)));
    lanes.recordFailure("mary", "task", "failure", "exit code 1");
    world.await(evaluator.evaluate());
    evaluator.signals().publish(StandardSignals.OPS_INCIDENT, OpsState.CRITICAL, "ops");
    world.advance(Duration.ofMinutes(14));

    Map<String, String> filesBefore = files();
    List<Object> rowsBefore = rows();
    assertThat(filesBefore).hasSizeGreaterThanOrEqualTo(5);
    for (int i = 0; i < LOOKS; i++) {
      assertThat(evaluator.view().line("cron").verdict())
          .as("it failed, and the gate was not open")
          .isEqualTo(GateVerdict.INCONCLUSIVE);
      assertThat(evaluator.streaks().streak("cron").failures()).isEqualTo(1);
      assertThat(evaluator.streaks().all()).hasSize(1);
      assertThat(evaluator.signals().read(StandardSignals.HANDOFF).stale()).isFalse();
      assertThat(new RunLocks(leases).locks()).hasSize(1);
      assertThat(lanes.look("mary").paused()).isTrue();
      assertThat(lanes.failureCount("mary", "exit code 2")).isEqualTo(1);
    }
    assertThat(files()).isEqualTo(filesBefore);
    assertThat(rows()).isEqualTo(rowsBefore);

    world.advance(Duration.ofHours(2)); // everything is stale and orphaned now
    for (int i = 0; i < LOOKS; i++) {
      assertThat(evaluator.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
      assertThat(evaluator.signals().read(StandardSignals.OPS_INCIDENT).stale()).isTrue();
      assertThat(new RunLocks(leases).locks()).hasSize(1);
    }
    assertThat(files()).isEqualTo(filesBefore);
    assertThat(rows()).isEqualTo(rowsBefore);
  }
}
