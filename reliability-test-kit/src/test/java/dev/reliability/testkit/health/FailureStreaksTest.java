package dev.reliability.testkit.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.health.FailureStreaks;
import dev.reliability.core.health.Observation.Outcome;
import dev.reliability.core.health.Streak;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Failures in a row, by criterion. */
class FailureStreaksTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final World world = World.create(1);
  private final InMemoryStateStore store = new InMemoryStateStore();
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();
  private final FailureStreaks streaks = new FailureStreaks(store, bus);

  private Streak record(FailureStreaks into, String id, Outcome outcome) {
    return into.record("cron", id, outcome, "seen " + id, null, MINUTE);
  }

  private List<HealthEvent.Observed> told() {
    world.advance(Duration.ZERO);
    return events.stream()
        .map(Event::data)
        .filter(HealthEvent.Observed.class::isInstance)
        .map(HealthEvent.Observed.class::cast)
        .toList();
  }

  @Test
  void countsFailuresSinceTheLastSuccessAndTellsEachObservationOnce() {
    streaks.record("cron", "a", true, "none late", null);
    streaks.record("cron", "b", false, "2 late", "nightly, weekly");
    Streak streak = streaks.record("cron", "c", false, "3 late", null);
    assertThat(streak.failures()).isEqualTo(2);
    assertThat(streak.successes()).isZero();
    assertThat(streaks.record("cron", "b", true, "again", null)).isEqualTo(streak);
    assertThat(streaks.record("other", "b", true, "", null).successes()).isEqualTo(1);
    assertThat(streaks.all()).extracting(Streak::criterion).containsExactly("cron", "other");
    assertThat(told())
        .startsWith(
            new HealthEvent.Observed("cron", "a", "ok", true, "none late", null, 0, 1, 0),
            new HealthEvent.Observed(
                "cron", "b", "failed", true, "2 late", "nightly, weekly", 1, 0, 0))
        .hasSize(4);
  }

  @Test
  void oneThatComesTooSoonIsKeptAsTheLastOneAndDoesNotCount() {
    record(streaks, "a", Outcome.FAILED);
    world.advance(MINUTE.minusNanos(1));
    Streak early = record(streaks, "b", Outcome.FAILED);
    assertThat(early.failures()).isEqualTo(1);
    assertThat(early.last()).matches(last -> last.id().equals("b"));
    assertThat(early.known()).matches(known -> known.id().equals("a"));
    world.advance(Duration.ofNanos(1));
    assertThat(record(streaks, "c", Outcome.FAILED).failures()).isEqualTo(2);
    assertThat(told()).extracting(HealthEvent.Observed::counted).containsExactly(true, false, true);
  }

  @Test
  void settingTheWallClockNeitherStretchesAStreakNorKeepsObservationsFromCounting() {
    record(streaks, "a", Outcome.FAILED);
    world.advance(Duration.ofMinutes(5));
    world.stepWall(Duration.ofHours(7));
    record(streaks, "b", Outcome.FAILED);
    world.advance(Duration.ofSeconds(59));
    world.stepWall(Duration.ofHours(1));
    assertThat(record(streaks, "early", Outcome.FAILED).failures()).isEqualTo(2);
    world.stepWall(Duration.ofHours(-20));
    world.advance(Duration.ofSeconds(1));
    Streak streak = record(streaks, "c", Outcome.FAILED);
    assertThat(streak.failures()).isEqualTo(3);
    assertThat(streak.phase()).matches(phase -> phase.lasted().equals(Duration.ofMinutes(6)));
  }

  @Test
  void anotherProcessGoesByTheWallClockAndOneThatWentBackBlindsNobody() {
    record(streaks, "a", Outcome.FAILED);
    FailureStreaks other = new FailureStreaks(store, EventBus.builder(world).build());
    world.advance(Duration.ofSeconds(40));
    assertThat(record(other, "b", Outcome.FAILED).failures()).isEqualTo(1);
    world.advance(Duration.ofSeconds(20));
    assertThat(record(other, "c", Outcome.FAILED).failures()).isEqualTo(2);
    world.stepWall(Duration.ofHours(-3));
    world.advance(MINUTE);
    Streak streak = record(streaks, "d", Outcome.FAILED);
    assertThat(streak.failures()).isEqualTo(3);
    assertThat(streak.phase()).matches(phase -> phase.lasted().equals(MINUTE));
  }

  @Test
  void whatCouldNotBeSeenIsNeitherAFailureNorASuccess() {
    record(streaks, "a", Outcome.FAILED);
    world.advance(MINUTE);
    Streak unknown = record(streaks, "b", Outcome.UNKNOWN);
    assertThat(unknown.failures()).isEqualTo(1);
    assertThat(unknown.unknowns()).isEqualTo(1);
    world.advance(MINUTE);
    Streak failed = record(streaks, "c", Outcome.FAILED);
    assertThat(failed.failures()).isEqualTo(2);
    assertThat(failed.unknowns()).isZero();
    assertThat(failed.phase()).matches(phase -> phase.lasted().equals(MINUTE.multipliedBy(2)));
  }

  @Test
  void aDocumentThatIsNoStreakIsAnErrorThatNamesItAndNeverACriterionWithoutFailures() {
    streaks.record("cron", "a", false, "", null);
    Map<String, String> values =
        store.read("streak/cron").map(StateStore.Doc::values).orElseThrow();
    for (String lost : List.of("criterion", "unknowns", "count0", "since0", "known_id")) {
      Map<String, String> broken = new HashMap<>(values);
      broken.remove(lost);
      long version = store.read("streak/cron").map(StateStore.Doc::version).orElseThrow();
      store.write("streak/cron", version, broken);
      assertThatThrownBy(() -> streaks.streak("cron"))
          .as("without %s", lost)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("streak/cron");
      assertThatThrownBy(() -> streaks.record("cron", "b", true, "", null))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("streak/cron");
    }
    assertThat(told()).hasSize(1);
  }

  @Test
  void whatIsSeenIsKeptWithinBoundsAndWhateverItIs() {
    Streak streak =
        streaks.record("cron", "a", false, "x".repeat(999) + "\ud83d\ude00", "nul \0 in it");
    assertThat(streak.last())
        .matches(last -> last.value().equals("x".repeat(999) + "\ufffd"))
        .matches(last -> "nul \ufffd in it".equals(last.detail()));
    assertThatThrownBy(() -> streaks.record(" ", "a", true, "", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("criterion");
    assertThatThrownBy(() -> streaks.record("cron", "a\n", true, "", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("observation");
  }

  @Test
  void aCriterionThatGoesToAndFroIsCountedWithinItsWindow() {
    for (int i = 0; i < 100; i++) {
      streaks.record("cron", "o" + i, i % 2 == 0, "", null);
      world.advance(MINUTE);
    }
    Streak streak = streaks.streak("cron");
    assertThat(streak.phases()).hasSize(32);
    assertThat(streak.changes(world.time().wall(), Duration.ofMinutes(10))).isEqualTo(9);
  }
}
