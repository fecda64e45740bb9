package dev.reliability.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.check.DependencyEscalation;
import dev.reliability.core.check.EscalationHook;
import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.testkit.link.FakeLink;
import dev.reliability.testkit.link.LinkPlan;
import dev.reliability.testkit.world.World;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The meters on what the host depends on: its links and all else, in simulated time. */
class OutsideMetersTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final World world = World.create(5);
  private final ReliabilityMeters meters = ReliabilityMeters.of(world.time());
  private final PrometheusMeterRegistry registry = Exposition.registry(meters);
  private final InMemoryStateStore states = new InMemoryStateStore();

  private EventBus bus() {
    return EventBus.builder(world).sink(meters).build();
  }

  private double value(String id) {
    return Exposition.of(registry).value("reliability_" + id);
  }

  @Test
  void aLinkIsUpOrNotAndItsClosesAreCountedByReason() {
    FakeLink socket = FakeLink.playing(world, LinkPlan.opens());
    EventBus bus = bus();
    LinkSupervisor link = LinkSupervisor.builder("whatsapp", socket, bus).build();
    link.start();
    world.advance(MINUTE);
    assertThat(value("link_up{link=whatsapp}")).isOne();

    for (int i = 0; i < 15; i++) {
      socket.drop(CloseReason.of(CloseClass.RETRY, "428", "lost"));
      world.advance(Duration.ofSeconds(35));
    }
    assertThat(value("link_closes_total{reason=retry}")).isEqualTo(15);
    assertThat(value("link_reconnects_total{link=whatsapp}")).isBetween(14.0, 15.0);
    assertThat(value("link_cooldowns_total{link=whatsapp}")).isOne();
    world.advance(Duration.ofMinutes(5));
    assertThat(value("link_up{link=whatsapp}")).isOne();
    socket.drop(CloseReason.of(CloseClass.STOP_REPLACED, "440", "elsewhere"));
    world.advance(MINUTE);
    assertThat(value("link_up{link=whatsapp}")).isZero();
    assertThat(value("link_stopped{link=whatsapp}")).isOne();
    bus.close();
    assertThat(value("up")).isZero();
  }

  @Test
  void theLinkOfAnIncarnationThatLeftAnOrphanIsNotUp() {
    meters.accept(event("dead", 1, Subject.NONE, new LinkEvent.Opened("w", 1, MINUTE)));
    assertThat(value("link_up{link=w}")).isOne();
    meters.accept(
        event(
            "next",
            1,
            Subject.NONE,
            new ProcessEvent.OrphanFound("process", "pid 1", "dead", "stop", "it lives")));
    assertThat(value("link_up{link=w}")).isZero();
  }

  @Test
  void aLaneThatADispatcherFindsPausedIsPaused() {
    meters.accept(
        event(
            "one",
            1,
            Subject.ofLane("a"),
            new DispatchEvent.Rejected("lane_paused", List.of(), null)));
    assertThat(value("lane_paused{lane=a}")).isOne();
    meters.accept(
        event("one", 2, Subject.NONE, new DispatchEvent.Rejected("lane_paused", List.of(), null)));
    assertThat(value("dispatch_rejections_total{reason=lane_paused}")).isEqualTo(2);
  }

  @Test
  void aClaimAfterARefusalShowsThatSomebodyResumedTheLane() {
    Subject item = new Subject("a", "issue-1", null, 0, null);
    EventData refused = new ItemEvent.ClaimRefused("lane_paused", null, null, "flood");
    EventData claimed = new ItemEvent.Claimed("one", 1, MINUTE, false, null);
    meters.accept(event("one", 1, item, refused));
    meters.accept(event("one", 2, item, claimed));
    assertThat(value("lane_paused{lane=a}")).as("it may have been granted before").isOne();
    world.advance(Duration.ofSeconds(2));
    meters.accept(event("other", 1, item, claimed));
    assertThat(value("lane_paused{lane=a}")).as("its clock may be another").isOne();
    meters.accept(event("one", 3, item, claimed));
    assertThat(value("lane_paused{lane=a}")).isZero();
    meters.accept(event("one", 4, item, refused));
    assertThat(value("lane_paused{lane=a}")).isOne();
    world.advance(MINUTE.plusSeconds(1));
    meters.accept(event("other", 2, item, claimed));
    assertThat(value("lane_paused{lane=a}")).isZero();
  }

  @Test
  void whatWasCompletedDoesNotWaitWhenItsAcceptanceIsToldLate() {
    Subject item = new Subject("a", "issue-1", null, 0, null);
    meters.accept(event("b", 1, item, new ItemEvent.Claimed("b", 1, MINUTE, false, null)));
    meters.accept(event("b", 2, item, new ItemEvent.Completed()));
    meters.accept(event("a", 1, item, new DispatchEvent.Accepted()));
    assertThat(value("lane_unstarted{lane=a}")).isZero();
    world.advance(Duration.ofMinutes(2));
    meters.accept(event("a", 2, item, new DispatchEvent.Accepted()));
    assertThat(value("lane_unstarted{lane=a}")).isOne();
  }

  private Event event(String epoch, long seq, Subject subject, EventData data) {
    return new Event(
        new EventId(epoch, seq), world.time().wall(), seq, "node", subject, null, data);
  }

  @Test
  void failuresOfADependencyInARowAreShownAndItsRecoveryToo() {
    DependencyEscalation escalation =
        new DependencyEscalation(states, bus(), (EscalationHook) (dependency, failures, why) -> {});
    for (int i = 1; i <= 6; i++) {
      escalation.record("templates", "o-" + i, false, "not there");
      world.advance(MINUTE);
      assertThat(value("dependency_consecutive_failures{dependency=templates}")).isEqualTo(i);
      assertThat(value("dependency_critical{dependency=templates}")).isEqualTo(i > 5 ? 1 : 0);
    }
    escalation.record("templates", "o-7", true, "there");
    world.advance(MINUTE);
    assertThat(value("dependency_consecutive_failures{dependency=templates}")).isZero();
    assertThat(value("dependency_critical{dependency=templates}")).isZero();
    assertThat(value("dependency_failures_total{dependency=templates}")).isEqualTo(6);
  }
}
