package dev.reliability.whatsapp.baileys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.link.LinkPolicy;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.retry.Backoff;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real client library, and a server that is killed and restarted thirty times. Five minutes are
 * scaled down to less than one, and the policy with them: a fortieth of every time.
 */
@WithBaileys
@Tag("once")
class BaileysChurnTest {
  private static final int KILLS = 30;
  private static final LinkPolicy SCALED =
      LinkPolicy.builder()
          .backoff(
              Backoff.exponential(Duration.ofMillis(25), Duration.ofMillis(750))
                  .withAdditiveJitter(Duration.ofMillis(19)))
          .burst(15, Duration.ofSeconds(15), Duration.ofMillis(1_500))
          .connectDeadline(Duration.ofSeconds(6))
          .build();

  @TempDir private Path directory;
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final PrintStream err = System.err;
  private Loopback server;

  @AfterEach
  void restore() {
    System.setErr(err);
  }

  private Loopback serverOn(int port) {
    return Loopback.start(
        List.of(
            "--state",
            directory.resolve("server.json").toString(),
            "--port",
            String.valueOf(port)));
  }

  private static long memoryKb(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  private static int sockets(long pid) {
    try (var fds = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
      return (int)
          fds.filter(
                  fd -> {
                    try {
                      return Files.readSymbolicLink(fd).toString().startsWith("socket:");
                    } catch (IOException e) {
                      return false;
                    }
                  })
              .count();
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void attemptsAreBoundedEachCooldownIsToldOnceAndNothingLeaks() {
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    server = serverOn(0);
    int port = server.port();
    BaileysRig rig = new BaileysRig(server, true, builder -> builder);
    EventBus bus = EventBus.builder(rig.runtime).sink(events::add).build();
    LinkSupervisor link =
        LinkSupervisor.builder("whatsapp", rig.socket, bus).policy(SCALED).build();
    link.start();
    BaileysRig.until("it is open", () -> link.view().state() == LinkState.OPEN);
    long bridge = rig.bridges().get(0);
    long memoryAfterTen = 0;
    int socketsAtFirst = sockets(bridge);
    for (int kill = 1; kill <= KILLS; kill++) {
      long closes = link.view().closesInAll();
      server.kill();
      BaileysRig.until("the loss is noticed", () -> link.view().closesInAll() > closes);
      server = serverOn(port);
      BaileysRig.until("it is open again", () -> link.view().state() == LinkState.OPEN);
      if (kill == 10) {
        memoryAfterTen = memoryKb(bridge);
      }
    }

    assertThat(rig.bridges()).as("one bridge for all connections").containsExactly(bridge);
    assertThat(sockets(bridge)).as("sockets").isLessThanOrEqualTo(socketsAtFirst);
    long mostMemory = memoryAfterTen * 5 / 4;
    BaileysRig.until("no more memory, once it is tidied up", () -> memoryKb(bridge) < mostMemory);
    link.close();
    bus.close();
    rig.close();
    server.close();
    assertThat(rig.bridges()).as("bridges afterwards").isEmpty();

    List<Long> attempts =
        events.stream()
            .filter(event -> event.data() instanceof LinkEvent.Connecting)
            .map(Event::mono)
            .toList();
    long window = SCALED.burst().window().toNanos();
    for (long from : attempts) {
      assertThat(attempts.stream().filter(at -> at >= from && at - from < window))
          .hasSizeLessThanOrEqualTo((int) SCALED.burst().mostAttempts());
    }
    long cooldowns =
        events.stream().filter(event -> event.data() instanceof LinkEvent.CoolingDown).count();
    assertThat(cooldowns).isPositive();
    assertThat(
            logged
                .toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("is left alone for")))
        .hasSize((int) cooldowns);
  }
}
