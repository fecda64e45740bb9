package dev.reliability.testkit.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.incident.Soak;
import dev.reliability.core.incident.SoakWatch;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nothing happened for two days, and somebody would have noticed. */
class SoakTest {
  private static final String REASON = "running_without_container";
  private static final Instant EVER = Instant.EPOCH;

  private final World world = World.create(4);
  private final InMemoryStateStore state = new InMemoryStateStore();
  private final Stubs.Failing failing = new Stubs.Failing();
  private final StateStore store = Stubs.before(StateStore.class, state, failing);
  private final EventBus bus =
      EventBus.builder(world).sink(SoakWatch.ofReconciler(store, REASON)).build();
  private final InMemoryRunStore runs = new InMemoryRunStore();

  private String judge() {
    world.advance(Duration.ZERO);
    return SoakWatch.read(state, REASON)
        .map(soak -> soak.judge(world.time().wall(), EVER, 0))
        .map(GateLine::text)
        .orElse("nobody watches it");
  }

  private void found() {
    bus.emit(
        Subject.NONE,
        new ReconcileEvent.Found(
            REASON,
            RunState.RUNNING,
            null,
            "owner",
            Duration.ofHours(1),
            Duration.ofMinutes(1),
            "",
            true));
  }

  private void tested(boolean ok) {
    bus.emit(Subject.NONE, new ReconcileEvent.SelfTest(ok, List.of(REASON), ok ? null : "broken"));
  }

  private Periodic reconciling() {
    return Reconciler.builder(bus, runs)
        .ownerIsDead(owner -> true)
        .build()
        .start(Duration.ofMinutes(5));
  }

  @Test
  void twoDaysWithADetectorThatIsAliveAreEnough() {
    reconciling();
    world.advance(Duration.ofMinutes(5)); // with the first look comes the first proof
    assertThat(judge())
        .isEqualTo(
            "INCONCLUSIVE soak running_without_container: watched for PT0S of PT48H, from"
                + " 2026-01-01T00:05:00Z");
    world.advance(Duration.ofHours(48).minusMillis(1));
    assertThat(judge()).startsWith("INCONCLUSIVE");
    world.advance(Duration.ofMillis(1));
    assertThat(judge())
        .isEqualTo(
            "PASS soak running_without_container: did not happen in PT48H, watched from"
                + " 2026-01-01T00:05:00Z");
  }

  /** A detector that was silently removed must not pass by itself. */
  @Test
  void aDetectorThatIsNotThereProvesNothing() {
    world.advance(Duration.ofDays(30));
    assertThat(judge()).isEqualTo("nobody watches it");
    Periodic reconciler = reconciling();
    world.advance(Duration.ofDays(3));
    assertThat(judge()).startsWith("PASS");
    reconciler.close();
    world.advance(Duration.ofHours(2));
    assertThat(judge()).contains("INCONCLUSIVE", "last proven to be alive at 2026-02-0");
    world.advance(Duration.ofDays(10));
    reconciling();
    world.advance(Duration.ofHours(47));
    assertThat(judge()).contains("INCONCLUSIVE", "watched for PT46H55M of PT48H");
  }

  @Test
  void whatHappensCountsForTwoDays() {
    reconciling();
    world.advance(Duration.ofDays(3));
    RunRecord record = RunRecord.queued("r", "lane", "item", "dead", world.time().wall());
    runs.create(record);
    runs.transition(RunState.QUEUED, record.running("pid 9", world.time().wall()));
    world.advance(Duration.ofHours(1));
    assertThat(judge()).startsWith("FAIL soak running_without_container: it happened, last at");
    Instant at = SoakWatch.read(state, REASON).map(Soak::last).orElseThrow();
    world.advance(
        Duration.between(world.time().wall(), at.plus(Duration.ofHours(48))).minusNanos(1));
    assertThat(judge()).startsWith("FAIL");
    world.advance(Duration.ofNanos(1));
    assertThat(judge()).startsWith("PASS");
  }

