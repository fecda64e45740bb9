package dev.reliability.testkit.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.Reading;
import dev.reliability.core.health.SignalCodec;
import dev.reliability.core.health.SignalType;
import dev.reliability.core.health.Signals;
import dev.reliability.core.health.StandardSignals;
import dev.reliability.core.health.StandardSignals.Handoff;
import dev.reliability.core.health.StandardSignals.OpsState;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a signal says, and for how long. */
class SignalsTest {
  private final World world = World.create(1);
  private final InMemoryStateStore store = new InMemoryStateStore();
  private final Signals signals = new Signals(store, EventBus.builder(world).build());

  /** A process that has seen nothing yet. */
  private Signals restarted() {
    return new Signals(store, EventBus.builder(world).build());
  }

  private void rewrite(String document, Consumer<Map<String, String>> change) {
    StateStore.Doc doc = store.read(document).orElseThrow();
    Map<String, String> values = new HashMap<>(doc.values());
    change.accept(values);
    store.write(document, doc.version(), values);
  }

  @Test
  void eachReadingHasItsAgeItsSourceAndWhetherItIsStale() {
    signals.publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check");
    world.advance(Duration.ofMinutes(3));
    Reading<Handoff> reading = signals.read(StandardSignals.HANDOFF);
    assertThat(reading.stale()).isFalse();
    assertThat(reading.age()).isEqualTo(Duration.ofMinutes(3));
    assertThat(reading.source()).isEqualTo("handoff-check");
    assertThat(reading.current()).isEqualTo(Handoff.NO_GO);
  }

  @Test
  void exactlyAsOldAsItsTimeToLiveIsFreshAndANanosecondMoreIsStale() {
    signals.publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check");
    world.advance(Duration.ofMinutes(30));
    assertThat(signals.read(StandardSignals.HANDOFF)).isInstanceOf(Reading.Fresh.class);
    world.advance(Duration.ofNanos(1));
    Reading<Handoff> stale = signals.read(StandardSignals.HANDOFF);
    assertThat(stale.stale()).isTrue();
    assertThat(stale.current()).isEqualTo(Handoff.NO_OPINION);
    assertThat(((Reading.Stale<Handoff>) stale).signal().value())
        .as("the original value is kept beside it")
        .isEqualTo(Handoff.NO_GO);
  }

  @Test
  void aStaleCriticalOrWarningIsRecoveringAndNothingTurnsNormal() {
    Map<OpsState, OpsState> takenFor =
        Map.of(
            OpsState.CRITICAL, OpsState.RECOVERING,
            OpsState.WARNING, OpsState.RECOVERING,
            OpsState.RECOVERING, OpsState.RECOVERING,
            OpsState.NORMAL, OpsState.UNKNOWN,
            OpsState.UNKNOWN, OpsState.UNKNOWN);
    takenFor.forEach(
        (published, stale) -> {
          signals.publish(StandardSignals.OPS_INCIDENT, published, "ops");
          world.advance(Duration.ofMinutes(45));
          assertThat(signals.read(StandardSignals.OPS_INCIDENT).current()).isEqualTo(published);
          world.advance(Duration.ofMinutes(5));
          assertThat(signals.read(StandardSignals.OPS_INCIDENT).current()).isEqualTo(stale);
        });
  }

  @Test
  void whatIsMissingCorruptOrUndatedIsUnknownAndNeverNormal() {
    assertUnknown(Reading.Why.MISSING, "ops-incident");
    signals.publish(StandardSignals.OPS_INCIDENT, OpsState.NORMAL, "ops");
    rewrite("signal/ops-incident", values -> values.put("value", "fine"));
    assertUnknown(Reading.Why.CORRUPT, "fine");
    signals.publish(StandardSignals.OPS_INCIDENT, OpsState.NORMAL, "ops");
    rewrite("signal/ops-incident", values -> values.put("observed_at", "yesterday"));
    assertUnknown(Reading.Why.CORRUPT, "yesterday");
    signals.publish(StandardSignals.OPS_INCIDENT, OpsState.NORMAL, "ops");
    rewrite("signal/ops-incident", values -> values.remove("ttl"));
    assertUnknown(Reading.Why.CORRUPT, "ttl");
    signals.publish(StandardSignals.OPS_INCIDENT, OpsState.NORMAL, "ops");
    rewrite("signal/ops-incident", values -> values.remove("observed_at"));
    assertUnknown(Reading.Why.UNDATED, "observed_at");
    rewrite("signal/ops-incident", Map::clear);
    assertUnknown(Reading.Why.CORRUPT, "signal/ops-incident");
    signals.publish(StandardSignals.OPS_INCIDENT, OpsState.NORMAL, "ops");
    assertThat(signals.read(StandardSignals.OPS_INCIDENT).stale()).isFalse();
  }

  private void assertUnknown(Reading.Why why, String named) {
    Reading<OpsState> reading = signals.read(StandardSignals.OPS_INCIDENT);
    assertThat(reading).isInstanceOf(Reading.Unknown.class);
    assertThat(reading.current()).isNull();
    assertThat(reading.stale()).isTrue();
    Reading.Unknown<OpsState> unknown = (Reading.Unknown<OpsState>) reading;
    assertThat(unknown.why()).isEqualTo(why);
    assertThat(unknown.detail()).contains(named).contains("signal/ops-incident");
  }

