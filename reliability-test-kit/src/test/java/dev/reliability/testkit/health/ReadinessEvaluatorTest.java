package dev.reliability.testkit.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.health.Criterion;
import dev.reliability.core.health.FailureStreaks;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.Probe;
import dev.reliability.core.health.Readiness;
import dev.reliability.core.health.ReadinessEvaluator;
import dev.reliability.core.health.ReadinessGate;
import dev.reliability.core.health.ReadinessView;
import dev.reliability.core.health.Signals;
import dev.reliability.core.health.StandardSignals;
import dev.reliability.core.health.StandardSignals.Handoff;
import dev.reliability.core.health.Veto;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A gate that is evaluated now and then. */
class ReadinessEvaluatorTest extends ReadinessFixture {
  @Test
  void nothingObservedYetIsInconclusiveAndNeverGo() {
    Readiness readiness = evaluator.view();
    assertThat(readiness.verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    assertThat(readiness.reasons())
        .containsExactly(
            "cron: inconclusive: nothing was observed yet",
            "queue: inconclusive: nothing was observed yet");
    assertThat(store.names("")).isEmpty();
  }

  @Test
  void itOpensOnceEverythingWasSeenOftenEnoughAndTellsEachChangeOnce() {
    assertThat(evaluated().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    assertThat(evaluated().verdict()).isEqualTo(GateVerdict.GO);
    assertThat(evaluated().verdict()).isEqualTo(GateVerdict.GO);
    queue = answer(Probe.Answer.failed("500 waiting", "since 12:00"));
    assertThat(evaluated().verdict()).isEqualTo(GateVerdict.GO);
    Readiness closed = evaluated();
    assertThat(closed.verdict()).isEqualTo(GateVerdict.NO_GO);
    assertThat(closed.reasons())
        .containsExactly(
            "queue: no_go: it failed 2 times in a row, over PT1M: 500 waiting (since 12:00)");
    queue = answer(Probe.Answer.ok("3 waiting"));
    assertThat(evaluated().verdict()).as("one success is not enough").isEqualTo(GateVerdict.NO_GO);
    assertThat(evaluated().verdict()).isEqualTo(GateVerdict.GO);
    assertThat(verdicts())
        .extracting(HealthEvent.Verdict::before, HealthEvent.Verdict::verdict)
        .containsExactly(
            tuple(null, "inconclusive"),
            tuple("inconclusive", "go"),
            tuple("go", "no_go"),
            tuple("no_go", "go"));
    assertThat(verdicts().get(2).reasons()).isEqualTo(closed.reasons());
  }

  @Test
  void aLineSaysWhatWasSeenWhatItTakesHowOftenHowLongAgoAndWhatWouldChangeIt() {
    evaluated();
    evaluated();
    cron = answer(Probe.Answer.failed("2 late", null));
    evaluated();
    Readiness.Line line = evaluator.view().line("cron");
    assertThat(line.value()).isEqualTo("2 late");
    assertThat(line.threshold()).isEqualTo("2 failures in a row");
    assertThat(line.streak()).startsWith("1 failed in a row since ");
    assertThat(line.age()).isEqualTo(MINUTE);
    assertThat(line.why())
        .isEqualTo(
            "it failed 1 times in a row, over PT0S, and it takes 2 failures in a row: 2 late");
    assertThat(line.nextChangeIf()).isEqualTo("1 more in a row fail, or none counts for PT15M");
    evaluated();
    assertThat(evaluator.view().line("cron").nextChangeIf())
        .isEqualTo("1 more in a row are met, each at least PT30S apart");
    assertThat(evaluator.view().line("handoff").why()).isEqualTo("there is none");
    assertThatThrownBy(() -> evaluator.view().line("disk"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cron, queue, handoff")
        .hasMessageContaining("disk");
  }

  @Test
  void whatWasSeenTooLongAgoIsInconclusiveAlsoIfItHadFailed() {
    evaluated();
    evaluated();
    world.advance(Duration.ofMinutes(14));
    assertThat(evaluator.view().verdict())
        .as("exactly as old as it may be")
        .isEqualTo(GateVerdict.GO);
    world.advance(Duration.ofNanos(1));
    assertThat(evaluator.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    assertThat(evaluator.view().line("cron").why()).contains("older than PT15M");
  }

  @Test
  void aFailureThatIsKnownStaysOneWhileItCannotBeObserved() {
    cron = answer(Probe.Answer.failed("2 late", null));
    evaluated();
    evaluated();
    cron = answer(Probe.Answer.unknown("no answer", null));
    evaluated();
    evaluated();
    assertThat(evaluator.view().line("cron").verdict()).isEqualTo(GateVerdict.NO_GO);
  }

  @Test
  void twoEvaluatorsOfOneGateMakeNoStreakLonger() {
    cron = answer(Probe.Answer.failed("2 late", null));
    ReadinessEvaluator second = evaluator(store);
    world.await(evaluator.evaluate());
    assertThat(world.await(second.evaluate()).line("cron").streak()).startsWith("1 failed");
    world.advance(Duration.ofSeconds(40));
    world.await(second.evaluate());
    world.advance(Duration.ofSeconds(20));
    world.await(evaluator.evaluate());
    assertThat(evaluator.streaks().streak("cron").failures()).isEqualTo(2);
  }

  @Test
  void aLookThatIsUnderWayIsJoined() {
    CompletableFuture<Probe.Answer> slow = new CompletableFuture<>();
    cron = slow;
    CompletableFuture<Readiness> first = evaluator.evaluate();
    CompletableFuture<Readiness> second = evaluator.evaluate();
    world.advance(Duration.ofSeconds(5));
    slow.complete(Probe.Answer.ok("none late"));
    assertThat(world.await(second)).isEqualTo(world.await(first));
    assertThat(calls).containsExactlyInAnyOrder("cron", "queue");
  }

  @Test
  void aSignalThatBecomesStaleIsToldOnceAlsoByAnotherProcess() {
    evaluator.signals().publish(StandardSignals.HANDOFF, Handoff.NO_GO, "handoff-check");
    world.advance(Duration.ofMinutes(31));
    evaluated();
    evaluated();
    world.await(evaluator(store).evaluate());
    world.advance(Duration.ZERO);
    assertThat(events.stream().map(Event::data).filter(HealthEvent.SignalStale.class::isInstance))
        .singleElement()
        .isInstanceOfSatisfying(
            HealthEvent.SignalStale.class,
            stale -> {
              assertThat(stale.value()).isEqualTo("no_go");
              assertThat(stale.takenFor()).isEqualTo("no_opinion");
              assertThat(stale.age()).isEqualTo(Duration.ofMinutes(31));
              assertThat(stale.source()).isEqualTo("handoff-check");
            });
  }

  @Test
  void aStoredGoVouchesForNothingAndARequiredSignalMustBeThere() {
    evaluator.signals().publish(StandardSignals.HANDOFF, Handoff.GO, "handoff-check");
    assertThat(evaluator.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    ReadinessGate strict =
        ReadinessGate.builder("strict")
            .criterion(Criterion.named("cron"))
            .veto(new Veto<>(StandardSignals.OPS_INCIDENT, value -> false, true))
            .build();
    evaluated();
    Signals signals = evaluator.signals();
    ReadinessView view = new ReadinessView(strict, store, evaluator.streaks(), signals);
    assertThat(view.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    signals.publish(StandardSignals.OPS_INCIDENT, StandardSignals.OpsState.NORMAL, "ops");
    assertThat(view.view().reasons())
        .as("to look opens nothing")
        .containsExactly("evaluation: inconclusive: no evaluator has judged this gate yet");
    world.await(ReadinessEvaluator.builder(strict, store, bus).build().evaluate());
    assertThat(view.view().verdict()).isEqualTo(GateVerdict.GO);
  }

  @Test
  void aCriterionThatGoesToAndFroIsShownAsFlapping() {
    FailureStreaks streaks = evaluator.streaks();
    for (int i = 0; i < 5; i++) {
      assertThat(evaluator.view().line("cron").flapping()).as("%d", i).isFalse();
      streaks.record("cron", "o" + i, i % 2 == 0, "", null);
    }
    assertThat(evaluator.view().line("cron").flapping()).isTrue();
    assertThat(evaluator.view().line("cron").verdict()).isEqualTo(GateVerdict.GO);
    world.advance(Duration.ofHours(1));
    assertThat(evaluator.view().line("cron").flapping()).isFalse();
  }
}
