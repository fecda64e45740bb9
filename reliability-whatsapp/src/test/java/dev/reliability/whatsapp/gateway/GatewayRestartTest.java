package dev.reliability.whatsapp.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.LinkPolicy;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.retry.Backoff;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A supervised link to a gateway that dies and comes back; all times are scaled down. */
@Tag("once")
class GatewayRestartTest extends GatewayFixture {
  private static final Duration COOLDOWN = Duration.ofMillis(1200);
  private static final Duration WINDOW = Duration.ofSeconds(12);
  private static final int THRESHOLD = 15;

  private final EventBus bus = EventBus.builder(runtime).build();
  private final List<Long> attempts = new CopyOnWriteArrayList<>();
  private LinkSupervisor link;

  @AfterEach
  void stop() {
    if (link != null) {
      link.close();
    }
    bus.close();
  }

  private void supervised() {
    supervised(Duration.ofMinutes(5), Duration.ofMinutes(1));
  }

  private void supervised(Duration probeEvery, Duration probeLimit) {
    LinkPolicy policy =
        LinkPolicy.builder()
            .backoff(
                Backoff.exponential(Duration.ofMillis(10), Duration.ofMillis(150))
                    .withAdditiveJitter(Duration.ofMillis(10)))
            .burst(THRESHOLD, WINDOW, COOLDOWN)
            .connectDeadline(Duration.ofSeconds(20))
            .probe(probeEvery, probeLimit)
            .closeTimeout(Duration.ofSeconds(2))
            .build();
    GatewaySocket socket =
        socket(
            new BentMapper(gateway.mapper()) {
              @Override
              public URI webSocket() {
                attempts.add(runtime.time().nanos());
                return super.webSocket();
              }
            });
    link = LinkSupervisor.builder("gateway", socket, bus).policy(policy).build();
    link.start();
  }

  private void untilOpen() {
    until("it is open", () -> link.view().state() == LinkState.OPEN);
  }

  @Test
  void aGatewayThatIsKilledAndComesBackIsOpenAgainAfterAFewAttempts() {
    supervised();
    for (int i = 0; i < 4; i++) {
      untilOpen();
      assertThat(send("before " + i).result()).isEqualTo(new SendResult.Acked());
      int closes = (int) link.view().closesInAll();
      gateway.kill();
      until("a second attempt failed", () -> link.view().closesInAll() >= closes + 3);
      assertThat(send("nobody there").result()).isInstanceOf(SendResult.Refused.class);
      gateway.restart();
    }
    untilOpen();
    assertThat(send("after it").result()).isEqualTo(new SendResult.Acked());
    assertThat(gateway.texts())
        .containsExactly("before 0", "before 1", "before 2", "before 3", "after it");
    long span = attempts.get(attempts.size() - 1) - attempts.get(0);
    long cooldowns = span / COOLDOWN.toNanos() + 1;
    assertThat(attempts).hasSizeBetween(13, THRESHOLD + (int) cooldowns);
    assertThat(link.view().closes()).allMatch(close -> close.reason().kind() == CloseClass.RETRY);
  }

  @Test
  void aGatewayThatStaysDeadIsLeftAloneForWhileAndNotHammered() {
    supervised();
    untilOpen();
    gateway.kill();
    until("it cools down", () -> link.view().state() == LinkState.COOLDOWN);
    assertThat(attempts).hasSizeLessThanOrEqualTo(THRESHOLD + 1);
    gateway.restart();
    untilOpen();
    assertThat(attempts).hasSizeLessThanOrEqualTo(THRESHOLD + 2);
  }

  @Test
  void aGatewayThatGoesHalfOpenIsNoticedByAProbe() {
    supervised(Duration.ofSeconds(1), Duration.ofSeconds(4));
    untilOpen();
    gateway.webSocket().beDeaf();
    until("it is another connection", () -> gateway.upgrades() == 2);
    untilOpen();
    assertThat(link.view().closes())
        .singleElement()
        .satisfies(close -> assertThat(close.reason().detail()).contains("probe"));
  }

  /** Its end is told behind the result, so nobody hears of it; a probe finds out. */
  @Test
  void whoHangsOnAResultDoesNotHideThatTheConnectionIsLost() {
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean hangs = new AtomicBoolean();
    supervised(Duration.ofSeconds(1), Duration.ofSeconds(4));
    untilOpen();
    socket()
        .send(
            OutgoingMessage.text("m", JID, "hello"),
            result -> {
              hangs.set(true);
              uninterrupted(release);
            });
    until("it hangs", hangs::get);
    gateway.webSocket().cut();
    try {
      until("it is another connection", () -> gateway.upgrades() == 2);
      untilOpen();
    } finally {
      release.countDown();
    }
    assertThat(send("afterwards").result()).isEqualTo(new SendResult.Acked());
    assertThat(link.view().closes())
        .singleElement()
        .satisfies(close -> assertThat(close.reason().detail()).contains("probe"));
  }

  private static void uninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void plannedRestartsOfTheSessionCostOneAttemptEach() {
    supervised();
    for (int i = 1; i <= 3; i++) {
      untilOpen();
      int upgrades = gateway.upgrades();
      gateway.status("STARTING");
      until("it connects again", () -> gateway.upgrades() > upgrades);
      gateway.status("WORKING");
    }
    untilOpen();
    assertThat(attempts).hasSize(4);
    assertThat(gateway.upgrades()).isEqualTo(4);
  }

  @Test
  void aRefusedKeyStopsTheLink() {
    gateway.answerStatus(401);
    supervised();
    until("it stopped", () -> link.view().state() == LinkState.STOPPED);
    assertThat(link.view().lastClose().reason().words()).isEqualTo("stop_config (http 401)");
    assertThat(attempts).hasSize(1);
    gateway.answerStatus(200);
    link.resume("operator", "the key was set");
    untilOpen();
  }
}
