package dev.reliability.testkit.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.dispatch.DispatchRejection;
import dev.reliability.core.dispatch.DispatchRules;
import dev.reliability.core.dispatch.Dispatcher;
import dev.reliability.core.dispatch.Verdict;
import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes in is recorded first, and gets exactly one verdict (requirements D1, D4). */
class DispatcherTest {
  private final World world = World.create(9);
  private final InMemoryLeaseStore store = new InMemoryLeaseStore(world.time());
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();

  private Verdict dispatch(DispatchRules<String> rules, String payload) {
    Verdict verdict =
        new Dispatcher<>(store, bus, rules, 2).dispatch("test", "ref", payload.length(), payload);
    world.advance(Duration.ZERO);
    return verdict;
  }

  private static DispatchRules.Ruling accept(String payload) {
    return DispatchRules.accept("lane", payload, "stored " + payload);
  }

  private List<Event> dispatches() {
    return events.stream().filter(event -> event.data() instanceof DispatchEvent).toList();
  }

  private void assertRejected(Verdict verdict, DispatchRejection reason) {
    assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
    assertThat(((Verdict.Rejected) verdict).reason()).isEqualTo(reason);
    List<Event> told = dispatches();
    Event last = told.get(told.size() - 1);
    assertThat(((DispatchEvent.Rejected) last.data()).reason()).isEqualTo(reason.wireName());
    assertThat(last.cause()).isEqualTo(verdict.intent());
  }

  @Test
  void whatIsAcceptedIsEnqueuedAndItsVerdictNamesTheIntent() {
    Verdict verdict = dispatch(DispatcherTest::accept, "a");
    assertThat(verdict).isEqualTo(new Verdict.Accepted(verdict.intent(), new ItemKey("lane", "a")));
    assertThat(store.find(new ItemKey("lane", "a")).orElseThrow().payload()).isEqualTo("stored a");
    assertThat(dispatches())
        .extracting(Event::type)
        .containsExactly("dispatch.intent", "dispatch.accepted");
    assertThat(dispatches().get(1).cause()).isEqualTo(dispatches().get(0).id());
    assertThat(dispatches().get(1).subject().item()).isEqualTo("a");
  }

  @Test
  void theIntentIsToldBeforeAnybodyLooksAtThePayload() {
    List<Long> heard = new ArrayList<>();
    dispatch(
        payload -> {
          heard.add(
              bus.recent().snapshot().stream()
                  .filter(event -> event.data() instanceof DispatchEvent.Intent)
                  .count());
          return accept(payload);
        },
        "a");
    assertThat(heard).containsExactly(1L);
  }

  @Test
  void everyFaultIsListed() {
    Verdict verdict =
        dispatch(payload -> DispatchRules.invalid(List.of("no lane", "no text")), "a");
    assertRejected(verdict, DispatchRejection.INVALID_PAYLOAD);
    assertThat(((Verdict.Rejected) verdict).faults()).containsExactly("no lane", "no text");
  }

  @ParameterizedTest
  @EnumSource
  void theHostMayRejectForEveryReasonOfTheSet(DispatchRejection reason) {
    assertRejected(dispatch(payload -> DispatchRules.reject(reason, "so"), "a"), reason);
    assertThat(DispatchRejection.fromWireName(reason.wireName())).isEqualTo(reason);
  }

  @Test
  void rulesThatThrowAreADependencyThatDoesNotWork() {
    Verdict verdict =
        dispatch(
            payload -> {
              throw new IllegalStateException("the rule engine is away");
            },
            "a");
    assertRejected(verdict, DispatchRejection.DEPENDENCY_UNHEALTHY);
    assertThat(((Verdict.Rejected) verdict).detail()).contains("the rule engine is away");
  }

  @Test
  void aNameOrAPayloadThatNoStoreTakesIsAFaultOfThePayload() {
    for (DispatchRules<String> rules :
        List.<DispatchRules<String>>of(
            payload -> DispatchRules.accept("lane", " ", "stored"),
            payload -> DispatchRules.accept("lane", "item", "a\u0000b"))) {
      Verdict verdict = dispatch(rules, "a");
      assertRejected(verdict, DispatchRejection.INVALID_PAYLOAD);
      assertThat(((Verdict.Rejected) verdict).faults()).hasSize(1);
    }
    assertThat(store.items(ItemView.State.QUEUED, "lane", 9)).isEmpty();
  }

  @Test
  void itemsWhoseAttemptsAreSpentDoNotWait() {
    ClaimRequest request =
        new ClaimRequest("worker", Duration.ofMinutes(1), 3, Duration.ofMinutes(1));
    for (String payload : List.of("a", "b")) {
      dispatch(DispatcherTest::accept, payload);
      ItemKey key = new ItemKey("lane", payload);
      for (int attempt = 1; attempt <= RunPolicy.ofDefaults().maxAttempts(); attempt++) {
        Claim.Granted granted = (Claim.Granted) store.claim(key, request);
        store.release(key, granted.lease().token());
      }
    }
    assertThat(dispatch(DispatcherTest::accept, "c")).isInstanceOf(Verdict.Accepted.class);
    assertThat(dispatch(DispatcherTest::accept, "d")).isInstanceOf(Verdict.Accepted.class);
    assertRejected(dispatch(DispatcherTest::accept, "e"), DispatchRejection.CAPACITY);
  }

  @Test
  void whatIsKnownIsADuplicateAlsoOnceItIsDone() {
    dispatch(DispatcherTest::accept, "a");
    assertRejected(dispatch(DispatcherTest::accept, "a"), DispatchRejection.DUPLICATE);
  }

  @Test
  void aFullLaneAndAPausedLaneTakeNothing() {
    dispatch(DispatcherTest::accept, "a");
    dispatch(DispatcherTest::accept, "b");
    assertRejected(dispatch(DispatcherTest::accept, "c"), DispatchRejection.CAPACITY);
    store.pauseLane("lane", null, "maria", "deploying");
    assertRejected(dispatch(DispatcherTest::accept, "d"), DispatchRejection.LANE_PAUSED);
    assertThat(store.items(ItemView.State.QUEUED, "lane", 9)).hasSize(2);
  }
}
