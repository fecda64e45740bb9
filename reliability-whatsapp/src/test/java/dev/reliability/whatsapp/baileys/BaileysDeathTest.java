package dev.reliability.whatsapp.baileys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.store.FileStateStore;
import dev.reliability.testkit.link.HeardLink;
import dev.reliability.whatsapp.Outbox;
import dev.reliability.whatsapp.OutboxEntry;
import dev.reliability.whatsapp.OutboxListener;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.wire.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What remains when the bridge, or the JVM above it, is killed, stopped or missing. */
@Tag("once")
@WithBaileys
class BaileysDeathTest {
  private static void signal(String name, long pid) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start();
      assertThat(kill.waitFor()).isZero();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theBridgeEndsWithinFiveSecondsOfItsJvm(@TempDir Path directory) throws IOException {
    Path auth = directory.resolve("auth");
    try (Loopback server = Loopback.start()) {
      server.device(auth);
      Process parent =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx96m",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  ParentJvm.class.getName(),
                  auth.toString(),
                  WithBaileys.PACKAGE.toString(),
                  server.url().toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader said = parent.inputReader(StandardCharsets.UTF_8)) {
        assertThat(said.readLine()).isEqualTo("open");
        assertThat(BaileysRig.bridges(auth)).hasSize(1);
        parent.destroyForcibly();
        await("the bridge to be gone")
            .atMost(Duration.ofSeconds(10))
            .until(() -> BaileysRig.bridges(auth).isEmpty());
      } finally {
        parent.destroyForcibly();
      }
      await("the server to see that").until(() -> !server.all("closed").isEmpty());
    }
  }

  @Test
  void aKilledBridgeIsReplacedAndNothingIsSentTwice() {
    BaileysRig rig = new BaileysRig();
    EventBus bus = EventBus.builder(rig.runtime).build();
    List<String> delivered = new CopyOnWriteArrayList<>();
    Outbox outbox =
        Outbox.builder("bot", rig.socket, FileStateStore.open(rig.directory.resolve("state")), bus)
            .listener(
                new OutboxListener() {
                  @Override
                  public void delivered(OutgoingMessage message) {
                    delivered.add(message.id());
                  }
                })
            .build();
    LinkSupervisor link =
        LinkSupervisor.builder("whatsapp", rig.socket, bus).onChange(outbox::linkChanged).build();
    link.start();
    BaileysRig.until("it is open", () -> link.view().state() == LinkState.OPEN);
    rig.server.mode(Json.object().set("acks", Json.object().put("lateMs", 150)));
    for (int i = 0; i < 30; i++) {
      outbox.offer(OutgoingMessage.text("m-" + i, BaileysRig.JID, "text " + i)).join();
    }
    for (int kill = 0; kill < 3; kill++) {
      int before = rig.server.got().size();
      BaileysRig.until("some more arrived", () -> rig.server.got().size() > before + 3);
      long closes = link.view().closesInAll();
      rig.bridges().forEach(pid -> signal("KILL", pid));
      BaileysRig.until("that is noticed", () -> link.view().closesInAll() > closes);
      assertThat(link.view().lastClose().reason().kind()).isEqualTo(CloseClass.RETRY);
      BaileysRig.until("it is open again", () -> link.view().state() == LinkState.OPEN);
    }
    BaileysRig.until(
        "all the others are delivered",
        () ->
            outbox.entries().stream()
                .allMatch(entry -> entry.state() == OutboxEntry.State.UNKNOWN));

    List<String> got =
        rig.server.all("got").stream().map(line -> Json.text(line, "id", "")).toList();
    assertThat(got).as("each at most once").doesNotHaveDuplicates();
    List<String> unknown = outbox.entries().stream().map(entry -> entry.message().id()).toList();
    assertThat(unknown).as("one per kill at most").hasSizeLessThanOrEqualTo(3);
    HashSet<String> all = new HashSet<>(delivered);
    assertThat(all.stream().anyMatch(unknown::contains)).isFalse();
    all.addAll(unknown);
    assertThat(all).as("delivered, or told as unknown").hasSize(30);
    assertThat(got)
        .as("in order")
        .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
    link.close();
    outbox.close();
    bus.close();
    rig.close();
  }

  private static int number(String id) {
    return Integer.parseInt(id.substring(2));
  }

  @Test
  void aBridgeThatHangsIsKilled() {
    BaileysRig rig =
        new BaileysRig(Loopback.start(), true, builder -> builder.ping(Duration.ofSeconds(2)));
    HeardLink heard = new HeardLink();
    rig.socket.connect(1, heard);
    BaileysRig.until("it is open", heard::isOpen);
    signal("STOP", rig.bridges().get(0));
    BaileysRig.until("it is closed", () -> heard.reason() != null);
    assertThat(heard.reason().detail()).startsWith("the bridge did not answer 3 pings");
    BaileysRig.until("the bridge is gone", () -> rig.bridges().isEmpty());
    HeardLink next = new HeardLink();
    rig.socket.connect(2, next);
    BaileysRig.until("it is open again", next::isOpen);
    rig.close();
  }

  @Test
  void whoConnectsNextMayCountFromOneAgain() {
    BaileysRig rig = new BaileysRig();
    for (int supervisor = 0; supervisor < 3; supervisor++) {
      HeardLink heard = new HeardLink();
      rig.socket.connect(1, heard);
      BaileysRig.until("it is open", heard::isOpen);
      rig.socket.close(1);
      BaileysRig.until("it is closed", () -> heard.reason() != null);
      assertThat(heard.reason().kind()).isEqualTo(CloseClass.LOCAL);
    }
    assertThat(rig.bridges()).as("the same bridge").hasSize(1);
    rig.close();
  }

  @Test
  void whatIsMissingIsNamed(@TempDir Path directory) throws IOException {
    BaileysRig rig = new BaileysRig();
    BaileysSocket noNode = rig.socket(builder -> builder.node("no-such-node"));
    HeardLink heard = new HeardLink();
    noNode.connect(1, heard);
    BaileysRig.until("it is closed", () -> heard.reason() != null);
    assertThat(heard.reason().kind()).isEqualTo(CloseClass.STOP_CONFIG);
    assertThat(heard.reason().detail()).contains("no-such-node");
    noNode.close();

    BaileysSocket noLibrary = rig.socket(builder -> builder.baileys(directory.resolve("none")));
    HeardLink second = new HeardLink();
    noLibrary.connect(1, second);
    BaileysRig.until("it is closed", () -> second.reason() != null);
    assertThat(second.reason().kind()).isEqualTo(CloseClass.STOP_CONFIG);
    assertThat(second.reason().detail()).contains(directory.resolve("none").toString());
    noLibrary.close();

    Files.writeString(rig.authDir().resolve("creds.json"), "{\"noiseKey\":");
    HeardLink third = new HeardLink();
    rig.socket.connect(1, third);
    BaileysRig.until("it is closed", () -> third.reason() != null);
    assertThat(third.reason().kind()).isEqualTo(CloseClass.STOP_CONFIG);
    assertThat(third.reason().detail()).contains(rig.authDir().resolve("creds.json").toString());
    assertThat(Files.readString(rig.authDir().resolve("creds.json"))).isEqualTo("{\"noiseKey\":");
    rig.close();
  }
}
