package dev.reliability.testkit.link;

import static dev.reliability.testkit.link.LinkRig.LOST;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.LinkPolicy;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Bursts, cooldowns, and what clocks and sleeping machines do to them. */
class LinkBurstTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Logger logger = (Logger) LoggerFactory.getLogger(LinkSupervisor.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final LinkRig rig =
      new LinkRig(
          LinkRig.steady().build(),
          world -> FakeLink.playing(world, LinkPlan.opens().closing(Duration.ofSeconds(1), LOST)));

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(logged);
    logger.setLevel(null);
    logger.setAdditive(true);
  }

  private List<ILoggingEvent> warnings() {
    return logged.list.stream().filter(e -> e.getLevel() == Level.WARN).toList();
  }

  /** Up to the first cooldown: 15 closes, a second open and a second of delay each. */
  private void untilCooldown() {
    rig.start();
    rig.pass(Duration.ofSeconds(29));
    assertThat(rig.state()).isEqualTo(LinkState.COOLDOWN);
  }

  @DisplayName("burst cooldown trigger/reset behavior")
  @Test
  void aLinkThatFlapsIsLeftAloneAfterFifteenCloses() {
    untilCooldown();
    assertThat(rig.all(LinkEvent.CoolingDown.class))
        .containsExactly(new LinkEvent.CoolingDown("phone", MINUTE, "15 closes within PT10M", 15));
    rig.pass(MINUTE.minusNanos(1));
    assertThat(rig.all(LinkEvent.Connecting.class)).hasSize(15);
    rig.pass(Duration.ofNanos(1));
    assertThat(rig.all(LinkEvent.Connecting.class)).hasSize(16);
  }

  @Test
  void eachCooldownIsOneStructuredWarning() {
    untilCooldown();
    rig.pass(Duration.ofHours(1));
    assertThat(warnings()).hasSameSizeAs(rig.all(LinkEvent.CoolingDown.class));
    assertThat(warnings()).hasSizeGreaterThan(10);
    assertThat(warnings().get(0).getFormattedMessage())
        .isEqualTo("link phone is left alone for PT1M: 15 closes within PT10M");
    assertThat(warnings().get(0).getKeyValuePairs())
        .extracting(pair -> pair.key + "=" + pair.value)
        .containsExactly(
            "link=phone", "closesInWindow=15", "cooldownMs=60000", "why=15 closes within PT10M");
  }

  @Test
  void settingTheWallClockChangesNoCooldown() {
    untilCooldown();
    rig.world.stepWall(Duration.ofDays(-400));
    rig.pass(MINUTE.dividedBy(2));
    rig.world.stepWall(Duration.ofDays(800));
    rig.pass(MINUTE.dividedBy(2).minusNanos(1));
    assertThat(rig.state()).isEqualTo(LinkState.COOLDOWN);
    rig.pass(Duration.ofNanos(1));
    assertThat(rig.state()).isEqualTo(LinkState.OPEN);
  }

  @Test
  void aMachineThatSleptGoesOnWhereItStood() {
    untilCooldown();
    rig.world.suspend(Duration.ofHours(8));
    rig.pass(MINUTE.minusNanos(1));
    assertThat(rig.state()).isEqualTo(LinkState.COOLDOWN);
    rig.pass(Duration.ofNanos(1));
    assertThat(rig.all(LinkEvent.Connecting.class)).hasSize(16);
  }

  @Test
  void resumingCutsNoCooldown() {
    untilCooldown();
    rig.supervisor.stop("ann", "enough");
    rig.supervisor.resume("ann", "again");
    rig.pass(MINUTE.minusNanos(1));
    assertThat(rig.all(LinkEvent.Connecting.class)).hasSize(15);
    rig.pass(Duration.ofNanos(1));
    assertThat(rig.all(LinkEvent.Connecting.class)).hasSize(16);
  }

  @Test
  void manyLinksDoNotReturnInTheSameMomentAfterTheProcessStoodStill() {
    World world = World.create(5);
    List<Long> connects = new ArrayList<>();
    List<LinkSupervisor> links = new ArrayList<>();
    try (EventBus bus = EventBus.builder(world).build()) {
      for (int i = 0; i < 100; i++) {
        FakeLink link =
            FakeLink.playing(
                world, LinkPlan.refused(CloseReason.of(CloseClass.COOL_DOWN, "429", "too many")));
        link.onConnect((generation, nanos) -> connects.add(nanos));
        links.add(LinkSupervisor.builder("link-" + i, link, bus).build());
      }
      links.forEach(LinkSupervisor::start);
      world.advance(Duration.ofSeconds(1));
      connects.clear();
      world.pauseProcess(Duration.ofHours(1));
      world.advance(Duration.ofMinutes(1));
      assertThat(connects).hasSize(100);
      TreeMap<Long, Integer> perSecond = new TreeMap<>();
      connects.forEach(nanos -> perSecond.merge(nanos / 1_000_000_000L, 1, Integer::sum));
      assertThat(perSecond.values()).allMatch(count -> count <= 10);
      links.forEach(LinkSupervisor::close);
    }
  }

  @Test
  void aProcessThatStoodStillGivesUpNothingBeforeItLooked() {
    LinkRig quiet =
        new LinkRig(LinkPolicy.ofDefaults(), world -> FakeLink.playing(world, LinkPlan.opens()));
    quiet.start();
    for (int i = 0; i < 20; i++) {
      quiet.world.pauseProcess(Duration.ofHours(1));
      quiet.pass(Duration.ofSeconds(7));
    }
    assertThat(quiet.types()).containsExactly("link.started", "link.connecting", "link.opened");
  }

  @Test
  void norAConnectionThatWasBeingMade() {
    LinkRig slow =
        new LinkRig(
            LinkPolicy.ofDefaults(),
            world -> FakeLink.playing(world, LinkPlan.opens().after(Duration.ofSeconds(50))));
    slow.start();
    slow.world.pauseProcess(Duration.ofMinutes(2));
    slow.pass(Duration.ZERO);
    assertThat(slow.state()).isEqualTo(LinkState.OPEN);
    assertThat(slow.all(LinkEvent.Closed.class)).isEmpty();
  }
}
