package dev.reliability.testkit.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.Criterion;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.Probe;
import dev.reliability.core.health.Readiness;
import dev.reliability.core.health.ReadinessEvaluator;
import dev.reliability.core.health.ReadinessGate;
import dev.reliability.core.health.Reading;
import dev.reliability.core.health.SignalCodec;
import dev.reliability.core.health.SignalType;
import dev.reliability.core.health.StandardSignals;
import dev.reliability.core.health.Veto;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What the host brings along throws: its line says so, and nothing else is held up. */
class ReadinessHostCodeTest {
  private final World world = World.create(3);
  private final EventBus bus = EventBus.builder(world).build();
  private final InMemoryStateStore store = new InMemoryStateStore();

  private ReadinessEvaluator evaluator(Criterion criterion, Veto<?> veto) {
    return ReadinessEvaluator.builder(
            ReadinessGate.builder("gate").criterion(criterion).veto(veto).build(), store, bus)
        .probe(
            criterion.name(), () -> CompletableFuture.completedFuture(Probe.Answer.ok("none late")))
        .build();
  }

  private void saysSo(ReadinessEvaluator evaluator, String line, String why) {
    for (Readiness readiness :
        new Readiness[] {
          evaluator.view(), world.await(evaluator.evaluate()), evaluator.view(),
        }) {
      assertThat(readiness.verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
      assertThat(readiness.line(line).verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
      assertThat(readiness.line(line).why()).contains(why);
    }
    assertThat(evaluator.view().line("cron").verdict()).isEqualTo(GateVerdict.GO);
  }

  private static SignalType<String> type(SignalCodec<String> codec, UnaryOperator<String> onStale) {
    return SignalType.of("odd", Duration.ofMinutes(5), codec, onStale);
  }

  @Test
  void aVetoThatThrows() {
    ReadinessEvaluator evaluator =
        evaluator(
            Criterion.named("cron"),
            new Veto<>(
                StandardSignals.OPS_INCIDENT,
                value -> {
                  throw new IllegalStateException("boom");
                },
                false));
    evaluator
        .signals()
        .publish(StandardSignals.OPS_INCIDENT, StandardSignals.OpsState.NORMAL, "ops");
    saysSo(evaluator, StandardSignals.OPS_INCIDENT.name(), "IllegalStateException: boom");
    world.advance(Duration.ofHours(1));
    saysSo(evaluator, StandardSignals.OPS_INCIDENT.name(), "IllegalStateException: boom");
  }

  @Test
  void aCodecThatThrows() {
    SignalType<String> type =
        type(
            new SignalCodec<>() {
              @Override
              public String spell(String value) {
                return value;
              }

              @Override
              public String parse(String text) {
                return text.substring(3);
              }
            },
            value -> value);
    ReadinessEvaluator evaluator =
        evaluator(Criterion.named("cron"), new Veto<>(type, "no"::equals, false));
    evaluator.signals().publish(type, "a", "me");
    assertThat(evaluator.signals().read(type))
        .isInstanceOfSatisfying(
            Reading.Unknown.class,
            unknown -> {
              assertThat(unknown.why()).isEqualTo(Reading.Why.CORRUPT);
              assertThat(unknown.detail()).contains("signal/odd", "OutOfBounds");
            });
    saysSo(evaluator, "odd", "OutOfBounds");
  }

  @Test
  void aDowngradeThatThrows() {
    SignalType<String> type =
        type(
            SignalCodec.text(),
            value -> {
              throw new UnsupportedOperationException("no idea");
            });
    ReadinessEvaluator evaluator =
        evaluator(Criterion.named("cron"), new Veto<>(type, "no"::equals, false));
    evaluator.signals().publish(type, "no", "me");
    world.advance(Duration.ofMinutes(6));
    saysSo(evaluator, "odd", "no idea");
  }

  @Test
  void durationsAsLongAsTheyCanBe() {
    Duration huge = Duration.ofSeconds(Long.MAX_VALUE);
    ReadinessEvaluator evaluator =
        evaluator(
            Criterion.builder("cron").ttl(huge).minimumDuration(huge).flapping(4, huge).build(),
            Veto.handoff());
    assertThat(world.await(evaluator.evaluate()).verdict()).isEqualTo(GateVerdict.GO);
    assertThat(evaluator.view().line("cron").flapping()).isFalse();
  }
}
