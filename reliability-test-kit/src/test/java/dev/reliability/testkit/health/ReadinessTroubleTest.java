package dev.reliability.testkit.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.health.Criterion;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.Probe;
import dev.reliability.core.health.Readiness;
import dev.reliability.core.health.ReadinessEvaluator;
import dev.reliability.core.health.ReadinessGate;
import dev.reliability.core.health.StandardSignals;
import dev.reliability.core.health.StandardSignals.Handoff;
import dev.reliability.core.health.Veto;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.Stubs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Probes, stores and documents that do not do what they should. */
class ReadinessTroubleTest extends ReadinessFixture {
  @Test
  void aProbeThatHangsHasSeenNothingAndIsNotCalledAgainBeforeItCameBack() {
    evaluated();
    evaluated();
    CompletableFuture<Probe.Answer> hanging = new CompletableFuture<>();
    cron = hanging;
    calls.clear();
    Readiness first = evaluated();
    assertThat(first.verdict()).as("one that is unknown is tolerated").isEqualTo(GateVerdict.GO);
    Readiness second = evaluated();
    assertThat(second.verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    assertThat(second.line("cron").why())
        .isEqualTo(
            "it could not be observed 2 times in a row:"
                + " the probe hangs (an earlier call is still under way)");
    assertThat(calls).containsOnlyOnce("cron");
    assertThat(evaluator.streaks().streak("cron").failures()).isZero();
    assertThat(second.line("queue").verdict()).as("it held up nobody").isEqualTo(GateVerdict.GO);
    hanging.complete(Probe.Answer.failed("too late to count", null));
    cron = answer(Probe.Answer.ok("none late"));
    assertThat(evaluated().verdict()).isEqualTo(GateVerdict.GO);
    assertThat(evaluator.streaks().streak("cron").failures()).isZero();
  }

  @Test
  void aProbeThatThrowsFailsOrAnswersNullHasSeenNothingAndSaysSo() {
    evaluated();
    cron = CompletableFuture.failedFuture(new IllegalStateException("no route"));
    evaluated();
    assertThat(evaluator.streaks().streak("cron").last())
        .matches(last -> "java.lang.IllegalStateException: no route".equals(last.detail()));
    cron = CompletableFuture.completedFuture(null);
    evaluated();
    assertThat(evaluator.streaks().streak("cron").last())
        .matches(last -> "it answered null".equals(last.detail()));
    ReadinessEvaluator throwing =
        ReadinessEvaluator.builder(GATE, store, bus)
            .probe(
                "cron",
                () -> {
                  throw new IllegalArgumentException("bad address");
                })
            .build();
    Readiness readiness = world.await(throwing.evaluate());
    assertThat(readiness.line("cron").verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    assertThat(readiness.line("cron").why()).contains("3 times in a row").contains("bad address");
  }

  @Test
  void itLooksAgainAndAgainWhateverTheStoreDoes() {
    ReadinessEvaluator flaky = evaluator(Stubs.before(StateStore.class, store, failing));
    Periodic ticks = flaky.start(MINUTE);
    world.advance(Duration.ofMinutes(3));
    assertThat(flaky.view().verdict()).isEqualTo(GateVerdict.GO);
    failing.next("read", 6);
    failing.next("write", 6);
    world.advance(Duration.ofMinutes(10));
    failing.next("read", 0);
    failing.next("write", 0);
    assertThat(flaky.view().verdict()).isEqualTo(GateVerdict.GO);
    assertThat(flaky.view().line("cron").age()).isLessThanOrEqualTo(MINUTE);
    ticks.close();
    calls.clear();
    world.advance(Duration.ofMinutes(10));
    assertThat(calls).isEmpty();
  }

  @Test
  void aVerdictThatWasNotToldBeforeACrashIsToldByTheNext() {
    evaluated();
    evaluated();
    StateStore.Doc doc = store.read("readiness/handoff").orElseThrow();
    assertThat(doc.values()).containsEntry("verdict", "GO").containsEntry("told", "GO");
    store.write(doc.name(), doc.version(), Map.of("verdict", "GO", "told", "INCONCLUSIVE"));
    int before = verdicts().size();
    evaluated();
    evaluated();
    assertThat(verdicts().subList(before, verdicts().size()))
        .containsExactly(new HealthEvent.Verdict("handoff", "go", "inconclusive", List.of()));
  }

  @Test
  void aDocumentThatCannotBeReadIsNamedAndKeepsTheGateShut() {
    evaluated();
    evaluated();
    StateStore.Doc doc = store.read("streak/cron").orElseThrow();
    store.write(doc.name(), doc.version(), Map.of());
    assertThat(evaluator.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    assertThat(evaluator.view().line("cron").why()).contains("streak/cron");
    Readiness readiness = evaluated();
    assertThat(readiness.line("cron").verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    assertThat(readiness.line("queue").verdict()).as("others go on").isEqualTo(GateVerdict.GO);
    evaluator.signals().publish(StandardSignals.HANDOFF, Handoff.GO, "handoff-check");
    StateStore.Doc signal = store.read("signal/handoff").orElseThrow();
    store.write(signal.name(), signal.version(), Map.of("value", "go"));
    assertThat(evaluated().line("handoff").verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    StateStore.Doc gate = store.read("readiness/handoff").orElseThrow();
    store.write(gate.name(), gate.version(), Map.of("verdict", "green"));
    assertThatThrownBy(evaluator::view).hasMessageContaining("readiness/handoff");
    assertThatThrownBy(() -> world.await(evaluator.evaluate()))
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("readiness/handoff");
  }

  @Test
  void everythingThatCannotBeUsedIsListed() {
    assertThatThrownBy(() -> ReadinessGate.builder(" ").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name: expected")
        .hasMessageContaining("criteria: expected at least one, got none");
    assertThatThrownBy(
            () ->
                ReadinessGate.builder("gate")
                    .criterion(Criterion.named("handoff"))
                    .veto(Veto.handoff())
                    .build())
        .hasMessageContaining("expected each name once, got \"handoff\" twice");
    assertThatThrownBy(
            () ->
                Criterion.builder("cron")
                    .failureThreshold(0)
                    .successThreshold(-1)
                    .minimumDuration(Duration.ofSeconds(-1))
                    .spacing(Duration.ofSeconds(-2))
                    .ttl(Duration.ZERO)
                    .flapping(32, Duration.ZERO)
                    .build())
        .hasMessageContaining("failureThreshold: expected at least 1, got 0")
        .hasMessageContaining("successThreshold: expected at least 1, got -1")
        .hasMessageContaining("minimumDuration: expected not to be negative, got PT-1S")
        .hasMessageContaining("spacing: expected not to be negative, got PT-2S")
        .hasMessageContaining("ttl: expected a positive duration, got PT0S")
        .hasMessageContaining("flapping changes: expected 1 to 31, got 32")
        .hasMessageContaining("flapping window: expected a positive duration, got PT0S");
    assertThatThrownBy(
            () ->
                ReadinessEvaluator.builder(GATE, store, bus)
                    .probe("disk", () -> cron)
                    .probeTimeout(Duration.ZERO)
                    .build())
        .hasMessageContaining("probe: expected one of [cron, queue], got \"disk\"")
        .hasMessageContaining("probeTimeout: expected a positive duration, got PT0S");
    assertThatThrownBy(() -> evaluator.start(Duration.ofSeconds(30)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("period: expected more than the spacing of cron, PT30S, got PT30S");
  }
}
