package dev.reliability.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.check.DependencyEscalation;
import dev.reliability.core.check.EscalationHook;
import dev.reliability.core.check.Masker;
import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.retry.Backoff;
import dev.reliability.core.retry.Retry;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** More than five failures in a row wake somebody, once; whatever crashes in between. */
class DependencyEscalationTest {
  private final World world = World.create(13);
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();
  private final InMemoryStateStore state = new InMemoryStateStore();
  private final List<String> heard = new ArrayList<>();
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

  private DependencyEscalation escalation() {
    return new DependencyEscalation(
        Stubs.before(StateStore.class, state, method -> step()),
        bus,
        new EscalationHook() {
          @Override
          public void critical(String dependency, int failures, String why) {
            step();
            heard.add(dependency + " " + failures + " " + why);
          }

          @Override
          public void recovered(String dependency) {
            heard.add(dependency + " is back");
          }
        });
  }

  private void fail(DependencyEscalation escalation, int from, int to) {
    for (int i = from; i <= to; i++) {
      escalation.record("db", "o" + i, false, "refused " + i);
    }
    world.advance(Duration.ZERO);
  }

  private <T extends EventData> List<T> told(Class<T> type) {
    world.advance(Duration.ZERO);
    return events.stream().map(Event::data).filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void theSixthFailureInARowIsCriticalOnceAndTheNextSuccessIsTheRecovery() {
    DependencyEscalation escalation = escalation();
    fail(escalation, 1, 5);
    assertThat(told(DependencyEvent.Critical.class)).isEmpty();
    assertThat(escalation.isCritical("db")).isFalse();
    fail(escalation, 6, 20);
    assertThat(escalation.isCritical("db")).isTrue();
    assertThat(told(DependencyEvent.Critical.class))
        .containsExactly(new DependencyEvent.Critical("db", 6, 5, "refused 6"));
    assertThat(heard).containsExactly("db 6 refused 6");

    escalation.record("db", "o21", true, "");
    escalation.record("db", "o22", true, "");
    assertThat(told(DependencyEvent.Recovered.class))
        .containsExactly(new DependencyEvent.Recovered("db", 20));
    assertThat(escalation.isCritical("db")).isFalse();
    fail(escalation, 23, 28);
    assertThat(heard).containsExactly("db 6 refused 6", "db is back", "db 6 refused 28");
  }

  @Test
  void aSuccessInBetweenBeginsAnew() {
    DependencyEscalation escalation = escalation();
    fail(escalation, 1, 5);
    escalation.record("db", "o6", true, "");
    fail(escalation, 7, 11);
    assertThat(told(DependencyEvent.Critical.class)).isEmpty();
    assertThat(told(DependencyEvent.Recovered.class)).isEmpty();
  }

  @Test
  void itGoesOnCountingAfterARestartAndCountsNothingTwice() {
    for (int i = 1; i <= 5; i++) {
      fail(escalation(), 1, i);
      fail(escalation(), 1, i); // told again by who does not know whether it was recorded
    }
    assertThat(told(DependencyEvent.Critical.class)).isEmpty();
    fail(escalation(), 6, 6);
    fail(escalation(), 1, 6);
    fail(escalation(), 7, 7);
    assertThat(told(DependencyEvent.Critical.class)).hasSize(1);
    assertThat(heard).hasSize(1);
    assertThat(escalation().recover()).isZero();
  }

  @Test
  void oneDependencyDoesNotCountForAnother() {
    DependencyEscalation escalation = escalation();
    for (int i = 0; i < 10; i++) {
      escalation.record("db", "a" + i, false, "refused");
      escalation.record("api " + i, "b" + i, false, "refused");
    }
    assertThat(told(DependencyEvent.Critical.class))
        .extracting(DependencyEvent.Critical::dependency)
        .containsExactly("db");
  }

  @Test
  void killedAfterAnyStepSomebodyIsWokenAtTheNextStart() {
    int steps = 0;
    boolean killed = true;
    while (killed) {
      state.names("").forEach(name -> state.remove(name, state.read(name).orElseThrow().version()));
      heard.clear();
      stepsLeft = steps++;
      killed = false;
      try {
        fail(escalation(), 1, 6);
      } catch (Killed e) {
        killed = true;
      }
      killed |= stepsLeft < 0; // on the hook's strand
      stepsLeft = Integer.MAX_VALUE;
      DependencyEscalation next = escalation();
      next.recover();
      fail(next, 1, 6); // who recorded does not know how far that came
      assertThat(heard).as("killed after %d steps", steps - 1).isNotEmpty();
      assertThat(heard).allMatch("db 6 refused 6"::equals);
      assertThat(heard.size()).isLessThanOrEqualTo(killed ? 2 : 1);
      assertThat(next.recover()).isZero();
    }
    assertThat(steps).isGreaterThan(20);
  }

  @Test
  void aHookThatThrowsIsCalledAgainAtTheNextStart() {
    DependencyEscalation broken =
        new DependencyEscalation(
            state,
            bus,
            (dependency, failures, why) -> {
              throw new IllegalStateException("nobody answers the telephone");
            });
    fail(broken, 1, 9);
    assertThat(heard).isEmpty();
    assertThat(escalation().recover()).isEqualTo(1);
    world.advance(Duration.ZERO);
    assertThat(heard).containsExactly("db 6 refused 6");
    assertThat(escalation().recover()).isZero();
  }

  @Test
  void aHookThatThrowsIsCalledWithEachFurtherFailureUntilItReturned() {
    int[] calls = {0};
    DependencyEscalation escalation =
        new DependencyEscalation(
            state,
            bus,
            (dependency, failures, why) -> {
              if (++calls[0] < 4) {
                throw new IllegalStateException("nobody answers the telephone");
              }
              heard.add(dependency + " " + failures + " " + why);
            });
    for (int i = 1; i <= 500; i++) {
      fail(escalation, i, i);
    }
    assertThat(calls[0]).isEqualTo(4);
    assertThat(heard).containsExactly("db 6 refused 6");
    assertThat(told(DependencyEvent.Critical.class)).hasSize(1);
  }

  @Test
  void whatACrashCutShortIsFinishedByTheNextFailure() {
    fail(escalation(), 1, 5);
    stepsLeft = 4; // the streak and the escalation are read and written; the hook is not called
    fail(escalation(), 6, 6);
    assertThat(heard).isEmpty();
    stepsLeft = Integer.MAX_VALUE;
    assertThat(escalation().isCritical("db")).isTrue();
    fail(escalation(), 7, 7);
    assertThat(heard).containsExactly("db 6 refused 6");
    fail(escalation(), 8, 8);
    assertThat(heard).hasSize(1);
  }

  @Test
  void aRetryFeedsIt() {
    Retry retry =
        Retry.builder(
                "fetch",
                RetryPolicy.with(Backoff.fixed(Duration.ofSeconds(1)))
                    .maxAttempts(4)
                    .maxElapsed(Duration.ofMinutes(1)),
                bus)
            .listener(escalation().listener("gateway", Masker.ofDefaults()))
            .build();
    boolean[] there = {false};
    for (int i = 0; i < 3; i++) {
      world.await(
          retry
              .start(
                  attempt ->
                      there[0]
                          ? CompletableFuture.completedFuture("here")
                          : CompletableFuture.failedFuture(
                              new IllegalStateException("token=abc123 refused")))
              .outcome());
      there[0] = i == 1;
    }
    world.advance(Duration.ZERO);
    assertThat(heard)
        .containsExactly(
            "gateway 6 java.lang.IllegalStateException: token=[masked] refused", "gateway is back");
  }

  @Test
  void whatCannotBeReadIsSaidAndTheOthersAreToldAllTheSame() {
    state.write("escalation/aaa", StateStore.NEW, Map.of("dependency", "aaa", "critical", "yes"));
    fail(
        new DependencyEscalation(
            state,
            bus,
            (dependency, failures, why) -> {
              throw new IllegalStateException("away");
            }),
        1,
        6);
    assertThatThrownBy(() -> escalation().recover())
        .hasMessageContaining("escalation/aaa")
        .hasMessageContaining("expected true or false, got \"yes\"");
    world.advance(Duration.ZERO);
    assertThat(heard).containsExactly("db 6 refused 6");
    assertThatThrownBy(() -> new DependencyEscalation(state, bus, -1, (d, f, w) -> {}))
        .hasMessage("threshold: expected not to be negative, got -1");
  }
}
