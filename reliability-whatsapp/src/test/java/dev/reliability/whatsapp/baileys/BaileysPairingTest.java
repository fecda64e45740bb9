package dev.reliability.whatsapp.baileys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.LinkPolicy;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.whatsapp.wire.Json;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** From nothing to an open link: code, pairing, restart, login; and a second login on top. */
@Tag("once")
@WithBaileys
class BaileysPairingTest {
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final BaileysRig rig = new BaileysRig(Loopback.start(), false, builder -> builder);
  private final EventBus bus = EventBus.builder(rig.runtime).sink(events::add).build();
  private final LinkSupervisor link = supervised(LinkPolicy.ofDefaults());

  private LinkSupervisor supervised(LinkPolicy policy) {
    return LinkSupervisor.builder("whatsapp", rig.socket, bus).policy(policy).build();
  }

  @AfterEach
  void close() {
    link.close();
    bus.close();
    rig.close();
  }

  private List<String> types() {
    return events.stream().map(Event::type).filter(type -> type.startsWith("link.")).toList();
  }

  private void pair() {
    link.start();
    BaileysRig.until("a code is shown", () -> !rig.codes.isEmpty());
    BaileysRig.until("it waits", () -> link.view().state() == LinkState.PAIRING);
    rig.server.command("scan", Json.object().put("qr", rig.codes.get(0)));
    BaileysRig.until("it is open", () -> link.view().state() == LinkState.OPEN);
  }

  @Test
  void aTelephoneReadsTheCodeAndTheLinkOpensAtOnce() throws Exception {
    pair();
    BaileysRig.until("the sink has it all", () -> types().contains("link.opened"));
    assertThat(types())
        .containsExactly(
            "link.started",
            "link.connecting",
            "link.pairing",
            "link.pairing",
            "link.closed",
            "link.connecting",
            "link.opened");
    assertThat(link.view().closes())
        .extracting(close -> close.reason().kind())
        .containsExactly(CloseClass.RETRY_IMMEDIATELY);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rig.authDir())))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(rig.authDir().resolve("creds.json"))))
        .isEqualTo("rw-------");
  }

  @Test
  void aCodeIsTypedIntoATelephone() {
    link.start();
    BaileysRig.until("a code is shown", () -> !rig.codes.isEmpty());
    rig.socket.pair("15550000001");
    BaileysRig.until("another is told", () -> !rig.pairingCodes.isEmpty());
    rig.server.command("enterCode", Json.object().put("code", rig.pairingCodes.get(0)));
    BaileysRig.until("it is open", () -> link.view().state() == LinkState.OPEN);
    assertThatThrownBy(() -> rig.socket.pair("+49 1511"))
        .hasMessage("phone: expected 5 to 20 digits, the country's code first, got \"+49 1511\"");
  }

  @Test
  void whoLogsOutStaysOutAndKeepsTheFiles() {
    pair();
    rig.socket.logout();
    BaileysRig.until("it is stopped", () -> link.view().state() == LinkState.STOPPED);
    assertThat(link.view().lastClose().reason().kind()).isEqualTo(CloseClass.LOCAL);
    assertThat(rig.server.all("loggedOut")).hasSize(1);
    assertThat(rig.authDir().resolve("creds.json")).exists();
  }

  @Test
  void aSecondLoginThrowsTheFirstOutAndTheFirstStaysOut() {
    pair();
    BaileysSocket second = new OtherDirectory(rig).socketWithTheSameCredentials();
    LinkSupervisor other = LinkSupervisor.builder("other", second, bus).build();
    other.start();
    BaileysRig.until("the first is out", () -> link.view().state() == LinkState.STOPPED);
    BaileysRig.until("the second is open", () -> other.view().state() == LinkState.OPEN);
    assertThat(link.view().lastClose().reason().kind()).isEqualTo(CloseClass.STOP_REPLACED);
    long logins = rig.server.all("login").size();
    BaileysRig.until("the second still is", () -> other.view().state() == LinkState.OPEN);
    assertThat(rig.server.all("login")).hasSize((int) logins);
    other.close();
    second.close();
  }

  @Test
  void twoBridgesDoNotShareADirectory() {
    pair();
    BaileysSocket second = rig.socket(builder -> builder);
    dev.reliability.testkit.link.HeardLink heard = new dev.reliability.testkit.link.HeardLink();
    second.connect(1, heard);
    BaileysRig.until("it is refused", () -> heard.reason() != null);
    assertThat(heard.reason().detail()).contains("is in use by process");
    assertThat(link.view().state()).isEqualTo(LinkState.OPEN);
    second.close();
  }

  @Test
  void aConnectionThatIsLostWhileItWaitsForAPersonIsMadeAgain() {
    link.start();
    BaileysRig.until("a code is shown", () -> !rig.codes.isEmpty());
    rig.server.command("drop");
    BaileysRig.until("another code is shown", () -> rig.codes.size() > 1);
    BaileysRig.until("it waits again", () -> link.view().state() == LinkState.PAIRING);
    assertThat(link.view().lastClose().reason().kind()).isEqualTo(CloseClass.RETRY);
  }

  @Test
  void whenNobodyReadsAnyCodeItStops() {
    rig.server.mode(Json.object().put("qrCodes", 2));
    BaileysSocket quick = rig.socket(builder -> builder.codeLifetime(Duration.ofSeconds(1)));
    LinkSupervisor impatient = LinkSupervisor.builder("impatient", quick, bus).build();
    impatient.start();
    BaileysRig.until("it stops", () -> impatient.view().state() == LinkState.STOPPED);
    assertThat(impatient.view().lastClose().reason().kind()).isEqualTo(CloseClass.PAIRING_EXPIRED);
    assertThat(rig.codes).hasSizeBetween(1, 2);
    impatient.close();
    quick.close();
  }

  /** The same device in another directory: what the lock cannot see. */
  private record OtherDirectory(BaileysRig rig) {
    BaileysSocket socketWithTheSameCredentials() {
      try {
        java.nio.file.Path copy = rig.directory.resolve("copy");
        Files.createDirectories(copy);
        Files.copy(rig.authDir().resolve("creds.json"), copy.resolve("creds.json"));
        return BaileysSocket.builder(rig.runtime, rig.processes, copy)
            .baileys(WithBaileys.PACKAGE)
            .url(rig.server.url())
            .ping(Duration.ofSeconds(5))
            .build();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
