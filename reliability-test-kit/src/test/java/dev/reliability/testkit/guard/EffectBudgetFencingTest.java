package dev.reliability.testkit.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.guard.EffectBudget;
import dev.reliability.core.guard.EffectBudget.Allowed;
import dev.reliability.core.guard.EffectBudget.Suppressed;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.testkit.world.World;
import org.junit.jupiter.api.Test;

/** A budget refuses a holder that was superseded, also if the newer one only asked again. */
class EffectBudgetFencingTest {
  @Test
  void aUseThatComesAgainUnderAHigherTokenShutsTheLowerOnesOut() {
    World world = World.create(1);
    EffectBudget budget =
        EffectBudget.perScope(
            new InMemoryStateStore(), EventBus.builder(world).build(), "review", 9);
    assertThat(budget.use("item", "x", 1)).isEqualTo(new Allowed(1, false, 1));
    assertThat(budget.use("item", "x", 5)).isEqualTo(new Allowed(1, true, 5));
    assertThat(budget.use("item", "y", 1)).isInstanceOf(Suppressed.class);
    assertThat(budget.use("item", "y", 5).isAllowed()).isTrue();
  }
}
