package dev.reliability.testkit.link;

import static dev.reliability.testkit.link.LinkRig.LOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.Link;
import dev.reliability.core.link.LinkListener;
import dev.reliability.core.link.LinkPolicy;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What it does from one connection to the next. */
class LinkSupervisorTest extends LinkSupervisorFixture {
  @Test
  void aLostLinkIsConnectedAgainAfterItsDelay() {
    LinkRig rig = rig(LinkPlan.opens()).start();
    rig.pass(Duration.ofSeconds(5));
    link().drop(LOST);
    rig.pass(Duration.ZERO);
    assertThat(rig.supervisor.snapshot())
        .isEqualTo(
            new LinkSnapshot(
                "waiting", "retry (428)", 1, START.plusSeconds(5), START.plusSeconds(6), 1));
    rig.pass(Duration.ofSeconds(1).minusNanos(1));
    assertThat(link().connects()).isEqualTo(1);
    rig.pass(Duration.ofNanos(1));
    assertThat(rig.supervisor.snapshot())
        .isEqualTo(new LinkSnapshot("open", "retry (428)", 0, START.plusSeconds(6), null, 1));
    assertThat(rig.all(LinkEvent.Closed.class))
        .containsExactly(new LinkEvent.Closed("phone", 1, "retry", "428", "lost", true, 1));
  }

  @Test
  void whatDoesNotOpenIsClosedAtTheConnectDeadline() {
    LinkRig rig = rig(LinkPlan.silent()).start();
    rig.pass(Duration.ofSeconds(60).minusNanos(1));
    assertThat(rig.state()).isEqualTo(LinkState.CONNECTING);
    rig.pass(Duration.ofNanos(1));
    assertThat(rig.state()).isEqualTo(LinkState.WAITING);
    assertThat(rig.all(LinkEvent.Closed.class))
        .containsExactly(
            new LinkEvent.Closed("phone", 1, "retry", "", "it was not open within PT1M", false, 1));
  }

  @Test
  void theConnectDeadlineStandsStillWhileAPersonPairs() {
    LinkRig rig =
        rig(LinkPlan.opens().after(Duration.ofSeconds(59)).pairing(Duration.ofHours(1))).start();
    rig.pass(Duration.ofMinutes(59));
    assertThat(rig.state()).isEqualTo(LinkState.PAIRING);
    rig.pass(Duration.ofMinutes(2));
    assertThat(rig.state()).isEqualTo(LinkState.OPEN);
    assertThat(rig.types())
        .containsExactly(
            "link.started", "link.connecting", "link.pairing", "link.pairing", "link.opened");
  }

  @Test
  void andGoesOnWhereItStoodAfterwards() {
    LinkRig rig = rig(LinkPlan.silent().pairing(Duration.ofHours(1))).start();
    rig.pass(Duration.ofHours(1).plusSeconds(60).minusNanos(1));
    assertThat(rig.state()).isEqualTo(LinkState.CONNECTING);
    rig.pass(Duration.ofNanos(1));
    assertThat(rig.state()).isEqualTo(LinkState.WAITING);
  }

  @Test
  void aQuietLinkThatAnswersProbesStaysOpen() {
    LinkRig rig = rig(LinkPlan.opens()).start();
    rig.pass(DAY);
    assertThat(rig.state()).isEqualTo(LinkState.OPEN);
    assertThat(link().connects()).isEqualTo(1);
    assertThat(link().probes()).isBetween(1000L, 1440L);
  }

  @Test
  void aLinkThatSpeaksIsNotProbed() {
    LinkRig rig = rig(LinkPlan.opens()).start();
    for (int i = 0; i < 100; i++) {
      rig.pass(Duration.ofSeconds(59));
      link().speak();
    }
    assertThat(link().probes()).isZero();
  }

  @Test
  void aHalfOpenLinkIsNoticedByAProbe() {
    LinkRig rig = rig(LinkPlan.opens().deaf()).start();
    rig.pass(Duration.ofSeconds(80).minusNanos(1));
    assertThat(rig.state()).isEqualTo(LinkState.OPEN);
    rig.pass(Duration.ofNanos(1));
    assertThat(rig.state()).isEqualTo(LinkState.WAITING);
    assertThat(rig.all(LinkEvent.Closed.class))
        .extracting(LinkEvent.Closed::detail)
        .containsExactly("nothing came for PT1M20S, and no answer to a probe");
  }

  @Test
  void aLinkThatCannotBeProbedIsNotTakenForDead() {
    LinkRig rig =
        new LinkRig(
            LinkPolicy.ofDefaults(),
            world ->
                new Link() {
                  @Override
                  public void connect(long generation, LinkListener listener) {
                    listener.opened();
                  }

                  @Override
                  public void close(long generation) {}
                });
    rig.start();
    rig.pass(DAY);
    assertThat(rig.types()).containsExactly("link.started", "link.connecting", "link.opened");
  }