  @Test
  void whatWasBeforeTheFixCountsNoMoreAndTheTimeBeginsWithIt() {
    tested(true);
    found();
    world.advance(Duration.ofMinutes(1));
    Instant fix = world.time().wall();
    world.advance(Duration.ofMinutes(1));
    Soak soak = SoakWatch.read(state, REASON).orElseThrow();
    assertThat(soak.judge(world.time().wall(), fix, 1).text())
        .isEqualTo(
            "INCONCLUSIVE soak running_without_container: watched for PT1M of PT48H, from " + fix);
  }

  @Test
  void aSelfTestThatFailsBeginsTheTimeAnew() {
    for (int hour = 0; hour < 50; hour++) {
      tested(hour != 10);
      world.advance(Duration.ofHours(1));
    }
    assertThat(judge()).contains("INCONCLUSIVE", "from 2026-01-01T11:00:00Z");
    tested(false);
    assertThat(judge()).contains("INCONCLUSIVE", "its detector is not proven to be alive");
  }

  @Test
  void aWallClockThatJumpsProvesNothing() {
    tested(true);
    world.advance(Duration.ofHours(1));
    world.stepWall(Duration.ofHours(48));
    tested(true);
    assertThat(judge()).contains("INCONCLUSIVE", "watched for PT0S");
    world.stepWall(Duration.ofHours(-1));
    assertThat(judge()).contains("INCONCLUSIVE", "proof is dated 2026-01-03T01:00:00Z");
  }

  @Test
  void whatTheStoreDoesNotTakeIsWrittenLater() {
    tested(true);
    world.advance(Duration.ofHours(1));
    failing.next("write", 1);
    found();
    world.advance(Duration.ofMinutes(1));
    assertThat(judge()).startsWith("INCONCLUSIVE");
    tested(true);
    assertThat(judge()).startsWith("FAIL");
  }

  @Test
  void whatIsToldTwiceCountsOnce() {
    found();
    world.advance(Duration.ZERO);
    Event event = bus.recent().snapshot().get(1);
    SoakWatch again = SoakWatch.ofReconciler(state, REASON);
    again.accept(event);
    again.accept(event);
    assertThat(SoakWatch.read(state, REASON).orElseThrow().occurrences()).isEqualTo(1);
  }

  /** More than can be kept: nobody knows what was lost, so the time begins anew. */
  @Test
  void aStoreThatIsAwayForTooLongBeginsTheTimeAnew() {
    tested(true);
    world.advance(Duration.ofHours(1));
    failing.next("write", 1001);
    for (int i = 0; i < 1001; i++) {
      tested(true);
      world.advance(Duration.ofMinutes(1));
    }
    tested(true);
    assertThat(judge()).contains("INCONCLUSIVE", "from 2026-01-01T01:02:00Z");
  }

  /** Nobody knows what it was that was dropped. */
  @Test
  void anEventThatWasDroppedOnTheWayBeginsTheTimeAnew() {
    SoakWatch watch = SoakWatch.ofReconciler(state, REASON);
    tested(true);
    world.advance(Duration.ofHours(1));
    tested(true);
    world.advance(Duration.ofHours(1));
    tested(true);
    List<Event> events = bus.recent().snapshot();
    InMemoryStateStore other = new InMemoryStateStore();
    SoakWatch gap = SoakWatch.ofReconciler(other, REASON);
    gap.accept(events.get(1));
    gap.accept(events.get(3));
    assertThat(SoakWatch.read(other, REASON).orElseThrow().liveSince())
        .isEqualTo(events.get(3).time());
    watch.accept(events.get(1));
    assertThat(SoakWatch.read(state, REASON).orElseThrow().liveSince())
        .isEqualTo(events.get(1).time());
  }

  @Test
  void badSettingsAndBrokenDocumentsAreNamed() {
    assertThatThrownBy(
            () ->
                SoakWatch.of(
                    state, "s", Duration.ZERO, Duration.ofHours(1), event -> SoakWatch.Kind.NONE))
        .hasMessage("window: expected a positive duration, got PT0S");
    state.write("soak/s", StateStore.NEW, Map.of("name", "s"));
    assertThatThrownBy(() -> SoakWatch.read(state, "s"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("document soak/s is no soak");
  }
}
