package dev.reliability.testkit.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
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
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** A gate that is evaluated now and then. */
class ReadinessEvaluatorTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final ReadinessGate GATE =
      ReadinessGate.builder("handoff")
          .criterion(Criterion.named("cron"))
          .criterion(Criterion.builder("queue").successThreshold(2).build())
          .veto(Veto.handoff())
          .build();

  private final World world = World.create(1);
  private final InMemoryStateStore store = new InMemoryStateStore();
  private final Stubs.Failing failing = new Stubs.Failing();
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();
  private final List<String> calls = new ArrayList<>();
  private CompletableFuture<Probe.Answer> cron = answer(Probe.Answer.ok("none late"));
  private CompletableFuture<Probe.Answer> queue = answer(Probe.Answer.ok("12 waiting"));
  private final ReadinessEvaluator evaluator = evaluator(store);

  private static CompletableFuture<Probe.Answer> answer(Probe.Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private ReadinessEvaluator evaluator(StateStore on) {
    return ReadinessEvaluator.builder(GATE, on, bus)
        .probe(
            "cron",
            () -> {
              calls.add("cron");
              return cron;
            })
        .probe(
            "queue",
            () -> {
              calls.add("queue");
              return queue;
            })
        .build();
  }

  private Readiness evaluated() {
    Readiness readiness = world.await(evaluator.evaluate());
    world.advance(MINUTE);
    return readiness;
  }

  private List<HealthEvent.Verdict> verdicts() {
    world.advance(Duration.ZERO);
    return events.stream()
        .map(Event::data)
        .filter(HealthEvent.Verdict.class::isInstance)
        .map(HealthEvent.Verdict.class::cast)
        .toList();
  }

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
