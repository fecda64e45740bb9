package dev.reliability.testkit.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.Probe;
import dev.reliability.core.health.Readiness;
import dev.reliability.core.health.ReadinessView;
import dev.reliability.core.store.InMemoryStateStore;
import org.junit.jupiter.api.Test;

/** Whoever does not have the gate can read what its last evaluation came to, line by line. */
class LastEvaluationsTest extends ReadinessFixture {

  @Test
  void theLastEvaluationIsReadAsItWas() {
    assertThat(ReadinessView.lastEvaluations(store)).isEmpty();
    evaluated();
    cron = answer(Probe.Answer.failed("x".repeat(300), "y".repeat(5_000)));
    evaluated();
    Readiness last = evaluated();
    assertThat(last.verdict()).isEqualTo(GateVerdict.NO_GO);
    assertThat(ReadinessView.lastEvaluations(store))
        .singleElement()
        .satisfies(
            kept -> {
              assertThat(kept.gate()).isEqualTo(last.gate());
              assertThat(kept.verdict()).isEqualTo(last.verdict());
              assertThat(kept.at()).isEqualTo(last.at());
              assertThat(kept.line("queue")).isEqualTo(last.line("queue"));
              assertThat(kept.line("cron").nextChangeIf())
                  .isEqualTo(last.line("cron").nextChangeIf())
                  .isNotBlank();
              assertThat(kept.line("cron").why().length()).isLessThan(1_100);
            });
    assertThat(ReadinessView.lastEvaluations(new InMemoryStateStore())).isEmpty();
  }
}
