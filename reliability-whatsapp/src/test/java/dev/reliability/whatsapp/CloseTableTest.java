package dev.reliability.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloseTableTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static CloseReason reason(CloseInfo close) {
    return CloseTable.reason(close, null, NOW);
  }

  private static CloseInfo banned(String expire) {
    return new CloseInfo(402, "banned", "failure", Map.of("expire", expire), null, false);
  }

  @ParameterizedTest
  @CsvSource({
    "408, RETRY",
    "428, RETRY",
    "500, RETRY",
    "501, RETRY",
    "503, RETRY",
    "516, RETRY",
    "599, RETRY",
    "-1, RETRY",
    "515, RETRY_IMMEDIATELY",
    "413, RETRY_IMMEDIATELY",
    "414, RETRY_IMMEDIATELY",
    "429, COOL_DOWN",
    "401, STOP_LOGGED_OUT",
    "440, STOP_REPLACED",
    "403, STOP_BANNED",
    "406, STOP_BANNED",
    "402, STOP_BANNED",
    "405, STOP_OUTDATED",
    "409, STOP_OUTDATED",
    "400, STOP_CONFIG",
    "411, STOP_CONFIG",
    "415, STOP_CONFIG",
    "418, STOP_CONFIG"
  })
  void eachNumberMeansWhatTheTableSays(int code, CloseClass kind) {
    assertThat(reason(CloseInfo.of(code, "as it is")))
        .isEqualTo(CloseReason.of(kind, String.valueOf(code), "as it is"));
  }

  @Test
  void withoutANumberItIsTriedAgain() {
    assertThat(reason(CloseInfo.of(null, "garbage")).kind()).isEqualTo(CloseClass.RETRY);
    assertThat(reason(new CloseInfo(null, "", "", Map.of(), 503, false)))
        .isEqualTo(CloseReason.of(CloseClass.RETRY, "http 503", ""));
    assertThat(reason(new CloseInfo(null, "", "", Map.of(), 429, false)).kind())
        .isEqualTo(CloseClass.COOL_DOWN);
  }

  @Test
  void theMessageComesBeforeTheNumber() {
    assertThat(reason(CloseInfo.of(401, "Intentional Logout")).kind()).isEqualTo(CloseClass.LOCAL);
    assertThat(reason(CloseInfo.of(408, "QR refs attempts ended")).kind())
        .isEqualTo(CloseClass.PAIRING_EXPIRED);
    assertThat(reason(new CloseInfo(428, "closed", "", Map.of(), null, true)).kind())
        .isEqualTo(CloseClass.LOCAL);
  }

  @Test
  void soDoesTheStreamError() {
    CloseInfo replaced =
        new CloseInfo(500, "conflict", "conflict", Map.of("type", "replaced"), null, false);
    assertThat(reason(replaced).kind()).isEqualTo(CloseClass.STOP_REPLACED);
    CloseInfo removed =
        new CloseInfo(401, "conflict", "conflict", Map.of("type", "device_removed"), null, false);
    assertThat(reason(removed).kind()).isEqualTo(CloseClass.STOP_LOGGED_OUT);
  }

  @Test
  void aBanThatEndsIsACooldownUntilThen() {
    assertThat(reason(banned("3600")).kind()).isEqualTo(CloseClass.COOL_DOWN);
    assertThat(reason(banned("3600")).coolDown()).isEqualTo(Duration.ofHours(1));
    String epoch = String.valueOf(NOW.plusSeconds(7200).getEpochSecond());
    assertThat(reason(banned(epoch)).coolDown()).isEqualTo(Duration.ofHours(2));
    String past = String.valueOf(NOW.minusSeconds(7200).getEpochSecond());
    assertThat(reason(banned(past)).coolDown()).isEqualTo(Duration.ZERO);
    for (String unusable : new String[] {"", "soon", "0", "-5", "99999999999999999999"}) {
      assertThat(reason(banned(unusable)).kind()).as(unusable).isEqualTo(CloseClass.STOP_BANNED);
    }
  }

  @Test
  void anUnavailableServiceIsLeftAloneTheSecondTime() {
    CloseInfo unavailable = CloseInfo.of(503, "unavailable");
    assertThat(CloseTable.reason(unavailable, unavailable, NOW).kind())
        .isEqualTo(CloseClass.COOL_DOWN);
    assertThat(CloseTable.reason(unavailable, CloseInfo.of(428, ""), NOW).kind())
        .isEqualTo(CloseClass.RETRY);
  }

  @Property
  void everyCloseHasAMeaningAndKeepsItsWords(
      @ForAll int code, @ForAll String message, @ForAll boolean isLocal) {
    CloseReason reason = reason(new CloseInfo(code, message, "", Map.of(), null, isLocal));
    assertThat(reason.detail()).isEqualTo(message);
    assertThat(reason.code()).isEqualTo(String.valueOf(code));
    if (!isLocal && !CloseTable.BY_CODE.containsKey(code) && !message.contains("Intentional")) {
      assertThat(reason.kind().isFinal()).isFalse();
    }
  }
}