  @Test
  void aStoreThatFailsIsUnknownToo() {
    Stubs.Failing failing = new Stubs.Failing();
    Signals flaky =
        new Signals(
            Stubs.before(StateStore.class, store, failing), EventBus.builder(world).build());
    flaky.publish(StandardSignals.HANDOFF, Handoff.GO, "handoff-check");
    failing.next("read", 1);
    assertThat(flaky.read(StandardSignals.HANDOFF))
        .isInstanceOfSatisfying(
            Reading.Unknown.class,
            unknown -> assertThat(unknown.why()).isEqualTo(Reading.Why.UNREADABLE));
    assertThat(flaky.read(StandardSignals.HANDOFF).stale()).isFalse();
  }

  @Test
  void oneThatIsDatedInTheFutureIsUnknownUntilANewerOneComes() {
    signals.publish(
        StandardSignals.HANDOFF,
        Handoff.GO,
        "another machine",
        world.time().wall().plus(Duration.ofMinutes(1)));
    assertThat(signals.read(StandardSignals.HANDOFF))
        .as("clocks of machines differ a little")
        .isInstanceOf(Reading.Fresh.class)
        .matches(reading -> Duration.ZERO.equals(reading.age()));
    signals.publish(
        StandardSignals.HANDOFF,
        Handoff.GO,
        "another machine",
        world.time().wall().plus(Duration.ofMinutes(1)).plusNanos(1));
    assertInTheFuture(signals);
    world.advance(Duration.ofMinutes(5));
    assertInTheFuture(signals); // although that time has come
    signals.publish(StandardSignals.HANDOFF, Handoff.GO, "another machine");
    assertThat(signals.read(StandardSignals.HANDOFF)).isInstanceOf(Reading.Fresh.class);
  }

  private static void assertInTheFuture(Signals signals) {
    assertThat(signals.read(StandardSignals.HANDOFF))
        .isInstanceOfSatisfying(
            Reading.Unknown.class,
            unknown -> assertThat(unknown.why()).isEqualTo(Reading.Why.IN_THE_FUTURE));
  }

  @Test
  void anAgeIsNeverNegativeAndNeverLessThanTheProcessHasSeenPass() {
    signals.publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check");
    world.stepWall(Duration.ofHours(-2));
    assertThat(signals.read(StandardSignals.HANDOFF).age()).isEqualTo(Duration.ZERO);
    world.advance(Duration.ofMinutes(29));
    assertThat(signals.read(StandardSignals.HANDOFF).age()).isEqualTo(Duration.ofMinutes(29));
    world.suspend(Duration.ofHours(3)); // the other clock stands still meanwhile
    assertThat(signals.read(StandardSignals.HANDOFF).age()).isEqualTo(Duration.ofMinutes(89));
    world.stepWall(Duration.ofHours(-5));
    assertThat(signals.read(StandardSignals.HANDOFF).stale()).isTrue();
    assertThat(signals.read(StandardSignals.HANDOFF).age()).isEqualTo(Duration.ofMinutes(89));
  }

  @Test
  void newDataAreFreshAlsoAfterTheClockWasWrongForAWhile() {
    signals.publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check");
    world.stepWall(Duration.ofDays(70 * 365));
    assertThat(signals.read(StandardSignals.HANDOFF).stale()).isTrue();
    world.stepWall(Duration.ofDays(-70 * 365));
    assertThat(signals.read(StandardSignals.HANDOFF).stale()).isTrue();
    signals.publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check");
    assertThat(signals.read(StandardSignals.HANDOFF).stale()).isFalse();
    assertThat(restarted().read(StandardSignals.HANDOFF).stale()).isFalse();
  }

  @Test
  void publishingTheSameObservationAgainIsNothingNew() {
    Instant observedAt = world.time().wall();
    signals.publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check", observedAt);
    StateStore.Doc before = store.read("signal/handoff").orElseThrow();
    world.advance(Duration.ofMinutes(31));
    signals.publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check", observedAt);
    assertThat(store.read("signal/handoff")).contains(before);
    assertThat(signals.read(StandardSignals.HANDOFF).stale()).isTrue();
  }

  @Test
  void theShorterTimeToLiveCounts() {
    SignalType<String> published =
        SignalType.of("disk", Duration.ofMinutes(5), SignalCodec.text(), value -> "?");
    SignalType<String> read =
        SignalType.of("disk", Duration.ofMinutes(50), SignalCodec.text(), value -> "?");
    signals.publish(published, "full", "df");
    world.advance(Duration.ofMinutes(6));
    assertThat(signals.read(read).current()).isEqualTo("?");
    signals.publish(read, "full", "df");
    world.advance(Duration.ofMinutes(6));
    assertThat(signals.read(published).current()).isEqualTo("?");
    assertThat(signals.read(read).current()).isEqualTo("full");
  }

  @Test
  void noKindOfSignalIsWithoutATimeToLive() {
    assertThatThrownBy(
            () -> SignalType.of("disk", Duration.ZERO, SignalCodec.text(), value -> value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ttl of disk")
        .hasMessageContaining("PT0S");
  }
}