  @ParameterizedTest
  @EnumSource(CloseClass.class)
  void aFinalReasonIsFinalUntilSomebodySaysOtherwise(CloseClass kind) {
    LinkRig rig = rig(LinkPlan.opens()).start();
    link().drop(CloseReason.of(kind, "4xx", "as it is"));
    rig.pass(DAY);
    if (kind.isFinal()) {
      assertThat(rig.state()).isEqualTo(LinkState.STOPPED);
      assertThat(link().connects()).isEqualTo(1);
      assertThat(rig.all(LinkEvent.Stopped.class))
          .containsExactly(new LinkEvent.Stopped("phone", kind.wireName(), "4xx", "as it is"));
      rig.supervisor.start();
      rig.pass(DAY);
      assertThat(link().connects()).isEqualTo(1);
      rig.supervisor.resume("ann", "paired again");
      rig.pass(Duration.ZERO);
    }
    assertThat(rig.state()).isEqualTo(LinkState.OPEN);
    assertThat(link().connects()).isEqualTo(2);
  }

  @Test
  void anAdapterThatThrowsIsTriedAgain() {
    LinkRig rig = rig(LinkPlan.throwing()).start();
    assertThat(rig.state()).isEqualTo(LinkState.WAITING);
    assertThat(rig.all(LinkEvent.Closed.class).get(0).detail())
        .startsWith("the adapter's connect threw java.lang.IllegalStateException");
    link().play(LinkPlan.opens());
    rig.pass(Duration.ofSeconds(1));
    assertThat(rig.state()).isEqualTo(LinkState.OPEN);
  }

  @Test
  void noConnectionIsMadeBeforeTheLastOneIsClosed() {
    LinkRig rig = rig(LinkPlan.silent().ignoringClose()).start();
    rig.pass(Duration.ofSeconds(70).minusNanos(1));
    assertThat(rig.state()).isEqualTo(LinkState.CLOSING);
    rig.pass(Duration.ofNanos(1));
    assertThat(rig.all(LinkEvent.Closed.class))
        .extracting(LinkEvent.Closed::detail)
        .containsExactly("it was not open within PT1M; it did not close in time");
    rig.pass(Duration.ofSeconds(1));
    assertThat(link().connects()).isEqualTo(2);
    assertThat(link().overlaps()).isZero();
  }

  @Test
  void whatAnOlderConnectionTellsChangesNothing() {
    List<LinkListener> listeners = new ArrayList<>();
    LinkRig rig =
        new LinkRig(
            LinkRig.steady().build(),
            world ->
                new Link() {
                  @Override
                  public void connect(long generation, LinkListener listener) {
                    listeners.add(listener);
                    listener.opened();
                  }

                  @Override
                  public void close(long generation) {}
                });
    rig.start();
    listeners.get(0).closed(LOST);
    rig.pass(Duration.ofSeconds(1));
    assertThat(listeners).hasSize(2);
    LinkView before = rig.supervisor.view();
    int events = rig.events.size();
    LinkListener old = listeners.get(0);
    old.opened();
    old.pairing(true);
    old.activity();
    old.closed(CloseReason.of(CloseClass.STOP_BANNED, "403", "late"));
    old.closed(LOST);
    rig.pass(Duration.ofSeconds(1));
    assertThat(rig.supervisor.view()).isEqualTo(before);
    assertThat(rig.events).hasSize(events);
  }

  @Test
  void norWhileTheNextOneIsBeingMade() {
    List<LinkListener> listeners = new ArrayList<>();
    LinkRig rig =
        new LinkRig(
            LinkRig.steady().build(),
            world ->
                new Link() {
                  @Override
                  public void connect(long generation, LinkListener listener) {
                    listeners.add(listener);
                  }

                  @Override
                  public void close(long generation) {}
                });
    rig.start();
    listeners.get(0).closed(LOST);
    rig.pass(Duration.ofSeconds(1));
    LinkListener old = listeners.get(0);
    old.pairing(true);
    old.opened();
    old.closed(LOST);
    rig.pass(Duration.ofSeconds(1));
    assertThat(rig.state()).isEqualTo(LinkState.CONNECTING);
    listeners.get(1).opened();
    rig.pass(Duration.ZERO);
    assertThat(rig.state()).isEqualTo(LinkState.OPEN);
    assertThat(listeners).hasSize(2);
  }

  @Test
  void aCooldownMayBeLongerThanAnybodyLives() {
    LinkRig rig =
        rig(
            LinkPlan.refused(
                new CloseReason(
                    CloseClass.COOL_DOWN, "402", "", Duration.ofSeconds(Long.MAX_VALUE))));
    rig.start();
    rig.pass(DAY);
    assertThat(rig.state()).isEqualTo(LinkState.COOLDOWN);
    assertThat(link().connects()).isEqualTo(1);
  }
}
