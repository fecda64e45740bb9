package dev.reliability.core.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.guard.EffectBudget.Allowed;
import dev.reliability.core.guard.EffectBudget.Spent;
import dev.reliability.core.guard.EffectBudget.Suppressed;
import dev.reliability.core.guard.EffectBudget.Use;
import dev.reliability.core.store.InMemoryStateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** At most so many, whoever asks how often (requirement P1): the rule alone. */
class EffectBudgetTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private Spent spent = new Spent(List.of(), 0);

  private Use use(String id, long token, Instant now, int limit, @Nullable Duration window) {
    Use use = EffectBudget.decide(spent, id, token, now, limit, window);
    if (use instanceof Allowed allowed && !allowed.again()) {
      spent = Spent.read(spent.with(id, token, now, limit).spell());
    }
    return use;
  }

  @Test
  void oneFinalReviewPerItemWhateverTheTime() {
    assertThat(use("run-1", 0, NOON, 1, null)).isEqualTo(new Allowed(1, false, 0));
    assertThat(use("run-2", 0, NOON.plus(Duration.ofDays(9)), 1, null))
        .isInstanceOf(Suppressed.class);
  }

  @Test
  void theSameUseCountsOnceAndIsToldThatItComesAgain() {
    use("run-1", 0, NOON, 1, null);
    assertThat(use("run-1", 0, NOON.plusSeconds(5), 1, null)).isEqualTo(new Allowed(1, true, 0));
  }

  @Test
  void twentyReviewsInFortyMinutesAreAsManyAsTheWindowAllows() {
    int allowed = 0;
    for (int i = 0; i < 20; i++) {
      Instant at = NOON.plus(Duration.ofMinutes(2L * i));
      allowed += use("review-" + i, 0, at, 3, HOUR).isAllowed() ? 1 : 0;
    }
    assertThat(allowed).isEqualTo(3);
  }

  @Test
  void aUseThatIsExactlyAsOldAsTheWindowCountsNoMore() {
    use("one", 0, NOON, 1, HOUR);
    assertThat(use("two", 0, NOON.plus(HOUR).minusNanos(1), 1, HOUR).isAllowed()).isFalse();
    assertThat(use("two", 0, NOON.plus(HOUR), 1, HOUR).isAllowed()).isTrue();
  }

  @Test
  void aSupersededHolderIsRefused() {
    assertThat(use("run-2", 7, NOON, 5, null).isAllowed()).isTrue();
    assertThat(use("run-1", 6, NOON, 5, null))
        .isInstanceOfSatisfying(
            Suppressed.class, no -> assertThat(no.why()).contains("6").contains("7"));
    assertThat(use("run-2b", 7, NOON, 5, null).isAllowed()).isTrue();
  }

  @Test
  void memoryIsBoundedByTheLimit() {
    for (int i = 0; i < 100; i++) {
      use("use-" + i, 0, NOON.plus(HOUR.multipliedBy(i)), 3, HOUR);
    }
    assertThat(spent.uses()).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void aCursorMovesOncePerRunAndIsWhereItWasLeft() {
    InMemoryStateStore store = new InMemoryStateStore();
    StoredCursor cursor = new StoredCursor(store, "lane with spaces/and é");
    assertThat(cursor.position()).isEmpty();
    cursor.commit("run-1", "m7");
    cursor.commit("run-1", "m7");
    assertThat(new StoredCursor(store, "lane with spaces/and é").position()).contains("m7");
    assertThat(store.read(store.names("cursor/").get(0)).orElseThrow().version()).isEqualTo(1);
    cursor.commit("run-2", "m9");
    assertThat(cursor.position()).contains("m9");
    assertThat(new StoredCursor(store, "another").position()).isEmpty();
  }

  @Test
  void aStoredBudgetThatIsNoneOfOursIsAnError() {
    assertThatThrownBy(() -> Spent.read(Map.of("id0", "x", "at0", "noon")))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining("noon");
  }
}
