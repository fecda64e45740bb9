package dev.reliability.testkit.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.lane.FingerprintBreaker;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A lane that keeps failing the same way is paused and looked into, whatever crashes in between.
 */
class LaneGuardTest {
  private final World world = World.create(5);
  private final InMemoryLeaseStore leases = new InMemoryLeaseStore(world.time());
  private final InMemoryStateStore state = new InMemoryStateStore();
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();
  private final List<String> calls = new ArrayList<>();
  private final Set<String> remediations =
      new LinkedHashSet<>(); // as an idempotent host keeps them
  private int stepsLeft = Integer.MAX_VALUE;

  /** The process is killed here. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed() {
      super("killed", null, false, false);
    }
  }

  private void step() {
    if (stepsLeft-- <= 0) {
      throw new Killed();
    }
  }

  private LaneGuard guard() {
    return new LaneGuard(
        Stubs.before(LeaseStore.class, leases, method -> step()),
        Stubs.before(StateStore.class, state, method -> step()),
        bus,
        FingerprintBreaker.of(3, Duration.ofHours(24)),
        (lane, episode, why) -> {
          step();
          calls.add(lane + " " + episode);
          remediations.add(lane + " " + episode + " " + why);
        });
  }

  private void fail(LaneGuard guard, String id) {
    guard.recordFailure("lane", "item", id, "exit code " + id.length());
  }

  @Test
  void threeOfAKindPauseTheLaneOnce() {
    LaneGuard guard = guard();
    fail(guard, "a");
    fail(guard, "b");
    fail(guard, "b"); // told twice, counts once
    assertThat(guard.failureCount("lane", "exit code 99")).isEqualTo(2);
    assertThat(leases.lane("lane").paused()).isFalse();
    fail(guard, "c");
    fail(guard, "d");
    world.runUntilIdle(Duration.ofHours(1));
    assertThat(leases.lane("lane").paused()).isTrue();
    assertThat(calls).containsExactly("lane 0");
  }

  @Test
  void othersDoNotCountAndOldOnesNoLonger() {
    LaneGuard guard = guard();
    fail(guard, "a");
    guard.recordFailure("lane", null, "x", "no route to host");
    guard.recordFailure("other", null, "y", "exit code 1");
    world.advance(Duration.ofHours(12));
    fail(guard, "b");
    world.advance(Duration.ofHours(12));
    fail(guard, "c");
    assertThat(leases.lane("lane").paused()).isFalse();
    fail(guard, "d");
    assertThat(leases.lane("lane").paused()).isTrue();
    assertThat(leases.lane("other").paused()).isFalse();
  }

  @Test
  void aPauseByHandStaysAsItIsWhenTheBreakerTrips() {
    LaneGuard guard = guard();
    guard.pause("lane", "maria", "deploying");
    fail(guard, "a");
    fail(guard, "b");
    fail(guard, "c");
    world.runUntilIdle(Duration.ofHours(1));
    assertThat(leases.lane("lane").reason()).isEqualTo("deploying");
    assertThat(leases.lane("lane").actor()).isEqualTo("maria");
    guard.resume("lane", "maria", "deployed");
    world.advance(Duration.ZERO);
    assertThat(events.stream().map(Event::data).filter(LaneEvent.Resumed.class::isInstance))
        .containsExactly(new LaneEvent.Resumed(1, "deployed", false));
    assertThat(guard.failureCount("lane", "exit code 1")).isZero();
  }

  @Test
  void aResumeAskedForAgainTouchesNoLaterPauseAndIsToldOnce() {
    LaneGuard guard = guard();
    guard.pause("lane", "maria", "deploying");
    assertThat(guard.resume("lane", 0, "maria", "deployed").paused()).isFalse();
    assertThat(guard.resume("lane", 0, "maria", "deployed").paused()).isFalse();
    guard.pause("lane", "anna", "deploying too");
    assertThat(guard.resume("lane", 0, "maria", "deployed").paused()).isTrue();
    guard.resumeWithTrial("lane", "anna", "try one", Duration.ofMinutes(1));
    guard.resumeWithTrial("lane", "anna", "try one", Duration.ofMinutes(1));
    world.advance(Duration.ZERO);
    assertThat(events.stream().map(Event::data).filter(LaneEvent.Resumed.class::isInstance))
        .containsExactly(
            new LaneEvent.Resumed(1, "deployed", false), new LaneEvent.Resumed(1, "try one", true));
  }

  @Test
  void aLaneThatCanBeNoneIsRefusedByEveryStep() {
    LaneGuard guard = guard();
    for (String bad : List.of(" ", "a\nb", "\ud83d")) {
      for (Runnable step :
          List.<Runnable>of(
              () -> guard.recordFailure(bad, null, "id", "why"),
              () -> guard.failureCount(bad, "why"),
              () -> guard.pause(bad, "maria", "why"),
              () -> guard.resume(bad, "maria", "why"),
              () -> guard.resumeWithTrial(bad, "maria", "why", Duration.ofMinutes(1)))) {
        assertThatThrownBy(step::run)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("lane: expected a name");
      }
    }
    assertThat(state.names("")).isEmpty();
  }

  @Test
  void aReasonThatNoStoreTakesPausesTheLaneAllTheSame() {
    LaneGuard guard = guard();
    for (String id : List.of("a", "b", "c")) {
      guard.recordFailure("lane", "item", id, "cut off at \ud83d");
    }
    assertThat(leases.lane("lane").reason()).contains("cut off at \ufffd");
  }

  /** Three failures of a lane whose hook throws. */
  private void tripWithoutTicketSystem() {
    LaneGuard bad =
        new LaneGuard(
            leases,
            state,
            bus,
            FingerprintBreaker.ofDefaults(),
            (lane, episode, why) -> {
              throw new IllegalStateException("no ticket system");
            });
    fail(bad, "a");
    fail(bad, "b");
    fail(bad, "c");
    world.runUntilIdle(Duration.ofHours(1));
  }

