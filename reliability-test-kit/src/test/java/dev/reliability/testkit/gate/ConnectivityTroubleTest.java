package dev.reliability.testkit.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.GateEvent;
import dev.reliability.core.gate.ConnectivityGate;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What hangs, throws, is broken or asked in a wrong way. */
class ConnectivityTroubleTest extends ConnectivityFixture {
  @Test
  void aProbeThatHangsIsGivenUpAndSaidSo() {
    GateReport report = judge(bare().lane(ONE, lane -> new CompletableFuture<>()).build());
    assertThat(texts(report))
        .contains("FAIL lane jarvis-worker-1: its probe did not run: no answer within PT35M");
    report =
        judge(
            bare()
                .lane(
                    ONE,
                    lane -> {
                      throw new IllegalStateException("no such lane");
                    })
                .build());
    assertThat(texts(report))
        .contains(
            "FAIL lane jarvis-worker-1: its probe did not run:"
                + " java.lang.IllegalStateException: no such lane");
  }

  @Test
  void prerequisitesThatHangThrowOrSayNothingAreNoPass() {
    ConnectivityGate gate =
        builder()
            .prerequisite("hangs", CompletableFuture::new)
            .prerequisite("says nothing", () -> CompletableFuture.completedFuture(List.of()))
            .prerequisite(
                "throws",
                () -> {
                  throw new IllegalStateException("broken");
                })
            .build();
    assertThat(texts(judge(gate)))
        .contains(
            "INCONCLUSIVE hangs: no answer within PT2M",
            "INCONCLUSIVE says nothing: it said nothing",
            "INCONCLUSIVE throws: java.lang.IllegalStateException: broken");
  }

  @Test
  void whoAsksMeanwhileGetsTheOneUnderWay() {
    ConnectivityGate gate = builder().build();
    CompletableFuture<GateReport> first = gate.judge();
    CompletableFuture<GateReport> second = gate.judge();
    assertThat(world.await(first)).isSameAs(world.await(second));
    assertThat(probes).isEqualTo(2);
    assertThat(judge(gate)).isNotSameAs(first.join());
  }

  @Test
  void aStoreThatFailsFailsTheJudgementAndTheNextOneIsAnother() {
    Stubs.Failing failing = new Stubs.Failing();
    StateStore broken = Stubs.before(StateStore.class, state, failing);
    ConnectivityGate gate =
        ConnectivityGate.builder(bus, broken, Reconciler.builder(bus, runs).build())
            .lane(ONE, this::probe)
            .build();
    failing.next("write", 2);
    assertThatThrownBy(() -> judge(gate))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(StoreException.class);
    assertThat(judge(gate).isPass()).isTrue();
  }

  @Test
  void aHistoryThatCannotBeReadIsNamedAndNotWrittenOver() {
    Map<String, String> broken = Map.of("gate", "worker-connectivity", "clock", "soon");
    state.write("gate/worker-connectivity", StateStore.NEW, broken);
    assertThatThrownBy(() -> judge(builder().build()))
        .hasRootCauseInstanceOf(NullPointerException.class)
        .hasMessageContaining("document gate/worker-connectivity is no history of a gate");
    assertThat(state.read("gate/worker-connectivity").orElseThrow().values()).isEqualTo(broken);
  }

  @Test
  void aJudgementThatIsRecordedTwiceCountsOnceAlsoInTheJournal() {
    GateReport report = judge(builder().build());
    GateLedger ledger = new GateLedger(state, bus);
    Map<String, String> before = state.read("gate/worker-connectivity").orElseThrow().values();
    ledger.record(report);
    world.advance(Duration.ZERO);
    assertThat(state.read("gate/worker-connectivity").orElseThrow().values()).isEqualTo(before);
    assertThat(events.stream().map(Event::data).filter(GateEvent.Judged.class::isInstance))
        .hasSize(1);
  }

  /** Two processes judge at once: the probe of one is not the other's unfinished one. */
  @Test
  void aProbeThatAnotherProcessHasJustBegunDoesNotHideTheOneThatEnded() {
    scripts.put(TWO, WorkerScript.idle()); // ends after 12 minutes
    ConnectivityGate slow = bare().name("gate").build();
    CompletableFuture<GateReport> other = slow.judge();
    world.advance(Duration.ofSeconds(1));
    scripts.remove(TWO);
    world.advance(Duration.ofSeconds(1));
    assertThat(judge(bare().name("gate").build()).isPass()).isTrue();
    assertThat(world.await(other).isPass()).isFalse();
  }

  @Test
  void whatIsNamedTwiceIsRefusedAndNotDropped() {
    assertThatThrownBy(
            () ->
                builder()
                    .lane(ONE, this::probe)
                    .prerequisite("preflight", CompletableFuture::new)
                    .build())
        .hasMessage(
            "a gate cannot be built: lane: expected each name once, got jarvis-worker-1 twice;"
                + " prerequisite: expected each name once, got preflight twice");
  }

  @Test
  void everythingThatCannotBeBuiltIsListed() {
    assertThatThrownBy(
            () ->
                ConnectivityGate.builder(bus, state, Reconciler.builder(bus, runs).build())
                    .freshness(Duration.ZERO)
                    .probeLimit(Duration.ofSeconds(-1))
                    .success(Set.of())
                    .build())
        .hasMessage(
            "a gate cannot be built: freshness: expected a positive duration, got PT0S; probeLimit:"
                + " expected a positive duration, got PT-1S; lane: expected at least one that is"
                + " required, got none; success: expected at least one state, got none");
  }
}
