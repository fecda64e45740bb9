package dev.reliability.whatsapp.baileys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.testkit.link.HeardLink;
import dev.reliability.whatsapp.wire.Json;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way in which the real client library can be closed, and what we make of it. */
@Tag("once")
@WithBaileys
class BaileysReasonsTest {
  private static BaileysRig rig;
  private static long generation;

  @BeforeAll
  static void start() {
    rig =
        new BaileysRig(Loopback.start(), true, builder -> builder.keepAlive(Duration.ofSeconds(2)));
  }

  @AfterAll
  static void end() {
    rig.close();
  }

  private static HeardLink open() {
    HeardLink heard = connect();
    BaileysRig.until("it is open", heard::wasOpen);
    return heard;
  }

  private static HeardLink connect() {
    HeardLink heard = new HeardLink();
    rig.socket.connect(++generation, heard);
    return heard;
  }

  private static CloseReason closed(HeardLink heard) {
    BaileysRig.until("it is closed", () -> heard.reason() != null);
    assertThat(heard.complaints()).isEmpty();
    return heard.reason();
  }

  private static CloseReason afterStreamError(ObjectNode error) {
    HeardLink heard = open();
    rig.server.command("streamError", error);
    return closed(heard);
  }

  private static CloseReason withMode(ObjectNode mode) {
    rig.server.mode(mode);
    HeardLink heard = connect();
    CloseReason reason = closed(heard);
    assertThat(heard.wasOpen()).isFalse();
    rig.server.mode(Json.object().put("upgrade", "ok").put("login", "ok"));
    return reason;
  }

  @ParameterizedTest
  @CsvSource({
    "400, STOP_CONFIG",
    "401, STOP_LOGGED_OUT",
    "402, STOP_BANNED",
    "403, STOP_BANNED",
    "405, STOP_OUTDATED",
    "406, STOP_BANNED",
    "408, RETRY",
    "409, STOP_OUTDATED",
    "411, STOP_CONFIG",
    "413, RETRY_IMMEDIATELY",
    "414, RETRY_IMMEDIATELY",
    "415, STOP_CONFIG",
    "418, STOP_CONFIG",
    "428, RETRY",
    "429, COOL_DOWN",
    "440, STOP_REPLACED",
    "500, RETRY",
    "501, RETRY",
    "503, RETRY",
    "515, RETRY_IMMEDIATELY",
    "516, RETRY",
    "599, RETRY"
  })
  void aStreamErrorWithANumber(int code, CloseClass kind) {
    CloseReason reason = afterStreamError(Json.object().put("code", code));
    assertThat(reason.kind()).as("%s", reason).isEqualTo(kind);
    assertThat(reason.code()).isEqualTo(String.valueOf(code));
  }

  @ParameterizedTest
  @CsvSource({
    "401, STOP_LOGGED_OUT",
    "402, STOP_BANNED",
    "403, STOP_BANNED",
    "405, STOP_OUTDATED",
    "503, RETRY"
  })
  void aRefusedLogin(int code, CloseClass kind) {
    CloseReason reason = withMode(Json.object().set("login", Json.object().put("failure", code)));
    assertThat(reason.kind()).as("%s", reason).isEqualTo(kind);
    assertThat(reason.code()).isEqualTo(String.valueOf(code));
  }

  @Test
  void aBanForAWhile() {
    ObjectNode failure = Json.object().put("failure", 402);
    failure.set("attrs", Json.object().put("expire", "3600"));
    CloseReason reason = withMode(Json.object().set("login", failure));
    assertThat(reason.kind()).as("%s", reason).isEqualTo(CloseClass.COOL_DOWN);
    assertThat(reason.coolDown()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void aConflictWithAnotherLogin() {
    ObjectNode replaced = Json.object().put("tag", "conflict");
    replaced.set("attrs", Json.object().put("type", "replaced"));
    assertThat(afterStreamError(replaced).kind()).isEqualTo(CloseClass.STOP_REPLACED);
    ObjectNode removed = Json.object().put("code", 401).put("tag", "conflict");
    removed.set("attrs", Json.object().put("type", "device_removed"));
    assertThat(afterStreamError(removed).kind()).isEqualTo(CloseClass.STOP_LOGGED_OUT);
  }

  @Test
  void anErrorWithoutANumber() {
    CloseReason reason = afterStreamError(Json.object().put("tag", "something-new"));
    assertThat(reason.kind()).as("%s", reason).isEqualTo(CloseClass.RETRY);
  }

  @Test
  void anUnavailableServiceForTheSecondTime() {
    assertThat(withMode(Json.object().set("login", Json.object().put("failure", 503))).kind())
        .isEqualTo(CloseClass.RETRY);
    assertThat(withMode(Json.object().set("login", Json.object().put("failure", 503))).kind())
        .isEqualTo(CloseClass.COOL_DOWN);
  }

  @ParameterizedTest
  @CsvSource({
    "http503, http 503, RETRY",
    "http403, http 403, RETRY",
    "http429, http 429, COOL_DOWN"
  })
  void anUpgradeThatIsAnsweredWithSomethingElse(String upgrade, String code, CloseClass kind) {
    CloseReason reason = withMode(Json.object().put("upgrade", upgrade));
    assertThat(reason.kind()).as("%s", reason).isEqualTo(kind);
    assertThat(reason.code()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({"reset", "close-at-once", "garbage", "garbage-tcp"})
  void aServerThatIsNone(String upgrade) {
    CloseReason reason = withMode(Json.object().put("upgrade", upgrade));
    assertThat(reason.kind()).as("%s", reason).isEqualTo(CloseClass.RETRY);
  }

  @Test
  void aConnectionThatIsCut() {
    HeardLink dropped = open();
    rig.server.command("drop");
    assertThat(closed(dropped).kind()).isEqualTo(CloseClass.RETRY);
    HeardLink reset = open();
    rig.server.command("reset");
    assertThat(closed(reset).kind()).isEqualTo(CloseClass.RETRY);
  }

  @Test
  void aHalfOpenConnection() {
    HeardLink heard = open();
    rig.server.command("halfOpen");
    CloseReason reason = closed(heard);
    assertThat(reason.kind()).isEqualTo(CloseClass.RETRY);
    assertThat(reason.code()).isEqualTo("408");
  }

  @Test
  void aFrameThatCannotBeDecrypted() {
    HeardLink heard = open();
    rig.server.command("undecryptable");
    assertThat(closed(heard).kind()).isEqualTo(CloseClass.RETRY);
    assertThat(rig.bridges()).as("the bridge survived it: %s", heard.reason()).hasSize(1);
    HeardLink next = open();
    rig.socket.close(generation);
    assertThat(closed(next).kind()).isEqualTo(CloseClass.LOCAL);
  }

  @Test
  void aMessageOfFiveMegabytes() {
    HeardLink heard = open();
    rig.messages.clear();
    rig.server.command("big", Json.object().put("bytes", 5_000_000));
    BaileysRig.until("the message came", () -> !rig.messages.isEmpty());
    assertThat(rig.messages.get(0).isTruncated()).isTrue();
    assertThat(rig.messages.get(0).text()).hasSizeBetween(500_000, 1 << 20);
    assertThat(heard.isOpen()).isTrue();
    rig.socket.close(generation);
    closed(heard);
  }
}