  @Test
  void aHookThatThrowsIsCalledAgainAtTheNextStart() {
    tripWithoutTicketSystem();
    assertThat(leases.lane("lane").paused()).isTrue();
    assertThat(guard().recover()).isEqualTo(1);
    world.runUntilIdle(Duration.ofHours(1));
    assertThat(calls).containsExactly("lane 0");
    assertThat(guard().recover()).isZero();
  }

  @Test
  void oneDamagedDocumentStopsTheRecoveryOfNoOtherLane() {
    state.write("failures/aaa", 0, Map.of("junk", "junk"));
    tripWithoutTicketSystem();
    assertThatThrownBy(() -> guard().recover())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("failures/aaa");
    world.runUntilIdle(Duration.ofHours(1));
    assertThat(calls).containsExactly("lane 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void killedAfterAnyStepTheTripIsFinishedAtTheNextStart(int steps) {
    World first = World.builder(1).collectErrors(true).build();
    EventBus doomed = EventBus.builder(first).build();
    fail(guard(), "a");
    fail(guard(), "b");
    LaneGuard mortal =
        new LaneGuard(
            Stubs.before(LeaseStore.class, leases, method -> step()),
            Stubs.before(StateStore.class, state, method -> step()),
            doomed,
            FingerprintBreaker.ofDefaults(),
            (lane, episode, why) -> {
              step();
              calls.add(lane + " " + episode);
              remediations.add(lane + " " + episode + " " + why);
            });
    stepsLeft = steps;
    try {
      fail(mortal, "c");
      first.runUntilIdle(Duration.ofHours(1));
    } catch (Killed e) {
      // a new process starts
    }
    stepsLeft = Integer.MAX_VALUE;
    LaneGuard next = guard();
    next.recover();
    fail(next, "c"); // whoever failed tells it again, because nobody said that it was heard
    world.runUntilIdle(Duration.ofHours(1));
    assertThat(leases.lane("lane").paused()).isTrue();
    assertThat(remediations).hasSize(1);
    assertThat(calls).hasSizeBetween(1, 2);
    assertThat(next.recover()).isZero();
  }
}
